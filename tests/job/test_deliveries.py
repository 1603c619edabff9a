"""After a publication each recipient gets the pages asked for, once, in the language asked for, and nothing else."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipelines import job, warehouse
from pipelines.errors import UsageError
from pipelines.job import deliveries
from pipelines.job.pages import Edition
from pipelines.recipients import Chat, Mail, Recipient
from pipelines.settings import Settings
from tests.delivery.receivers import Mailbox, chat_room, free_port, mail_server

EXPORTS = sorted((Path(__file__).parents[1] / "fixtures" / "exports" / "two_months").glob("*.csv"))
AT = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
BOSS = Recipient("boss@example.com", name="Boss", lang="en", books=("aging",), pages=("monthly-review",))
CHEN = Recipient(
    "chen@example.com", sales_reps=("Chen",), pages=("receivables", "daily-desk"), books=("worklist",)
)


class Quiet:
    """A watcher that remembers what the steps said."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}

    def started(self, step: job.Step) -> None:
        """Say nothing."""

    def finished(self, fact: job.run.Fact) -> None:
        """Remember."""
        self.said[fact.step] = fact.words


def run(settings: Settings) -> tuple[job.Outcome, dict[str, str]]:
    watcher = Quiet()
    request = job.Request(
        settings=settings,
        exports=tuple(EXPORTS),
        run_id="20260301T000001-aaaaaa",
        started_at=AT,
        today=date(2026, 3, 1),
    )
    return job.run_direct(request, watcher), watcher.said


def desk(home: Path, port: int, *recipients: Recipient) -> Settings:
    server = Mail("127.0.0.1", "desk@example.com", port, "none")
    return Settings(home=home, as_of=date(2026, 2, 28), mail=server, recipients=recipients)


