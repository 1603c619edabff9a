"""Turn an export's bytes into text tables: nothing typed, nothing guessed silently."""

from pipelines.exports.reading.opening import open_tables
from pipelines.exports.reading.tables import TextTable

__all__ = ["TextTable", "open_tables"]
