"""Too little room is told before the work starts."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelines import exports, warehouse
from pipelines.errors import SalesdeskError
from pipelines.warehouse import room


def test_room_that_is_there_is_not_mentioned(tmp_path: Path) -> None:
    room.require(tmp_path, shutil.disk_usage(tmp_path).free // 2, "a draft")


def test_room_that_is_missing_is_told_in_megabytes(tmp_path: Path) -> None:
    with pytest.raises(SalesdeskError, match="too little disk space") as told:
        room.require(tmp_path, 10**18, "the next publication")
    assert told.value.expected == "at least 1,000,000,000,000 MB, for the next publication"
    assert told.value.where == str(tmp_path)


def test_exports_larger_than_the_disk_has_room_are_not_begun_to_be_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = tmp_path / "orders.csv"
    export.write_text("order_id,order_date\nO1,2026-01-05\n", encoding="utf-8")
    least = export.stat().st_size - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=least))
    with pytest.raises(SalesdeskError, match="too little disk space"):
        exports.land(tmp_path / "home", [export], datetime(2026, 3, 1, tzinfo=UTC))
    assert not list((tmp_path / "home" / "landing").iterdir())


@pytest.mark.parametrize(("limit", "is_enough"), [("200MB", False), ("256MB", True), ("2GB", True)])
def test_memory_below_the_least_is_told_before_the_work(limit: str, *, is_enough: bool) -> None:
    with warehouse.connect(memory_limit=limit) as connection:
        if is_enough:
            room.require_memory(connection)
            return
        with pytest.raises(SalesdeskError, match="too little memory") as told:
            room.require_memory(connection)
    assert told.value.found == "200 MB for DuckDB"
