"""A publication is whole or not there; readers keep theirs; only one run holds HOME."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipelines.errors import NothingPublished, SalesdeskError, WarehouseBusy
from pipelines.warehouse import Home, connect, doctor, publication, read
from pipelines.warehouse.home import lock


def _home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


def _publish(home: Home, run_id: str, value: int, keep: int = 3) -> Path:
    draft = publication.new_draft(home, run_id)
    with connect(draft) as connection:
        connection.execute(f"create table answer as select {value} as value")
    return publication.publish(home, draft, run_id, keep)


def _answer(home: Home) -> int:
    with read(home.root) as connection:
        row = connection.execute("select value from answer").fetchone()
    assert row is not None
    return int(row[0])


def test_publication_is_read_through_the_link(tmp_path: Path) -> None:
    home = _home(tmp_path)
    _publish(home, "r1", 1)
    _publish(home, "r2", 2)
    assert _answer(home) == 2
    assert home.published.is_symlink()
    assert not home.published.readlink().is_absolute()


def test_read_holds_to_the_memory_set_beside_a_reader_without_a_limit(tmp_path: Path) -> None:
    home = _home(tmp_path)
    _publish(home, "r1", 1)
    asked = "select parse_formatted_bytes(current_setting('memory_limit'))"
    with read(home.root), read(home.root, memory_limit="1GB") as connection:
        row = connection.execute(asked).fetchone()
    assert row is not None
    assert row[0] == pytest.approx(1_000_000_000, rel=0.05)  # told as 953.6 MiB


def test_publication_keeps_the_newest_snapshots_only(tmp_path: Path) -> None:
    home = _home(tmp_path)
    for number in range(5):
        _publish(home, f"r{number}", number)
    assert [path.name for path in publication.snapshots(home)] == [
        "warehouse-r2.duckdb",
        "warehouse-r3.duckdb",
        "warehouse-r4.duckdb",
    ]


def test_publication_reader_keeps_its_answers_while_others_are_published(tmp_path: Path) -> None:
    home = _home(tmp_path)
    _publish(home, "r0", 0, keep=1)
    with read(home.root) as reader:
        for number in range(1, 4):
            _publish(home, f"r{number}", number, keep=1)
        assert reader.execute("select value from answer").fetchall() == [(0,)]
    assert _answer(home) == 3


def test_publication_can_be_pinned_by_run(tmp_path: Path) -> None:
    home = _home(tmp_path)
    _publish(home, "r1", 1)
    _publish(home, "r2", 2)
    with read(home.root, run_id="r1") as connection:
        assert connection.execute("select value from answer").fetchall() == [(1,)]
    with pytest.raises(NothingPublished) as caught:
        read(home.root, run_id="r0")
    assert "r1, r2" in caught.value.expected


def test_read_before_the_first_publication_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished) as caught:
        read(tmp_path / "nowhere")
    assert "salesdesk demo" in caught.value.next_step


def test_new_draft_removes_what_an_interrupted_run_left(tmp_path: Path) -> None:
    home = _home(tmp_path)
    _publish(home, "r1", 1)
    orphan = home.snapshots / ".draft-r2.duckdb"
    orphan.write_bytes(b"half")
    (home.snapshots / ".draft-r2.spill").mkdir()
    (home.snapshots / ".draft-r2.spill" / "block").write_bytes(b"x")
    publication.new_draft(home, "r3")
    assert sorted(path.name for path in home.snapshots.iterdir()) == ["warehouse-r1.duckdb"]
    assert _answer(home) == 1


def test_discard_removes_the_draft_and_its_log(tmp_path: Path) -> None:
    home = _home(tmp_path)
    draft = home.snapshots / ".draft-r1.duckdb"
    for path in (draft, draft.with_name(draft.name + ".wal")):
        path.write_bytes(b"x")
    publication.discard(draft)
    assert list(home.snapshots.iterdir()) == []


def test_lock_held_by_another_process_is_refused_with_its_number(tmp_path: Path) -> None:
    home = _home(tmp_path)
    script = (
        "import sys, pathlib\n"
        "from pipelines.warehouse import Home\n"
        "from pipelines.warehouse.home import lock\n"
        f"with lock(Home(pathlib.Path({str(home.root)!r}))):\n    print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(WarehouseBusy) as caught, lock(home):
            pass
        assert str(other.pid) in caught.value.found
        other.kill()
    with lock(home):
        pass


def test_lock_is_taken_though_somebody_just_asks_whether_it_is_free(tmp_path: Path) -> None:
    home = _home(tmp_path)
    with lock(home):
        pass
    asking = os.open(home.root / ".lock", os.O_RDONLY)
    fcntl.flock(asking, fcntl.LOCK_SH)  # what `doctor` does, held for a moment longer
    done = threading.Timer(0.03, os.close, [asking])
    done.start()
    with lock(home):
        assert not doctor.is_free(home)
    done.join()
    assert doctor.is_free(home)


def test_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder")
    with pytest.raises(SalesdeskError, match="HOME is not a folder"):
        Home(tmp_path / "home").prepare()


def test_home_is_closed_to_others(tmp_path: Path) -> None:
    home = _home(tmp_path)
    assert home.root.stat().st_mode & 0o077 == 0
