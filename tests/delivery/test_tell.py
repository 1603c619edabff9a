"""Notices reach a real mail server and a real webhook: once, from their threshold on, never as an error."""

from __future__ import annotations

import json
import ssl
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import AuthResult

from pipelines.delivery import Notice, Receipt, mail, tell
from pipelines.recipients import Chat, Mail
from pipelines.settings import Settings
from tests.delivery.receivers import chat_room, free_port, mail_server

if TYPE_CHECKING:
    import pytest

AT = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
BAD = Notice("critical", "规则 orders.unique 未通过", "订单号重复 3 行;数据未发布", "run-1:orders.unique")
ODD = Notice("warning", "Leads are late", "37.5 hours", "run-1:leads.late")
FYI = Notice("info", "Published", "as of 2026-10-31", "run-1:published")
NO_WAITS = (0.0, 0.0)


def told(settings: Settings, *notices: Notice, **environment: str) -> tuple[Receipt, ...]:
    return tell(settings, notices, at=AT, environment=environment, waits=NO_WAITS)


def desk(home: Path, port: int = 0, **more: Any) -> Settings:
    server = Mail("127.0.0.1", "desk@example.com", port, "none", alerts_to=("ops@example.com",))
    return Settings(home=home, mail=replace(server, **more) if port else None)


def statuses(receipts: tuple[Receipt, ...]) -> list[str]:
    return [receipt.status for receipt in receipts]


def test_tell_without_configuration_sends_nothing_and_writes_nothing(tmp_path: Path) -> None:
    assert told(Settings(home=tmp_path / "home"), BAD) == ()
    assert not (tmp_path / "home").exists()


def test_tell_by_mail_sends_one_letter_with_the_notices_that_reach_the_threshold(tmp_path: Path) -> None:
    with mail_server() as box:
        receipts = told(desk(tmp_path, box.port), FYI, ODD, BAD)
    assert {(one.target, one.key, one.status) for one in receipts} == {
        ("mail ops@example.com", BAD.key, "sent"),
        ("mail ops@example.com", ODD.key, "sent"),
    }
    ((address, letter),) = box.letters
    text = letter.get_content()
    assert (address, letter["From"], letter["Subject"]) == (
        "ops@example.com",
        "salesdesk <desk@example.com>",
        "规则 orders.unique 未通过 (+1)",
    )
    assert (BAD.text in text, ODD.text in text, FYI.text in text) == (True, True, False)


def test_tell_the_same_key_twice_sends_it_once_and_a_new_one_alone(tmp_path: Path) -> None:
    with mail_server() as box:
        told(desk(tmp_path, box.port), BAD)
        receipts = told(desk(tmp_path, box.port), BAD, ODD)
        assert statuses(told(desk(tmp_path, box.port), BAD, ODD)) == ["known", "known"]
    assert [(one.key, one.status) for one in receipts] == [(BAD.key, "known"), (ODD.key, "sent")]
    assert [letter["Subject"] for _, letter in box.letters] == [BAD.title, ODD.title]


def test_tell_a_server_that_is_busy_for_a_while_tries_again(tmp_path: Path) -> None:
    with mail_server("451 busy", "451 still busy") as box:
        assert statuses(told(desk(tmp_path, box.port), BAD)) == ["sent"]
    assert (box.attempts, len(box.letters)) == (3, 1)


def test_tell_a_server_that_refuses_for_good_is_told_at_once_and_may_be_tried_later(tmp_path: Path) -> None:
    with mail_server("554 no spam here") as box:
        (receipt,) = told(desk(tmp_path, box.port), BAD)
        assert (receipt.status, box.attempts) == ("failed", 1)
        assert receipt.reason == "the mail server refuses the letter: 554 no spam here"
        assert statuses(told(desk(tmp_path, box.port), BAD)) == ["sent"]


def test_tell_nobody_there_is_a_receipt_and_the_second_address_is_not_waited_for(tmp_path: Path) -> None:
    port = free_port()
    settings = desk(tmp_path, port, alerts_to=("a@example.com", "b@example.com"))
    receipts = told(settings, BAD)
    assert statuses(receipts) == ["failed", "failed"]
    assert all(f"127.0.0.1:{port}" in one.reason for one in receipts)


def test_tell_after_a_process_died_while_sending_does_not_send_again(tmp_path: Path) -> None:
    line = {"at": AT.isoformat(), "target": "mail ops@example.com", "key": BAD.key, "status": "sending"}
    (tmp_path / "deliveries.jsonl").write_text(json.dumps(line) + '\n{"at": "torn', encoding="utf-8")
    with mail_server() as box:
        receipts = told(desk(tmp_path, box.port), BAD, ODD)
    assert statuses(receipts) == ["unknown", "sent"]
    assert len(box.letters) == 1
    with mail_server() as box:
        assert statuses(told(desk(tmp_path, box.port), BAD, ODD)) == ["unknown", "known"]


