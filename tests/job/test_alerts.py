"""Alerts: what failed in a run reaches a real webhook, from the severity asked for, once while it stays the same."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import job
from pipelines.errors import GateFailed, ReconciliationFailed
from pipelines.job import alerts
from pipelines.recipients import Chat
from pipelines.settings import Settings
from pipelines.validation import RuleResult
from pipelines.warehouse import Home
from tests.delivery.receivers import chat_room, free_port

if TYPE_CHECKING:
    from pipelines.job.run import Fact

EXPORTS = Path(__file__).parents[1] / "fixtures" / "exports" / "two_months"
NO_WAITS = (0.0, 0.0)
ODD = RuleResult(
    run_id="run-1",
    table_name="staging.stg_payments",
    rule_id="stg_payments.customer_on_file",
    expectation="expect_rows_to_satisfy",
    severity="warning",
    then="flag",
    success=False,
    broken=False,
    checked_count=1000,
    failed_count=3,
    failed_amount=Decimal("1234.5000"),
    observed="RC-1",
    words_en="The paying customer is not in the customer file.",
    words_zh="付款客户不在客户档案中",
    metrics=("receivables",),
    failed_currency="CNY",
)


class Quiet:
    def started(self, step: job.Step) -> None:
        """Say nothing."""

    def finished(self, fact: Fact) -> None:
        """Say nothing."""


def request(home: Path, number: int = 1, **changes: Any) -> job.Request:
    settings = Settings(home=home, as_of=date(2026, 2, 28), lang="en", chat=Chat(threshold="warning"))
    return job.Request(
        settings=replace(settings, **changes),
        exports=tuple(sorted((home / "given").glob("*.csv"))),
        run_id=f"run-{number}",
        started_at=datetime(2026, 3, 1, 0, 0, number, tzinfo=UTC),
        today=date(2026, 3, 1),
        full=True,
        until="judge",
    )


def told(
    home: Path, *results: RuleResult, url: str, error: BaseException | None = None, **changes: Any
) -> list[str]:
    """Send the alerts of a made-up run; return how each went."""
    run = job.Job(request(home, **changes), Home(home), results=list(results))
    receipts = alerts.send(run, error, environment={"SALESDESK_CHAT_URLS": url}, waits=NO_WAITS)
    return [receipt.status for receipt in receipts]


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """HOME with exports in which a customer pays whom no customer file knows."""
    given = tmp_path / "given"
    shutil.copytree(EXPORTS, given)
    payments = given / "payments.csv"
    lines = payments.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(",")
    names = lines[0].split(",")
    cells[names.index("customer_id")] = "C-NOBODY"
    payments.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n", encoding="utf-8")
    return tmp_path


def test_alert_of_a_failed_rule_goes_out_after_validate_and_only_once(
    stranger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chat_room() as room:
        monkeypatch.setenv("SALESDESK_CHAT_URLS", room.url)
        job.run_direct(request(stranger), Quiet())
        (message,) = room.messages
        told_once = f"{message['title']} {message['message']}"
        assert "The paying customer is not in the customer file." in told_once
        assert "stg_payments.customer_on_file: 1 of " in told_once
        assert "touches: Receivables" in told_once
        assert "C-NOBODY" not in told_once
        job.run_direct(request(stranger, 2), Quiet())
        assert len(room.messages) == 1


def test_alert_goes_out_after_a_refusal_too(stranger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (stranger / "given" / "orders.csv").read_text(encoding="utf-8")
    (stranger / "given" / "orders.csv").write_text(text.replace("2026-01-", "2062-01-"), encoding="utf-8")
    with chat_room() as room:
        monkeypatch.setenv("SALESDESK_CHAT_URLS", room.url)
        with pytest.raises(GateFailed):
            job.run_direct(request(stranger, gate_min_rows=1, gate_rows=Decimal("0.01")), Quiet())
        (message,) = room.messages
    assert "stg_orders.order_date_not_in_future" in message["message"]


def test_alert_below_the_threshold_stays_untold(tmp_path: Path) -> None:
    with chat_room() as room:
        assert told(tmp_path, ODD, url=room.url, chat=Chat(threshold="critical")) == []
        assert told(tmp_path, replace(ODD, severity="info"), url=room.url) == []
        assert told(tmp_path, replace(ODD, success=True), url=room.url) == []
        assert room.attempts == 0


def test_alert_is_told_again_when_its_rows_or_money_change(tmp_path: Path) -> None:
    with chat_room() as room:
        assert told(tmp_path, ODD, url=room.url) == ["sent"]
        assert told(tmp_path, ODD, url=room.url) == ["known"]
        assert told(tmp_path, replace(ODD, failed_count=4), url=room.url) == ["sent"]
        assert told(tmp_path, replace(ODD, failed_amount=Decimal("1234.51")), url=room.url) == ["sent"]
    assert room.messages[0]["message"] == (
        "stg_payments.customer_on_file: 3 of 1,000 rows; 1,234.50 CNY; touches: Receivables"
    )


def test_alert_in_chinese_reads_as_chinese(tmp_path: Path) -> None:
    with chat_room() as room:
        told(tmp_path, ODD, url=room.url, lang="zh")
    assert room.messages[0]["title"] == "付款客户不在客户档案中"
    assert room.messages[0]["message"] == (
        "stg_payments.customer_on_file：1,000 行中 3 行，涉及 1,234.50 CNY，影响：应收账款余额"
    )


def test_alerts_of_a_run_are_one_message_the_gravest_first(tmp_path: Path) -> None:
    grave = replace(
        ODD, rule_id="fct_orders.order_once", severity="critical", words_en="An order stands twice."
    )
    broken = replace(ODD, rule_id="stg_leads.cast", severity="info", broken=True, words_en="A cast.")
    with chat_room() as room:
        assert told(tmp_path, ODD, grave, broken, url=room.url) == ["sent"] * 3
    (message,) = room.messages
    assert (message["title"], message["type"]) == ("An order stands twice. (+2)", "failure")
    assert "stg_leads.cast: the rule itself could not be run" in message["message"]


def test_alert_of_a_reconciliation_names_it_and_no_customer(tmp_path: Path) -> None:
    error = ReconciliationFailed(
        "A reconciliation is off", where="revenue_bridge_closes", found="customer_id=C-1"
    )
    with chat_room() as room:
        assert told(tmp_path, url=room.url, error=error) == ["sent"]
    (message,) = room.messages
    assert "revenue_bridge_closes" in message["title"]
    assert "C-1" not in str(message)


def test_alert_that_cannot_be_delivered_is_logged_and_raises_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert told(tmp_path, ODD, url=f"json://127.0.0.1:{free_port()}/hook") == ["failed"]
    assert "an alert was not delivered" in caplog.text


def test_nothing_configured_sends_and_writes_nothing(tmp_path: Path) -> None:
    assert told(tmp_path / "home", ODD, url="") == []
    assert not (tmp_path / "home").exists()
