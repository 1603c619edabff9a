"""Commands asked wrongly, and of a HOME that cannot answer: one clear message, exit code 2, never a traceback."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from pipelines import warehouse
from tests.cli.conftest import Answer, Salesdesk

ASKING = (
    "metric revenue",
    "metric revenue --compare prior",
    "aging",
    "aging --summary",
    "receivables",
    "statement C1",
    "statement --all",
    "trace revenue",
    "trace O1",
    "drivers",
    "quarantine",
    "report",
)


def _is_refused(answer: Answer) -> bool:
    assert "Traceback" not in answer.err
    return (answer.code, answer.out) == (2, "") and bool(answer.err.strip())


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("metric revenu", "revenue"),
        ("metric revenue --by regoin", "region"),
        ("metric collected --by product_id", "cannot be seen by product_id"),
        ("metric revenue --where regoin=East", "region"),
        ("metric revenue --grain mnth", "month"),
        ("metric revenue --from 2026-13-01", "--from is not a date"),
        ("metric revenue --from 2026-02-01 --to 2026-01-01", "swap the two dates"),
        ("metric revenue --compare yesterday", "prior"),
        ("metric revenue --compare prior --grain all", "a calendar's periods"),
        ("metric revenue --compare year --grain mnth", "month"),
        ("metric revenue --compare prior --from 2027-01-01", "up to 2026-02-28"),
        ("metric revenue --compare prior --total", "goes with neither"),
        ("metric revenue --top 3", "--top needs one dimension"),
        ("metric revenue --top 0 --by region", "--top"),
        ("metric revenue --format xml", "json"),
        ("metric", "NAME"),
        ("aging --bounds 60,30", "rising"),
        ("aging --bounds 0,30", "rising"),
        ("aging --by custmer", "customer"),
        ("aging --as-of today", "a date such as"),
        ("receivables --currency XXX", "CNY"),
        ("receivables --loss-rates a,b", "not numbers"),
        ("receivables --loss-rates 0.1", "rates from 0 to 1"),
        ("receivables --loss-rates policy", "the setting loss_rates"),
        ("statement", "Name one customer"),
        ("statement C1 --all", "Name one customer"),
        ("statement C1 --from 2026-02-02 --to 2026-02-01", "swap the two dates"),
        ("statement C1 --to 2026-03-31", "up to 2026-02-28"),
        ("statement C1 --lang fr", "zh or en"),
        ("trace revenu", "revenue"),
        ("trace revenu --at 2026-01", "revenue"),
        ("trace X404", "salesdesk quarantine"),
        ("trace revenue --at January", "a month such as"),
        ("trace revenue --at 2031-01", "outside the calendar"),
        ("trace revenue --grain all", "a calendar's periods"),
        ("trace revenue --grain mnth", "month"),
        ("trace revenue --by region", "DIMENSION=VALUE"),
        ("drivers orders", "Only revenue"),
        ("drivers --compare plan", "prior or year"),
        ("drivers --compare year --at 2026-01", "January waits for February"),
        ("drivers --by regoin", "region"),
        ("nosuch", "nosuch"),
    ],
)
def test_command_asked_wrongly_says_what_is_known(
    salesdesk: Salesdesk, two_months: Path, command: str, named: str
) -> None:
    home = () if command == "nosuch" else ("--home", two_months)
    answer = salesdesk(*shlex.split(command), *home)
    assert _is_refused(answer), answer
    assert named in answer.err


@pytest.mark.parametrize("command", ASKING)
def test_command_before_the_first_publication_says_what_to_do(
    salesdesk: Salesdesk, tmp_path: Path, command: str
) -> None:
    answer = salesdesk(*shlex.split(command), "--home", tmp_path)
    assert _is_refused(answer), answer
    assert "salesdesk demo" in answer.err


@pytest.mark.parametrize("command", ASKING)
def test_command_on_a_home_that_is_a_file_is_refused(
    salesdesk: Salesdesk, tmp_path: Path, command: str
) -> None:
    home = tmp_path / "home"
    home.write_text("not a folder")
    answer = salesdesk(*shlex.split(command), "--home", home)
    assert _is_refused(answer), answer
    assert str(home) in answer.err


@pytest.mark.parametrize("damage", ["not a database", "cut short", "another program's"])
@pytest.mark.parametrize("command", ASKING)
def test_command_on_a_damaged_publication_says_how_to_mend_it(
    salesdesk: Salesdesk, two_months: Path, tmp_path: Path, command: str, damage: str
) -> None:
    _publish_damaged(tmp_path, damage, (two_months / "warehouse.duckdb").resolve())
    answer = salesdesk(*shlex.split(command), "--home", tmp_path)
    assert _is_refused(answer), answer
    assert "salesdesk build --full" in answer.err or "salesdesk run" in answer.err


def _publish_damaged(home: Path, damage: str, sound: Path) -> None:
    (home / "snapshots").mkdir()
    snapshot = home / "snapshots" / "warehouse-20260101T000000-abcdef.duckdb"
    if damage == "not a database":
        snapshot.write_text("nothing that DuckDB wrote")
    elif damage == "cut short":
        snapshot.write_bytes(sound.read_bytes()[:100_000])
    else:
        with warehouse.connect(snapshot) as connection:
            connection.execute("create table something as select 1 as one")
    (home / "warehouse.duckdb").symlink_to(snapshot.relative_to(home))
