"""The DuckDB warehouse: models, drafts, publication, and reading what is published."""

from pipelines.warehouse.connection import connect
from pipelines.warehouse.home import Home
from pipelines.warehouse.publication import read
from pipelines.warehouse.rows import insert

__all__ = ["Home", "connect", "insert", "read"]
