"""A HOME of its own for a test: write exports, load them, ask what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import exports, resources, warehouse
from pipelines.settings import Settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIRST_LOAD = datetime(2026, 3, 1, 8, tzinfo=UTC)


@dataclass
class Desk:
    """Loads happen a day apart, the first on 1 March 2026."""

    folder: Path
    loads: int = 0

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / "exports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def mapping(self, name: str, text: str) -> None:
        folder = self.home / "mappings"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    def land(self, *paths: Path) -> list[exports.LandedFile]:
        landed = exports.land(self.home, paths, FIRST_LOAD + timedelta(days=self.loads))
        self.loads += 1
        return landed

    def give(self, *files: tuple[str, str | bytes]) -> list[exports.Reading]:
        """Write these files, land them as one load, read the landing."""
        self.land(*[self.write(name, text) for name, text in files])
        return exports.read(self.home, Settings(home=self.home))

    def load(self, known_at: datetime | None = None) -> DuckDBPyConnection:
        connection = warehouse.connect()
        connection.execute("create schema ops")
        for path in sorted((resources.path("sql") / "ops").glob("*.sql")):
            connection.execute(path.read_text(encoding="utf-8"))
        exports.load(connection, self.home, Settings(home=self.home, known_at=known_at), "run")
        return connection

    def rows(self, query: str, known_at: datetime | None = None) -> Sequence[tuple[Any, ...]]:
        with self.load(known_at) as connection:
            return connection.execute(query).fetchall()
