"""Metrics: declared once in `sql/metrics/`, asked for in any slice and calendar, traced to their rows."""

from pipelines.metrics.catalog import catalog, find
from pipelines.metrics.changes import DefinitionChange, changed_definitions
from pipelines.metrics.comparisons import Comparison, Range, compare
from pipelines.metrics.definition import Metric
from pipelines.metrics.drivers import Effect, contributions, drivers
from pipelines.metrics.materialise import materialise
from pipelines.metrics.query import MetricRow, largest, query, settings_of_build
from pipelines.metrics.trace import TracedRow, document, trace

__all__ = [
    "Comparison",
    "DefinitionChange",
    "Effect",
    "Metric",
    "MetricRow",
    "Range",
    "TracedRow",
    "catalog",
    "changed_definitions",
    "compare",
    "contributions",
    "document",
    "drivers",
    "find",
    "largest",
    "materialise",
    "query",
    "settings_of_build",
    "trace",
]
