"""What reading a landed file gave: one entry per part and kind, with exact counts, kept beside the file's bytes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.exports.declarations import Words
from pipelines.exports.landing import LandedFile
from pipelines.warehouse.home import sync_file, sync_folder

_RECORD = "reading.json"
_PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Reading:
    """One part of a landed file read as one kind; `kind` is empty for a part that is no export (all rows skipped).

    rows_read = rows_clean + rows_quarantined + rows_skipped. Amounts are None where the kind has none. `required` are
    the columns that looked-up values must fill; `header` are the texts' names in a twin's `_cells`; `sources` says
    under which of them each of our columns stands.
    """

    sha256: str
    part: str
    kind: str
    source: str
    origin: str
    digest: str
    twin: str
    columns: tuple[str, ...]
    rows_read: int
    rows_clean: int
    rows_quarantined: int
    rows_skipped: int
    amount_read: Decimal | None
    amount_quarantined: Decimal | None
    encoding: str
    first_row: int
    header: tuple[str, ...]
    sources: dict[str, tuple[str, ...]]
    document: tuple[str, ...]
    is_snapshot: bool
    lookup_kind: str
    lookups: dict[str, tuple[str, ...]]
    required: tuple[str, ...]
    notes: tuple[Words, ...]

    @property
    def key(self) -> str:
        """A name for these rows as they were read: the bytes, the part, the kind, and how."""
        return f"{self.sha256}:{self.part}:{self.kind}:{self.digest}"


@dataclass(frozen=True)
class FileRecord:
    """All readings of one landed file, and under what reader, kinds, mappings and zone they were made."""

    made_by: str
    readings: tuple[Reading, ...]


@cache
def reader_digest() -> str:
    """Return a hash over all that decides how a file is read, but the mappings: code and kinds."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix == ".py" or path.parent.name == "kinds":
            digest.update(path.relative_to(_PACKAGE).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def former(file: LandedFile) -> FileRecord | None:
    """Return what was read of a file before, or None when it never was or its twins are gone."""
    path = file.folder / _RECORD
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        readings = tuple(_reading(entry) for entry in told["readings"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # reading again gives the same: nothing here is the only copy
    if any(reading.twin and not (file.folder / reading.twin).is_file() for reading in readings):
        return None
    return FileRecord(told["made_by"], readings)


def keep(file: LandedFile, record: FileRecord) -> None:
    """Write the record of a file in one step."""
    told = {"made_by": record.made_by, "readings": [asdict(reading) for reading in record.readings]}
    draft = file.folder / f".{_RECORD}"
    draft.write_text(json.dumps(told, ensure_ascii=False, indent=1, default=str), encoding="utf-8")
    sync_file(draft)
    draft.replace(file.folder / _RECORD)
    sync_folder(file.folder)


def _reading(told: dict[str, Any]) -> Reading:
    decimals = {name: _decimal(told[name]) for name in ("amount_read", "amount_quarantined")}
    tuples = {name: tuple(told[name]) for name in ("columns", "header", "document", "required")}
    maps = {
        name: {ours: tuple(names) for ours, names in told[name].items()} for name in ("lookups", "sources")
    }
    # Records of earlier releases hold notes in English only.
    notes = tuple(Words(one, one) if isinstance(one, str) else Words(**one) for one in told["notes"])
    return Reading(**{**told, **decimals, **tuples, **maps, "notes": notes})


def _decimal(told: str | None) -> Decimal | None:
    return None if told is None else Decimal(told)