def test_tell_with_a_home_that_cannot_be_written_sends_nothing_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with mail_server() as box:
        (receipt,) = told(desk(tmp_path / "file", box.port), BAD)
    assert (receipt.status, box.attempts) == ("failed", 0)
    assert "cannot be written" in receipt.reason


def test_tell_a_title_with_line_ends_names_no_second_address(tmp_path: Path) -> None:
    evil = replace(BAD, title="Report\r\nBcc: everyone@example.com")
    with mail_server() as box:
        told(desk(tmp_path, box.port), evil)
    (_, letter) = box.letters[0]
    assert (letter["Bcc"], letter["Subject"]) == (None, "Report Bcc: everyone@example.com")


def test_tell_a_title_that_looks_encoded_is_not_decoded_into_a_header(tmp_path: Path) -> None:
    evil = replace(BAD, title="=?utf-8?q?Report=0d=0aBcc:_everyone@example.com?=")
    with mail_server() as box:
        told(desk(tmp_path, box.port), evil)
    (_, letter) = box.letters[0]
    assert letter["Bcc"] is None
    assert letter["Subject"] == "= ?utf-8?q?Report=0d=0aBcc:_everyone@example.com?="


def test_tell_over_starttls_logs_in_with_the_password_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = _certificate(tmp_path, monkeypatch)
    options = {
        "tls_context": context,
        "auth_required": True,
        "authenticator": lambda *given: AuthResult(success=given[-1].password == b"secret", handled=False),
    }
    with mail_server(**options) as box:
        settings = desk(tmp_path / "home", box.port, security="starttls", user="desk", host="localhost")
        (refused,) = told(settings, BAD, **{mail.PASSWORD: "wrong"})
        (sent,) = told(settings, BAD, **{mail.PASSWORD: "secret"})
    assert (refused.status, mail.PASSWORD in refused.reason, sent.status) == ("failed", True, "sent")
    assert "secret" not in (tmp_path / "home" / "deliveries.jsonl").read_text(encoding="utf-8")


def _certificate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Make localhost a certificate that this process trusts."""
    made, key = folder / "certificate.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost".split()
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context


def test_tell_by_chat_sends_text_that_calls_nobody(tmp_path: Path) -> None:
    notice = replace(BAD, text="customer <!channel> @all")
    with chat_room() as room:
        receipts = told(desk(tmp_path), notice, SALESDESK_CHAT_URLS=room.url)
        assert statuses(told(desk(tmp_path), notice, SALESDESK_CHAT_URLS=room.url)) == ["known"]
    (message,) = room.messages
    assert (message["title"], message["type"]) == (BAD.title, "failure")
    assert message["message"] == "customer ＜!channel＞ ＠all"
    assert statuses(receipts) == ["sent"]


def test_tell_by_chat_has_its_own_threshold(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, chat=Chat(threshold="critical"))
    with chat_room() as room:
        assert told(settings, ODD, FYI, SALESDESK_CHAT_URLS=room.url) == ()
        assert statuses(told(settings, ODD, BAD, SALESDESK_CHAT_URLS=room.url)) == ["sent"]
    assert room.attempts == 1


def test_tell_a_chat_that_fails_is_tried_again_then_told_without_its_key(tmp_path: Path) -> None:
    with chat_room(500, 500) as room:
        assert statuses(told(desk(tmp_path), BAD, SALESDESK_CHAT_URLS=room.url)) == ["sent"]
        assert room.attempts == 3
    (receipt,) = told(desk(tmp_path), ODD, SALESDESK_CHAT_URLS=room.url)
    written = (tmp_path / "deliveries.jsonl").read_text(encoding="utf-8")
    assert receipt.status == "failed"
    assert "geheimer-schluessel" not in receipt.reason + receipt.target + written


def test_tell_a_chat_that_hangs_up_is_not_asked_again(tmp_path: Path) -> None:
    with chat_room(0) as room:
        receipts = told(desk(tmp_path), BAD, SALESDESK_CHAT_URLS=room.url)
        receipts += told(desk(tmp_path), BAD, SALESDESK_CHAT_URLS=room.url)
    assert (statuses(receipts), room.attempts) == (["unknown", "unknown"], 1)


def test_tell_a_chat_nobody_knows_is_a_receipt(tmp_path: Path) -> None:
    (receipt,) = told(desk(tmp_path), BAD, SALESDESK_CHAT_URLS="carrierpigeon://coop")
    assert receipt.status == "failed"
    assert "SALESDESK_CHAT_URLS" in receipt.reason
