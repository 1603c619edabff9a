"""A drop folder: complete new files run, the same bytes never twice, poison is set aside, the rest goes on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.errors import SalesdeskError, UnreadableExport
from pipelines.job import Outcome, drop
from pipelines.warehouse import Home, state
from tests.operations.home import PROJECT, TABLES, corrected, january_revenue, run, salesdesk

POISON = "title,artist\nA,B\n"


def test_look_leaves_out_what_is_hidden_unfinished_or_empty(tmp_path: Path) -> None:
    for name in ("orders.csv", "orders.csv.part", "~$book.xlsx", ".hidden.csv", "b.tmp", "c.crdownload"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "empty.csv").touch()
    (tmp_path / ".sync").mkdir()
    (tmp_path / ".sync" / "orders.csv").write_text("x", encoding="utf-8")
    (tmp_path / "november").mkdir()
    (tmp_path / "november" / "leads.csv").write_text("x", encoding="utf-8")
    found = [path.relative_to(tmp_path).as_posix() for path in drop.look(tmp_path).files]
    assert found == ["november/leads.csv", "orders.csv"]


def test_empty_file_that_stands_is_set_aside_once_and_told_again_when_it_changed(tmp_path: Path) -> None:
    folder, place = tmp_path / "drop", Home(tmp_path / "home")
    place.prepare()
    (folder / "订单").mkdir(parents=True)
    empty = folder / "订单" / "orders.csv"
    empty.touch()
    now = datetime.now(UTC)
    soon, later = now + timedelta(minutes=9), now + timedelta(minutes=11)

    assert drop.set_empty_aside(place, drop.look(folder), soon) == []
    (refused,) = drop.set_empty_aside(place, drop.look(folder), later)
    assert refused.path == empty
    assert "0 bytes for 1" in refused.error.found
    assert [path.name[13:] for path in sorted((place.root / "refused").glob("*.why.txt"))] == [
        "orders.csv.why.txt"
    ]
    assert drop.set_empty_aside(place, drop.look(folder), later) == []
    os.utime(empty, (now.timestamp() + 1, now.timestamp() + 1))
    assert len(drop.set_empty_aside(place, drop.look(folder), later + timedelta(hours=1))) == 1


def test_complete_leaves_out_a_file_that_grew_between_two_looks(tmp_path: Path) -> None:
    for name in ("still.csv", "growing.csv"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    before = drop.look(tmp_path)
    (tmp_path / "growing.csv").write_text("xx", encoding="utf-8")
    (tmp_path / "appeared.csv").write_text("x", encoding="utf-8")
    assert drop.complete(before, drop.look(tmp_path)) == [tmp_path / "still.csv"]


def test_look_at_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableExport):
        drop.look(tmp_path / "unmounted")


def test_unknown_knows_landed_bytes_under_any_name(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    shutil.copy(TABLES[0], folder / "renamed.csv")
    new = corrected(folder)
    place = Home(home)
    assert list(drop.unknown(place, [folder / "renamed.csv", new], drop.reader(place))) == [new]


def test_take_in_sets_poison_aside_and_runs_on_the_rest(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    good = corrected(folder)
    bad = folder / "songs.csv"
    bad.write_text(POISON, encoding="utf-8")
    place, numbers = Home(home), iter(range(2, 20))

    def main_job(exports: object, until: str) -> Outcome:
        assert isinstance(exports, list)
        return run(home, *exports, number=next(numbers), until=until)

    reader = drop.reader(place)
    new = drop.unknown(place, [good, bad], reader)
    outcome, refused = drop.take_in(place, new, main_job, reader, datetime(2026, 3, 2, tzinfo=UTC))
    assert outcome is not None
    assert outcome.status == "published"
    assert [one.path for one in refused] == [bad]
    assert january_revenue(home) == Decimal(305)
    (copy,) = (home / "refused").glob("*-songs.csv")
    assert copy.read_text(encoding="utf-8") == POISON
    assert "songs.csv" in copy.with_name(f"{copy.name}.why.txt").read_text(encoding="utf-8")
    assert bad.exists()  # the drop folder is its owner's
    assert drop.unknown(place, [good, bad], reader) == {}
    # with a new mapping it is tried again
    assert list(drop.unknown(place, [good, bad], "another reader")) == [bad]


def test_take_in_writes_down_what_was_found_though_a_server_is_not_told(home: Path, tmp_path: Path) -> None:
    from pipelines.flows.main_job import masked

    def main_job(exports: Sequence[Path], until: str) -> Outcome:
        if exports:
            raise masked(UnreadableExport("The file ends in the midst of a row", found="C7,021-555"))
        return run(home, number=2, until=until)

    file = corrected(tmp_path / "in")
    _, (refused,) = drop.take_in(
        Home(home), {file: "ab" * 32}, main_job, "", datetime(2026, 3, 2, tzinfo=UTC)
    )
    assert refused.error.found == "C7,021-555"
    (why,) = (home / "refused").glob("*.why.txt")
    assert "C7,021-555" in why.read_text(encoding="utf-8")


def test_take_in_raises_when_the_trouble_is_not_a_new_file(home: Path, tmp_path: Path) -> None:
    def main_job(exports: object, until: str) -> Outcome:
        raise UnreadableExport("The landing is in trouble", found=f"{exports} {until}")

    with pytest.raises(SalesdeskError, match="landing"):
        drop.take_in(Home(home), {corrected(tmp_path): "00"}, main_job, "", datetime(2026, 3, 2, tzinfo=UTC))


def _watch(home: Path, folder: Path, *more: str) -> list[str]:
    return ["watch", str(folder), "--home", str(home), "--settle", "0.2", *more]


@pytest.mark.slow
def test_watch_once_publishes_then_finds_nothing_new(tmp_path: Path) -> None:
    folder, home = tmp_path / "drop", tmp_path / "home"
    folder.mkdir()
    for table in TABLES:
        shutil.copy(table, folder)
    (folder / "songs.csv").write_text(POISON, encoding="utf-8")
    first = salesdesk(*_watch(home, folder, "--once"))
    assert first.returncode == 2, first.stderr  # one file was set aside, and that is told
    assert "set aside" in first.stderr
    current = state.published(Home(home))
    assert current is not None
    assert current.files == len(TABLES)
    again = salesdesk(*_watch(home, folder, "--once"))
    assert (again.returncode, again.stderr) == (0, "")


@pytest.mark.slow
def test_watch_sees_a_file_that_comes_later_and_stops_cleanly(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    command = [sys.executable, "-m", "pipelines", *_watch(home, folder, "--every", "0.2")]
    watching = subprocess.Popen(command, cwd=PROJECT, env=dict(os.environ), stderr=subprocess.PIPE, text=True)
    try:
        (folder / "orders.csv.part").write_bytes(corrected(tmp_path / "in").read_bytes())
        time.sleep(1)
        (folder / "orders.csv.part").rename(folder / "orders.csv")
        for _ in range(300):
            if january_revenue(home) == Decimal(305):
                break
            time.sleep(0.1)
    finally:
        watching.send_signal(signal.SIGTERM)
        _, told = watching.communicate(timeout=180)
    assert watching.returncode == 0, told
    assert january_revenue(home) == Decimal(305)
