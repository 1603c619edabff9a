"""Metrics: declared once in `sql/metrics/`, asked for in any slice and calendar, traced to their rows."""

from pipelines.metrics.catalog import catalog, find
from pipelines.metrics.comparisons import Comparison, Range, YearSpans, compare, year_spans
from pipelines.metrics.definition import Metric
from pipelines.metrics.drivers import Effect, contributions, drivers
from pipelines.metrics.materialise import materialise
from pipelines.metrics.notes import Note, notes, notes_of
from pipelines.metrics.plans import planned
from pipelines.metrics.query import MetricRow, largest, query, settings_of_build
from pipelines.metrics.trace import TracedRow, document, trace

__all__ = [
    "Comparison",
    "Effect",
    "Metric",
    "MetricRow",
    "Note",
    "Range",
    "TracedRow",
    "YearSpans",
    "catalog",
    "compare",
    "contributions",
    "document",
    "drivers",
    "find",
    "largest",
    "materialise",
    "notes",
    "notes_of",
    "planned",
    "query",
    "settings_of_build",
    "trace",
    "year_spans",
]
