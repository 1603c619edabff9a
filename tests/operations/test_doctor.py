"""The doctor finds what is wrong, says what to do, and changes nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pipelines.warehouse import Home, doctor, retention
from pipelines.warehouse.home import lock
from tests.operations.home import salesdesk


def verdicts(home: Path) -> dict[str, str]:
    return {one.check: one.verdict for one in doctor.examine(Home(home))}


def test_doctor_of_a_sound_home_finds_nothing(home: Path) -> None:
    home.chmod(0o700)
    assert set(verdicts(home).values()) == {"ok"}


def test_doctor_without_a_home_fails(tmp_path: Path) -> None:
    assert verdicts(tmp_path / "nowhere")["home"] == "failure"


def _one_landed(home: Path) -> Path:
    return next((home / "landing").glob("*/*/bytes/orders.csv"))


def test_doctor_sees_one_changed_byte_of_the_landing(home: Path) -> None:
    victim = _one_landed(home)
    victim.chmod(0o600)
    whole = bytearray(victim.read_bytes())
    whole[-3] ^= 1
    victim.write_bytes(whole)
    assert verdicts(home)["landing"] == "failure"
    # of the same size: only hashing sees it
    quick = {one.check: one.verdict for one in doctor.examine(Home(home), is_quick=True)}
    assert quick["landing"] == "ok"


def test_doctor_sees_missing_bytes_and_names_no_file(home: Path) -> None:
    _one_landed(home).unlink()
    (finding,) = [one for one in doctor.examine(Home(home), is_quick=True) if one.check == "landing"]
    assert finding.verdict == "failure"
    assert "orders" not in finding.found


def test_doctor_sees_a_published_file_that_is_no_database(home: Path) -> None:
    (home / "warehouse.duckdb").resolve().write_bytes(b"not a database" * 1000)
    assert verdicts(home)["publication"] == "failure"


def test_doctor_sees_a_link_that_leads_nowhere(home: Path) -> None:
    (home / "warehouse.duckdb").resolve().unlink()
    assert verdicts(home)["publication"] == "failure"


def test_doctor_sees_a_torn_line_of_the_journal(home: Path) -> None:
    with (home / "runs.jsonl").open("a", encoding="utf-8") as journal:
        journal.write('{"run_id": "2026')
    assert verdicts(home)["journal"] == "warning"


def test_doctor_sees_that_the_published_run_has_no_line(home: Path) -> None:
    (home / "runs.jsonl").write_text("", encoding="utf-8")
    assert verdicts(home)["register"] == "warning"


def test_doctor_tells_of_orphans_and_mends_them(home: Path) -> None:
    orphan = home / "snapshots" / ".draft-20260301T000009-bbbbbb.duckdb"
    orphan.write_bytes(b"half a draft")
    (home / "landing" / ".incoming").mkdir()
    assert verdicts(home)["orphans"] == "warning"
    done = salesdesk("doctor", "--mend", "--home", str(home), "--format", "json")
    assert done.returncode == 0, done.stderr
    told = {row["check"]: row["verdict"] for row in json.loads(done.stdout)}
    assert told["orphans"] == "ok"
    assert not orphan.exists()


def test_doctor_during_a_run_calls_no_draft_an_orphan(home: Path) -> None:
    (home / "snapshots" / ".draft-20260301T000009-bbbbbb.duckdb").write_bytes(b"being written")
    with lock(Home(home)):
        assert verdicts(home)["orphans"] == "ok"


@pytest.mark.parametrize("keep", [1, 2])
def test_retention_keeps_the_published_snapshot_whatever_its_age(home: Path, keep: int) -> None:
    current = (home / "warehouse.duckdb").resolve()
    for number in (5, 6, 7):
        (current.parent / f"warehouse-20260301T00000{number}-bbbbbb.duckdb").write_bytes(b"")
    surplus = retention.surplus(Home(home), keep)
    assert current not in surplus
    assert len(surplus) == 3 - keep


def test_retention_by_age_takes_old_snapshots_and_pages_but_never_what_is_published(home: Path) -> None:
    old = home / "snapshots" / "warehouse-20260101T000000-bbbbbb.duckdb"
    old.write_bytes(b"")
    for name in ("20260101T000000-bbbbbb", "20260310T000000-cccccc", "notebooks"):
        (home / "reports" / name).mkdir()
    today = date(2026, 3, 15)
    assert retention.aged(Home(home), 0, today) == []
    # the published run, of 1 March, is older than ten days too
    assert retention.aged(Home(home), 10, today) == [old, home / "reports" / "20260101T000000-bbbbbb"]
    assert old in retention.tidy(Home(home), 3, 10, today)
    assert verdicts(home)["publication"] == "ok"


def test_doctor_command_on_damage_ends_with_1(home: Path) -> None:
    _one_landed(home).unlink()
    assert salesdesk("doctor", "--home", str(home)).returncode == 1
