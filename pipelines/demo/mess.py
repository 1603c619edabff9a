"""Put known faults into clean CSV exports, and write down which rows they touch and what should come of it."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.demo import faults
from pipelines.demo.faults import Fault
from pipelines.errors import UsageError

DOUBLED = "orders_copy.csv"
EXPORTED_AGAIN = "payments_again.csv"


@dataclass(frozen=True)
class Touched:
    """A row that a fault touched: its file, its line there, and its key before the fault.

    The header is line 1; line 0 stands for a row left out, or for the whole file.
    """

    file: str
    line: int
    key: str


@dataclass
class _Edits:
    """What happens to one file: faults by the key of their row, and days whose rows are left out."""

    by_key: dict[str, Fault] = field(default_factory=dict)
    dropped_days: dict[str, Fault] = field(default_factory=dict)
    whole_file: list[Fault] = field(default_factory=list)


def chosen(mess: bool | Sequence[str]) -> list[Fault]:  # noqa: FBT001 - the public argument, handed on
    """Return the faults asked for: all, none, or those named. Raises UsageError for a name that none has."""
    if isinstance(mess, bool):
        return list(faults.known()) if mess else []
    return faults.named(mess)


def add_faults(
    folder: Path, truth: Path, wanted: Sequence[Fault], victims: Mapping[str, Sequence[str]]
) -> None:
    """Rewrite the CSV exports in `folder` with the faults in them, and describe these in `truth/faults.json`.

    `victims` gives the keys that each query of `sql/demo/victims` found. Raises UsageError when the demo is too small
    to hold a fault.
    """
    edits: dict[str, _Edits] = defaultdict(_Edits)
    for fault in wanted:
        _plan(edits[fault.kind], fault, victims)
    touched: dict[str, list[Touched]] = defaultdict(list)
    for kind, edit in edits.items():
        _rewrite(folder / f"{kind}.csv", edit, touched)
    for edit in edits.values():
        for fault in edit.whole_file:
            touched[fault.name] += _WHOLE_FILE[fault.action](folder / f"{fault.kind}.csv")
    _describe(truth / "faults.json", wanted, touched)


def _plan(edit: _Edits, fault: Fault, victims: Mapping[str, Sequence[str]]) -> None:
    if not fault.victim:
        edit.whole_file.append(fault)
        return
    keys = victims[fault.victim]
    if fault.place >= len(keys):
        raise UsageError(
            "The demo is too small to hold a fault",
            where=fault.name,
            found=f"{len(keys)} rows of {fault.victim}",
            expected=f"at least {fault.place + 1}",
            next_step="ask for more orders (2,000 are enough), or name other faults",
        )
    (edit.dropped_days if fault.action == "drop" else edit.by_key)[keys[fault.place]] = fault


def _rewrite(path: Path, edit: _Edits, touched: dict[str, list[Touched]]) -> None:
    """Stream the file through its edits; a line without a fault keeps its bytes."""
    if not edit.by_key and not edit.dropped_days:
        return
    written = path.with_suffix(".messy")
    pending = dict(edit.by_key)
    with (
        path.open(encoding="utf-8", newline="") as source,
        written.open("w", encoding="utf-8", newline="") as target,
    ):
        head = source.readline()
        header = _fields(head)
        target.write(head)
        line_no = 1
        for line in source:
            for fault, text in _lines(line, header, pending, edit.dropped_days):
                target.write(text)
                line_no += bool(text)
                if fault:
                    touched[fault.name].append(Touched(path.name, line_no if text else 0, _key(line)))
                if fault and fault.action == "again":
                    (path.parent / EXPORTED_AGAIN).write_text(head + text, encoding="utf-8", newline="")
    written.replace(path)


def _lines(
    line: str, header: list[str], pending: dict[str, Fault], dropped_days: Mapping[str, Fault]
) -> Iterator[tuple[Fault | None, str]]:
    """Yield the lines that stand for one line, each with the fault in it, if any; no text where it is left out."""
    fault = pending.pop(_key(line), None)
    if fault is None:
        day = _fields(line)[header.index("payment_date")] if dropped_days else ""
        yield (dropped_days[day], "") if day in dropped_days else (None, line)
        return
    row = dict(zip(header, _fields(line), strict=True))
    text = _line(fault.changed(row).values())
    if fault.action in {"copy", "again"}:
        yield fault, line
    if fault.action == "copy":
        yield fault, text
    elif fault.action == "set":
        yield fault, text.replace(f'"{fault.unquoted}"', fault.unquoted) if fault.unquoted else text


def _key(line: str) -> str:
    """Return the first cell: every export begins with its key, and no key needs quotes."""
    return line.partition(",")[0]


def _fields(line: str) -> list[str]:
    return next(csv.reader([line]))


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _double(path: Path) -> list[Touched]:
    (path.parent / DOUBLED).write_bytes(path.read_bytes())
    return [Touched(DOUBLED, 0, "")]


def _encode_gb18030(path: Path) -> list[Touched]:
    path.write_bytes(path.read_bytes().decode("utf-8").encode("gb18030"))
    return [Touched(path.name, 0, "")]


def _add_bom_and_crlf(path: Path) -> list[Touched]:
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    return [Touched(path.name, 0, "")]


_WHOLE_FILE = {"double": _double, "gb18030": _encode_gb18030, "bom": _add_bom_and_crlf}


def _describe(path: Path, wanted: Sequence[Fault], touched: Mapping[str, list[Touched]]) -> None:
    described = [
        {
            "name": fault.name,
            "kind": fault.kind,
            "zh": fault.zh,
            "en": fault.en,
            "outcome": fault.outcome,
            "reason": fault.reason,
            "also": fault.also,
            "touched": [vars(row) for row in touched[fault.name]],
        }
        for fault in wanted
    ]
    path.write_text(json.dumps(described, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
