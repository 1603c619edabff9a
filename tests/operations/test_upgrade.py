"""An older HOME goes on under this release; a newer one, a file or a damaged publication is told as what it is."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines import job, warehouse
from pipelines.errors import NewerHome, PublicationDamaged, SalesdeskError
from pipelines.settings import Settings
from pipelines.warehouse import Home, doctor, journal, state
from pipelines.warehouse.home import LAYOUT
from tests.operations import release_0_1_0
from tests.operations.home import AS_OF, Quiet, corrected, january_revenue, run, salesdesk


def later(home: Path, *exports: Path, full: bool = False) -> job.Outcome:
    """Run the main job in this process, after every release's frozen HOME was made."""
    request = job.Request(
        settings=Settings(home=home, as_of=AS_OF),
        exports=exports,
        run_id="20270101T000000-aaaaaa",
        started_at=datetime(2027, 1, 1, tzinfo=UTC),
        today=date(2027, 1, 1),
        full=full,
    )
    return job.run_direct(request, Quiet())


def test_home_of_release_0_1_0_is_read_before_and_built_on_after_the_upgrade(tmp_path: Path) -> None:
    home = release_0_1_0.home(tmp_path / "home")
    current = state.published(Home(home))
    assert current is not None
    assert (current.run_id, current.as_of) == (release_0_1_0.RUN_ID, AS_OF)
    assert later(home, corrected(tmp_path / "in")).status == "published"
    assert january_revenue(home) == Decimal(305)
    assert (home / "layout").read_text(encoding="utf-8") == f"{LAYOUT}\n"
    with warehouse.read(home) as connection:
        runs = connection.execute(
            "select run_id, git_commit is null from ops.runs order by started_at"
        ).fetchall()
        rules = connection.execute(
            "select count(*) from ops.expectation_results where run_id = $run_id",
            {"run_id": release_0_1_0.RUN_ID},
        ).fetchall()
        restated = connection.execute(
            "select old_value, new_value, cause from ops.restatements where metric = 'revenue'"
        ).fetchall()
    assert runs == [(release_0_1_0.RUN_ID, True), ("20270101T000000-aaaaaa", False)]
    assert rules == [(1,)]
    assert restated == [(Decimal(360), Decimal(305), "new files: orders_corrected.csv")]
    assert not [one for one in doctor.examine(Home(home)) if one.verdict == "failure"]


def test_home_of_a_newer_release_is_neither_read_nor_changed(home: Path, tmp_path: Path) -> None:
    (home / "layout").write_text(f"{LAYOUT + 1}\n", encoding="utf-8")
    before = sorted(home.rglob("*"))
    with pytest.raises(NewerHome):
        warehouse.read(home)
    with pytest.raises(NewerHome):
        run(home, corrected(tmp_path / "in"), number=2)
    assert sorted(home.rglob("*")) == before
    (finding,) = [one for one in doctor.examine(Home(home)) if one.check == "home"]
    assert finding.verdict == "failure"
    assert "newer" in finding.found


@pytest.mark.parametrize(
    "command",
    [["quarantine"], ["report"], ["export", "{folder}/x"], ["status"], ["backup", "{folder}/b.tar"]],
)
def test_home_that_is_a_file_is_told_as_such(tmp_path: Path, command: list[str]) -> None:
    home = tmp_path / "home"
    home.write_text("a file", encoding="utf-8")
    done = salesdesk(*(part.format(folder=tmp_path) for part in command), "--home", str(home))
    assert done.returncode == 2
    assert "HOME is not a folder" in done.stderr
    assert home.read_text(encoding="utf-8") == "a file"


def test_damaged_publication_stops_a_run_with_its_reason_and_a_full_build_makes_it_again(home: Path) -> None:
    (home / "warehouse.duckdb").resolve().write_bytes(b"not a database" * 1000)
    with pytest.raises(PublicationDamaged) as caught:
        run(home, number=2)
    assert "build --full" in caught.value.next_step
    with pytest.raises(SalesdeskError, match="cannot be read"):
        warehouse.read(home)
    assert later(home, full=True).status == "published"
    assert january_revenue(home) == Decimal(370)
    with warehouse.read(home) as connection:
        runs = connection.execute("select run_id, status from ops.runs order by started_at").fetchall()
    # the journal outlives the damaged file
    assert ("20260301T000001-aaaaaa", "published") in runs
    assert len(runs) == 3


def test_steps_of_a_run_have_a_line_each_also_the_one_that_failed(home: Path, tmp_path: Path) -> None:
    with pytest.raises(SalesdeskError):
        run(home, tmp_path / "nowhere.csv", number=2)
    lines = [json.loads(line) for line in (home / "steps.jsonl").read_text(encoding="utf-8").splitlines()]
    first = [line for line in lines if line["run_id"].endswith("01-aaaaaa")]
    assert [line["step"] for line in first] == [step.name for step in job.STEPS]
    assert all(line["peak_memory_bytes"] > 0 and line["error"] == "" for line in first)
    assert (lines[-1]["step"], lines[-1]["error"]) == ("land", "UnreadableExport")


def test_steps_begin_a_new_file_when_theirs_is_long(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_MOST_STEP_BYTES", 10)
    journal.append_step(Home(home), {"step": "one"})
    assert (home / "steps.former.jsonl").is_file()
    assert (home / "steps.jsonl").read_text(encoding="utf-8") == '{"step": "one"}\n'
