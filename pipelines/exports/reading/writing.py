"""Write rows of text to a Parquet file, batch by batch."""

from __future__ import annotations

from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

from pipelines.exports.reading.tables import ROW_COLUMN, quoted_name, quoted_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

_BATCH_ROWS = 20_000
# Characters held before a batch is written: bounds memory when cells are long.
_BATCH_CHARACTERS = 16_000_000


def prepare() -> None:
    """Import what writing needs, beside other work: for a caller whose first step leaves Python idle."""
    Thread(target=import_module, args=("pyarrow.parquet",), daemon=True).start()


class TextWriter:
    """Write rows of `names` plus their source row number; all columns are text, the number is BIGINT."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._arrow = pa
        self._schema = pa.schema([*((name, pa.string()) for name in names), (ROW_COLUMN, pa.int64())])
        self._writer = pq.ParquetWriter(path, self._schema, compression="snappy")
        self._rows: list[Sequence[str]] = []
        self._numbers: list[int] = []
        self._characters = 0
        self.written = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush()
        self._writer.close()

    def add(self, number: int, cells: Sequence[str]) -> None:
        """Add one row, as wide as the header; an empty text stands for none."""
        self._rows.append(cells)
        self._numbers.append(number)
        self.written += 1
        self._characters += sum(map(len, cells))
        if len(self._rows) >= _BATCH_ROWS or self._characters >= _BATCH_CHARACTERS:
            self._flush()

    def _flush(self) -> None:
        if not self._rows:
            return
        pa = self._arrow
        columns: list[Any] = [pa.array(column, pa.string()) for column in zip(*self._rows, strict=True)]
        columns.append(pa.array(self._numbers, pa.int64()))
        self._writer.write_batch(pa.record_batch(columns, schema=self._schema))
        self._rows, self._numbers, self._characters = [], [], 0


def parquet_relation(path: Path, names: Sequence[str]) -> str:
    """Return the relation over a file that `TextWriter` wrote: the names, null where empty, then the source row."""
    texts = ", ".join(f"nullif({name}, '') as {name}" for name in map(quoted_name, names))
    return f"(select {texts}, {quoted_name(ROW_COLUMN)} from read_parquet({quoted_text(str(path))}))"
