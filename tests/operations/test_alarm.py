"""What nobody watches is told: a run that failed, a file set aside, a source that has fallen silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.errors import GateFailed, UnreadableExport
from pipelines.job import alarm
from pipelines.job.drop import Refused
from pipelines.recipients import Mail
from pipelines.settings import Settings
from pipelines.warehouse import Home, state
from tests.delivery.receivers import chat_room, mail_server
from tests.operations.home import AS_OF, corrected, run, salesdesk

NIGHT = datetime(2026, 11, 2, 21, 30, tzinfo=UTC)
ERROR = UnreadableExport("The export is empty", where="/drop/payments.csv", found="张三 13800138000")


def by_mail(home: Path, port: int, lang: str = "en") -> Settings:
    server = Mail("127.0.0.1", "desk@example.com", port, "none", alerts_to=("ops@example.com",))
    return Settings(home=home, lang=lang, mail=server)


def test_failed_run_is_told_once_a_day_without_what_was_found(tmp_path: Path) -> None:
    with mail_server() as box:
        settings = by_mail(tmp_path / "home", box.port)
        for hours in (0, 1, 24):
            alarm.run_failed(settings, ERROR, NIGHT + timedelta(hours=hours))
    texts = [letter.get_content() for _, letter in box.letters]
    assert len(texts) == 2  # the day's first, and the next day's
    assert all("The export is empty" in text for text in texts)
    assert not any("张三" in text or "13800138000" in text for text in texts)


@pytest.mark.parametrize(
    ("lang", "title"),
    [("zh", "运行被拒绝:数据没有过关"), ("en", "A run was refused: the data failed its gates")],
)
def test_refused_run_is_told_in_the_language_of_the_pages(tmp_path: Path, lang: str, title: str) -> None:
    with mail_server() as box:
        alarm.run_failed(by_mail(tmp_path / "home", box.port, lang), GateFailed("Too many rows"), NIGHT)
    assert [letter["Subject"] for _, letter in box.letters] == [title]


def test_files_set_aside_are_told_once_by_their_bytes(tmp_path: Path) -> None:
    refused = [Refused(tmp_path / "songs.csv", "ab" * 32, ERROR)]
    with mail_server() as box:
        settings = by_mail(tmp_path / "home", box.port)
        alarm.set_aside(settings, refused, NIGHT)
        alarm.set_aside(settings, refused, NIGHT + timedelta(days=1))
    ((_, letter),) = box.letters
    assert "songs.csv: The export is empty" in letter.get_content()
    assert alarm.set_aside(settings, [], NIGHT) == ()


def test_source_that_falls_silent_is_told_once_a_pause(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = state.Source("payments", 5, datetime(2026, 10, 1), 7.0, is_late=True)  # noqa: DTZ001 - as DuckDB keeps it
    usual = state.Source("orders", 30, datetime(2026, 11, 2), 1.0, is_late=False)  # noqa: DTZ001
    monkeypatch.setattr(state, "sources", lambda _home, _now: [silent, usual])
    (notice,) = alarm.late_sources(Settings(home=home, lang="en"), NIGHT)
    assert (notice.title, notice.key) == ("A source is late: payments", "late-payments-20261001T000000")
    assert "every 7 days" in notice.text


def test_run_under_cron_that_is_refused_reaches_the_chat(home: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad_payments.csv"
    lines = "".join(f"B{number},2026-02-26,C2,twelve,,transfer\n" for number in range(20))
    bad.write_text("payment_id,payment_date,customer_id,amount,invoice_id,method\n" + lines, encoding="utf-8")
    with chat_room() as room:
        where = ("--direct", "--as-of", AS_OF.isoformat(), "--home", str(home))
        done = salesdesk("run", str(bad), *where, SALESDESK_CHAT_URLS=room.url)
    assert done.returncode == 1, done.stderr
    titles = [message["title"] for message in room.messages]
    assert "运行被拒绝:数据没有过关" in titles


def test_source_late_against_its_own_rhythm_is_found(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for number in (2, 3):
        file = corrected(folder)
        file.write_text(
            file.read_text(encoding="utf-8").replace("90.00", f"{90 + number}.00"), encoding="utf-8"
        )
        assert run(home, file, number=number, until="publish").snapshot is not None
    # three files of orders, a second apart: silent for an hour is late
    now = datetime(2026, 3, 1, 1)  # noqa: DTZ001
    late = [source.kind for source in state.sources(Home(home), now) if source.is_late]
    assert late == ["orders"]
