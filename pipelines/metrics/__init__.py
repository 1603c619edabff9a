"""Metrics: declared once in `sql/metrics/`, asked for in any slice and calendar, traced to their rows."""

from pipelines.metrics.catalog import Metric, catalog, find
from pipelines.metrics.materialise import materialise
from pipelines.metrics.query import MetricRow, largest, query

__all__ = ["Metric", "MetricRow", "catalog", "find", "largest", "materialise", "query"]
