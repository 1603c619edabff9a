"""The scratch folder and the one DuckDB connection of an opening."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import warehouse

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Workspace:
    """Give new file names in a scratch folder of their own, and a connection: the caller's, or one of its own."""

    def __init__(self, folder: Path, connection: DuckDBPyConnection | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="reading-", dir=folder))
        self._count = 0
        self._given = connection
        self._connection: DuckDBPyConnection | None = None

    def new_file(self, suffix: str) -> Path:
        """Return a path in the scratch folder that nothing has yet."""
        self._count += 1
        return self.folder / f"{self._count:05d}{suffix}"

    @property
    def connection(self) -> DuckDBPyConnection:
        """Return the connection used to look at whole files."""
        if self._given is not None:
            return self._given
        if self._connection is None:
            self._connection = warehouse.connect(None)
        return self._connection

    def close(self) -> None:
        """Close the connection unless it is the caller's; the files stay, for the relations read them."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
