"""What a bad night brings: the publication stays whole, the message is true, the next run is right."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines import warehouse
from pipelines.flows import entry
from pipelines.settings import Settings
from pipelines.warehouse import Home, doctor, state
from pipelines.warehouse.home import lock
from tests.operations.home import AS_OF, PROJECT, TABLES, copied, corrected, january_revenue, run, salesdesk

RUN = ("--direct", "--as-of", AS_OF.isoformat())
# a user without rights, whom root can become: root itself may write anywhere
NOBODY = 65534


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with little room: enough for HOME, not for another draft."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system to fill")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"this machine lets root mount nothing: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def _filled(disk: Path, published_home: Path) -> tuple[Path, Path]:
    """Return a HOME on the small disk, and the ballast that fills all but a megabyte of it."""
    home, ballast = copied(published_home, disk / "home"), disk / "ballast"
    free = os.statvfs(disk)
    ballast.write_bytes(bytes(max(free.f_bavail * free.f_frsize - 1_000_000, 0)))
    return home, ballast


def test_run_on_a_full_disk_keeps_the_publication_and_works_once_there_is_room(
    published_home: Path, small_disk: Path, tmp_path: Path
) -> None:
    home, ballast = _filled(small_disk, published_home)
    export = corrected(tmp_path / "in")
    assert salesdesk("run", str(export), *RUN, "--home", str(home)).returncode != 0
    assert january_revenue(home) == Decimal(370)
    ballast.unlink()
    room = salesdesk("run", str(export), *RUN, "--home", str(home))
    assert room.returncode == 0, room.stderr
    assert january_revenue(home) == Decimal(305)
    assert not list((home / "snapshots").glob(".draft-*"))


def test_run_on_a_full_disk_says_so_and_ends_with_2(
    published_home: Path, small_disk: Path, tmp_path: Path
) -> None:
    home, _ = _filled(small_disk, published_home)
    full = salesdesk("run", str(corrected(tmp_path / "in")), *RUN, "--home", str(home))
    assert "Traceback" not in full.stderr
    assert "space" in full.stderr.lower()
    assert full.returncode == 2


# The interpreter and the packages may be closed to that user: what a run does first is imported before.
AS_NOBODY = f"""
import os, sys
from pathlib import Path
from pipelines.errors import SalesdeskError
from pipelines.warehouse.home import Home, lock
os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})
home = Home(Path(sys.argv[1]))
try:
    home.prepare()
    with lock(home):
        pass
except SalesdeskError as error:
    print(error)
    sys.exit(error.exit_code)