@dataclass(frozen=True)
class Told:
    """HOME after one run that had somebody to send to, and what that run said and sent."""

    home: Path
    said: dict[str, str]
    letters: list[tuple[str, EmailMessage]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    place = tmp_path_factory.mktemp("told")
    with mail_server() as opened:
        outcome, said = run(desk(place, opened.port, CHEN))
    assert outcome.status == "published"
    (place / "deliveries.jsonl").unlink()
    return Told(place, said, opened.letters)


@pytest.fixture
def home(told: Told) -> Path:
    return told.home


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as opened:
        yield opened


@pytest.fixture
def nothing_remembered(home: Path) -> Iterator[None]:
    yield
    (home / "deliveries.jsonl").unlink(missing_ok=True)


def sent(settings: Settings, *, to: tuple[str, ...] = (), **environment: str) -> list[tuple[str, str]]:
    with warehouse.read(settings.home) as connection:
        receipts = deliveries.send(
            Edition(connection, settings), AT, to=to, environment=environment, waits=()
        )
    return [(one.target, one.status) for one in receipts]


def parts(letter: EmailMessage) -> dict[str, str]:
    """The text of every part by name; a workbook's is all its XML."""
    found = {}
    for part in letter.walk():
        if part.is_multipart():
            continue
        content = part.get_content()
        if isinstance(content, bytes):
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                content = "".join(book.read(name).decode() for name in book.namelist())
        found[part.get_filename() or part.get_content_type()] = content
    return found


@pytest.mark.usefixtures("nothing_remembered")
def test_delivery_gives_each_recipient_the_files_and_language_asked_for(home: Path, box: Mailbox) -> None:
    assert sent(desk(home, box.port, BOSS, replace(CHEN, lang="zh"))) == [
        ("mail boss@example.com", "sent"),
        ("mail chen@example.com", "sent"),
    ]
    boss, chen = (letter for _, letter in box.letters)
    assert list(parts(boss)) == ["text/plain", "text/html", "monthly-review.html", "aging.xlsx"]
    assert boss["Subject"] == "Sales & Receivables Review, February 2026 (as of 28 Feb 2026)"
    assert '<html lang="en">' in parts(boss)["text/html"]
    assert len(parts(boss)["text/html"].encode()) <= 100_000
    assert list(parts(chen)) == [
        "text/plain",
        "text/html",
        "receivables.html",
        "daily-desk.html",
        "worklist.xlsx",
    ]
    assert '<html lang="zh-CN">' in parts(chen)["receivables.html"]
    # what comes alone leads nowhere else
    assert "index.html" not in "".join(parts(chen).values())


@pytest.mark.usefixtures("nothing_remembered")
def test_delivery_to_a_sales_rep_holds_nothing_of_the_others(home: Path, box: Mailbox) -> None:
    sent(desk(home, box.port, CHEN))
    ((_, letter),) = box.letters
    everything = "".join(parts(letter).values())
    assert "Northern Tools" in parts(letter)["receivables.html"]
    assert [name for name in ("华东机械有限公司", "I4", "O4", "339") if name in everything] == []
    # Chen's I2 of 141.25 less the 100 paid, due 20 February
    assert ">41.25<" in parts(letter)["receivables.html"]
    assert "41.25 元" in parts(letter)["text/html"]


@pytest.mark.usefixtures("nothing_remembered")
def test_delivery_of_the_same_run_goes_out_once(home: Path, box: Mailbox) -> None:
    settings = desk(home, box.port, BOSS)
    assert sent(settings) == [("mail boss@example.com", "sent")]
    assert sent(settings) == [("mail boss@example.com", "known")]
    assert len(box.letters) == 1


def test_delivery_follows_a_publication_and_is_told_by_its_step(told: Told) -> None:
    assert [address for address, _ in told.letters] == [CHEN.address]
    assert told.said["report"].endswith(" pages and workbooks; 1 sent")


@pytest.mark.usefixtures("nothing_remembered")
def test_delivery_once_a_month_is_not_repeated_by_the_next_run(home: Path, box: Mailbox) -> None:
    settings = desk(home, box.port, BOSS, replace(CHEN, every="month"))
    assert [status for _, status in sent(settings)] == ["sent", "sent"]
    with warehouse.read(home) as connection:
        edition = Edition(connection, settings)
        edition.facts = replace(edition.facts, run_id="20260302T000000-bbbbbb")
        receipts = deliveries.send(edition, AT, environment={})
    assert [one.status for one in receipts] == ["sent", "known"]
    assert [address for address, _ in box.letters] == [BOSS.address, CHEN.address, BOSS.address]


@pytest.mark.usefixtures("nothing_remembered")
def test_delivery_that_fails_is_told_by_chat_and_tried_again_later(home: Path, box: Mailbox) -> None:
    with chat_room() as room:
        settings = replace(desk(home, free_port(), BOSS), chat=Chat(figures=False))
        assert sent(settings, SALESDESK_CHAT_URLS=room.url) == [("mail boss@example.com", "failed")]
    (message,) = room.messages
    assert "mail boss@example.com" in message["message"].replace("＠", "@")
    assert sent(desk(home, box.port, BOSS)) == [("mail boss@example.com", "sent")]


@pytest.mark.usefixtures("nothing_remembered")
def test_delivery_to_chats_is_the_key_figures_once(home: Path) -> None:
    settings = Settings(home=home, chat=Chat(lang="en"))
    with chat_room() as room:
        assert [status for _, status in sent(settings, SALESDESK_CHAT_URLS=room.url)] == ["sent"]
        assert [status for _, status in sent(settings, SALESDESK_CHAT_URLS=room.url)] == ["known"]
    (message,) = room.messages
    # February's revenue is 250.00: README.md of the fixture
    assert "Revenue ¥250.00" in message["message"]


def test_delivery_to_somebody_unknown_is_refused_with_the_nearest(home: Path, box: Mailbox) -> None:
    with pytest.raises(UsageError) as caught:
        sent(desk(home, box.port, BOSS), to=("bos@example.com",))
    assert "boss@example.com" in caught.value.hint


def deliver(home: Path, *arguments: str, toml: str = "") -> subprocess.CompletedProcess[str]:
    (home / "salesdesk.toml").write_text(toml, encoding="utf-8")
    command = [sys.executable, "-m", "pipelines", "deliver", "--home", str(home), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    finally:
        (home / "salesdesk.toml").unlink()


def test_deliver_command_tries_without_sending(home: Path, box: Mailbox) -> None:
    toml = (
        f'[mail]\nhost = "127.0.0.1"\nport = {box.port}\nsecurity = "none"\nsender = "desk@example.com"\n'
        '[[recipients]]\naddress = "boss@example.com"\n'
    )
    made = deliver(home, "--dry-run", "--format", "csv", toml=toml)
    assert (made.returncode, box.attempts) == (0, 0)
    assert made.stdout.splitlines()[1].startswith("mail boss@example.com,would send,")
    assert not (home / "deliveries.jsonl").exists()


def test_deliver_command_without_configuration_says_what_is_missing(home: Path) -> None:
    made = deliver(home)
    assert made.returncode == 2
    assert "[[recipients]]" in made.stderr
