"""The DuckDB warehouse: models, drafts, publication, and reading what is published."""

from pipelines.warehouse.connection import connect

__all__ = ["connect"]
