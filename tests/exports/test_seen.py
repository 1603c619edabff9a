"""Exports that the file system says are unchanged are not read again; whatever else changed is."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines import exports

# Well after the files of a test are written: a file that has just changed is never taken for unchanged.
LATER = datetime.now(UTC) + timedelta(hours=1)
OLD, NEW = b"order_id,order_date\nA1,2026-03-01\n", b"order_id,order_date\nA2,2026-03-01\n"


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_bytes(OLD)
    return path


def _landed(home: Path, path: Path, moment: datetime = LATER) -> list[tuple[str, bool]]:
    return [(file.sha256, file.is_new) for file in exports.land(home, [path], moment)]


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _refuse(*_: object) -> None:
    pytest.fail("the bytes were read again")


def test_unchanged_export_is_known_without_reading_its_bytes(
    tmp_path: Path, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _landed(tmp_path / "home", orders) == [(_sha(OLD), True)]
    monkeypatch.setattr(hashlib, "file_digest", _refuse)

    assert _landed(tmp_path / "home", orders) == [(_sha(OLD), False)]


def test_export_changed_in_place_with_its_date_set_back_is_read_again(tmp_path: Path, orders: Path) -> None:
    _landed(tmp_path / "home", orders)
    held = orders.stat()
    orders.write_bytes(NEW)
    os.utime(orders, ns=(held.st_atime_ns, held.st_mtime_ns))
    assert orders.stat().st_size == held.st_size

    assert _landed(tmp_path / "home", orders) == [(_sha(NEW), True)]


def test_export_that_has_just_been_written_is_hashed_each_time(
    tmp_path: Path, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _landed(tmp_path / "home", orders, datetime.now(UTC))
    monkeypatch.setattr(hashlib, "file_digest", _refuse)

    with pytest.raises(pytest.fail.Exception, match="read again"):
        _landed(tmp_path / "home", orders)


@pytest.mark.parametrize("spoilt", ["", "[1, 2]", '{"x": 3}', '{"PATH": [1, 2, 3, 4, 5, "ab"]}'])
def test_spoilt_memory_of_exports_is_no_harm(tmp_path: Path, orders: Path, spoilt: str) -> None:
    _landed(tmp_path / "home", orders)
    memory = tmp_path / "home" / "landing" / ".seen.json"
    assert memory.is_file()
    memory.write_text(spoilt.replace("PATH", str(orders)), encoding="utf-8")

    assert _landed(tmp_path / "home", orders) == [(_sha(OLD), False)]