"""


def _opened_to_all(folder: Path) -> None:
    """Let another user walk down to a folder of this test."""
    for each in (folder, *folder.parents):
        if each.stat().st_uid == os.geteuid() and each != each.parent:
            each.chmod(each.stat().st_mode | 0o055)


def test_run_by_a_user_without_rights_says_so_and_changes_nothing(home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become a user without rights")
    _opened_to_all(home)
    before = sorted(path.name for path in home.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(home)], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "HOME cannot be written" in done.stdout
    assert str(home) in done.stdout
    assert sorted(path.name for path in home.rglob("*")) == before


def test_run_in_a_folder_that_is_read_only_is_refused_with_a_reason(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = salesdesk("run", str(TABLES[0]), *RUN, "--home", str(small_disk / "home"))
    assert done.returncode == 2
    assert "HOME cannot be written" in done.stderr
    assert "Read-only" in done.stderr


def test_second_run_at_once_is_told_who_holds_home_and_the_first_is_not_disturbed(
    home: Path, tmp_path: Path
) -> None:
    with lock(Home(home)):
        second = salesdesk("run", str(corrected(tmp_path / "in")), *RUN, "--home", str(home))
    assert second.returncode == 2
    assert f"process {os.getpid()}" in second.stderr
    assert january_revenue(home) == Decimal(370)


@pytest.mark.slow
def test_two_runs_started_together_publish_once_and_leave_a_sound_home(home: Path, tmp_path: Path) -> None:
    export = corrected(tmp_path / "in")
    command = [sys.executable, "-m", "pipelines", "run", str(export), *RUN, "--home", str(home)]
    both = [
        subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    codes = sorted(process.wait(timeout=600) for process in both)
    # the later one is refused, or comes after the first and finds nothing to do
    assert codes in ([0, 2], [0, 0])
    assert january_revenue(home) == Decimal(305)
    assert not [one for one in doctor.examine(Home(home)) if one.verdict == "failure"]


def test_run_during_an_open_query_disturbs_neither(home: Path, tmp_path: Path) -> None:
    with warehouse.read(home) as analyst:
        before = analyst.execute(
            "select sum(base_net_amount) from marts.fct_orders where is_valid"
        ).fetchone()
        assert run(home, corrected(tmp_path / "in"), number=2).status == "published"
        after = analyst.execute("select sum(base_net_amount) from marts.fct_orders where is_valid").fetchone()
    assert before == after
    assert january_revenue(home) == Decimal(305)


def test_request_when_the_clock_went_back_comes_after_every_known_run(home: Path) -> None:
    known = datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC)
    assert state.not_before(Home(home), known - timedelta(days=400)) == known + timedelta(seconds=1)
    assert state.not_before(Home(home), known + timedelta(days=1)) == known + timedelta(days=1)


def test_request_of_a_flow_orders_after_a_run_of_the_future(home: Path, tmp_path: Path) -> None:
    # the machine's clock once stood in 2199; a correction that comes now is still the later knowledge
    line = (
        (home / "runs.jsonl")
        .read_text(encoding="utf-8")
        .replace('"started_at": "2026', '"started_at": "2199')
    )
    with (home / "runs.jsonl").open("a", encoding="utf-8") as journal:
        journal.write(line)
    request = entry.request(Settings(home=home, as_of=AS_OF), [corrected(tmp_path / "in")])
    assert request.started_at.year == 2199
    assert request.run_id.startswith("2199")
    assert request.today.year < 2199


def test_published_is_found_by_its_own_name_when_another_run_claims_a_later_start(home: Path) -> None:
    current = (home / "warehouse.duckdb").resolve()
    with warehouse.connect(current) as connection:
        connection.execute(
            "insert into ops.runs by name select * replace ('20990101T000000-bbbbbb' as run_id, "
            "timestamp '2099-01-01' as started_at, date '1999-01-01' as as_of) from ops.runs"
        )
    found = state.published(Home(home))
    assert found is not None
    assert (found.run_id, found.as_of) == ("20260301T000001-aaaaaa", AS_OF)


def test_status_tells_a_refused_run_until_a_good_one_follows(home: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad_payments.csv"
    lines = "".join(f"B{number},2026-02-26,C2,twelve,,transfer\n" for number in range(20))
    bad.write_text("payment_id,payment_date,customer_id,amount,invoice_id,method\n" + lines, encoding="utf-8")
    refused = salesdesk("run", str(bad), *RUN, "--home", str(home))
    assert refused.returncode == 1, refused.stderr
    told = salesdesk("status", "--home", str(home))
    assert "refused:" in told.stderr
    line = state.last_refusal(Home(home))
    assert line is not None
    assert line["status"] == "refused"


@pytest.mark.slow
def test_run_killed_is_seen_by_the_doctor_and_mended_by_the_next_run(home: Path, tmp_path: Path) -> None:
    export = corrected(tmp_path / "in")
    command = [sys.executable, "-m", "pipelines", "run", str(export), *RUN, "--home", str(home)]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        if list((home / "snapshots").glob(".draft-*")):
            break
        time.sleep(0.05)
    process.kill()
    process.wait()
    orphans = [one for one in doctor.examine(Home(home)) if one.check == "orphans"]
    assert [one.verdict for one in orphans] == ["warning"]
    assert salesdesk("run", str(export), *RUN, "--home", str(home)).returncode == 0
    assert not list((home / "snapshots").glob(".draft-*"))
