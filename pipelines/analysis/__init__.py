"""The analyst's way in: the published file as frames with exact decimals, figures in the house's theme, tie-outs.

`from pipelines import analysis` loads nothing heavy; pandas and pyarrow come with the first frame.
"""

from pipelines.analysis.checking import tie_out
from pipelines.analysis.drawing import figure
from pipelines.analysis.frames import table
from pipelines.analysis.knowing import as_known, changes
from pipelines.analysis.metric_frames import catalog, query, trace
from pipelines.analysis.opening import about, read, refresh
from pipelines.analysis.quality_frames import checks, files, quarantine, restatements, runs
from pipelines.analysis.receivables_frames import aging, receivables, reconciliation, worklist
from pipelines.analysis.sales_frames import bridge, cohorts, customers

__all__ = [
    "about",
    "aging",
    "as_known",
    "bridge",
    "catalog",
    "changes",
    "checks",
    "cohorts",
    "customers",
    "figure",
    "files",
    "quarantine",
    "query",
    "read",
    "receivables",
    "reconciliation",
    "refresh",
    "restatements",
    "runs",
    "table",
    "tie_out",
    "trace",
    "worklist",
]
