"""What the kinds mark as personal is kept where it is asked for, and shown in no log, message or artifact."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines import demo, job, warehouse
from pipelines.errors import GateFailed
from pipelines.exports.declarations import kinds
from pipelines.flows import artifacts
from pipelines.settings import Settings
from tests.operations.home import Quiet

_MARK = "geheim"


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exports whose personal columns hold nothing but marks; of every third row a date is broken."""
    folder = tmp_path_factory.mktemp("privacy")
    demo.write_exports(folder, orders=60)
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.DictReader(opened))
        if not rows:
            path.unlink()
            continue
        personal = [column.name for column in kinds()[path.stem].columns if column.is_personal]
        day = next((name for name in rows[0] if name.endswith("_date")), None)
        for number, row in enumerate(rows):
            row |= {name: f"{_MARK}-{name}-{number}" for name in personal}
            if day and number % 3 == 0:
                row[day] = f"{_MARK}-day"
        with path.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _request(home: Path, exports: Path, share: Decimal) -> job.Request:
    return job.Request(
        settings=Settings(home=home, gate_rows=share, gate_amount=share),
        exports=(exports,),
        run_id="20261101T000000-aaaaaa",
        started_at=datetime(2026, 11, 1, tzinfo=UTC),
        today=date(2026, 11, 1),
    )


def _logs(home: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in home.glob("*.jsonl"))


def test_personal_data_stays_out_of_logs_and_artifacts_of_a_run(
    marked: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    facts = job.run_direct(_request(tmp_path, marked, Decimal(1)), Quiet())
    with warehouse.read(tmp_path) as connection:
        known = connection.sql("select count(*) from marts.dim_customers where customer_name like 'geheim-%'")
        assert known.fetchall()[0][0] > 0
        assert connection.sql("select count(*) from ops.quarantine").fetchall()[0][0] > 0
        shown = str(artifacts._verdicts(connection, "20261101T000000-aaaaaa")) + artifacts._figures(
            connection
        )
    assert _MARK not in shown + _logs(tmp_path) + str(facts) + caplog.text + "".join(capfd.readouterr())


def test_personal_data_stays_out_of_the_message_and_logs_of_a_refusal(
    marked: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(GateFailed) as caught:
        job.run_direct(_request(tmp_path, marked, Decimal("0.05")), Quiet())
    assert _MARK not in str(caught.value) + _logs(tmp_path) + caplog.text + "".join(capfd.readouterr())
