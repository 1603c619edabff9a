"""Drafts of e-mails: what they say, and that nothing in the data can become a header or a second recipient."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest

from pipelines.header_text import one_line
from pipelines.reporting.drafts import Attachment, Letter, message, one_address
from pipelines.reporting.statements import Account, OpenItem, Statement

D = Decimal
ITEMS = (
    OpenItem(date(2026, 9, 1), "invoice", "INV-1", date(2026, 10, 1), D("113.00"), D("100.00"), 30),
    OpenItem(date(2026, 10, 20), "invoice", "INV-2", date(2026, 11, 19), D("50.00"), D("50.00"), -19),
    OpenItem(date(2026, 10, 21), "payment", "RC-1", date(2026, 10, 21), D("-20.00"), D("-20.00"), 10),
)
ACCOUNT = Account("CNY", D("130.00"), (), (D("50.00"), D("80.00"), D(0)), ITEMS)
STATEMENT = Statement("C1", "甲公司", "", "", "", "", date(2026, 8, 1), date(2026, 10, 31), (ACCOUNT,), (30,))
LETTER = Letter("王芳", "wang@example.com", "Li", "乙公司", date(2026, 10, 20))
HOSTILE = (
    "a\r\nBcc: x@evil.example",
    "a\nX-Unsent: 0\n\nbody",
    "a\u2028Bcc: x@evil.example",
    "a\u202ecod.exe",
    'a" <x@evil.example>, "b',
    "=?utf-8?q?a=0d=0aBcc:_x@evil.example?=",
    "a\x00\x1b[31m",
    "x" * 5000,
    "，；<>@",
)


def read(raw: bytes) -> EmailMessage:
    found = BytesParser(policy=policy.default).parsebytes(raw)
    assert isinstance(found, EmailMessage)
    assert found.defects == []
    return found


def body(found: EmailMessage) -> str:
    part = found.get_body()
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        (
            "zh",
            (
                "王芳，您好",
                "INV-1，到期日 2026-10-01，未付 100.00 元，逾期 30 天",
                "账户余额 130.00 元",
                "2026-10-20 已过",
            ),
        ),
        (
            "en",
            (
                "Dear 王芳",
                "INV-1, due 1 Oct 2026, open ¥100.00, 30 days late",
                "Payment was promised for 20 Oct",
            ),
        ),
    ],
)
def test_draft_tells_what_is_overdue_and_nothing_else(lang: str, told: tuple[str, ...]) -> None:
    found = read(message(STATEMENT, LETTER, (), lang))
    text = body(found)
    assert all(words in text for words in told), text
    assert "INV-2" not in text
    assert found["To"] == "王芳 <wang@example.com>"
    assert found["X-Unsent"] == "1"
    assert "甲公司" in found["Subject"]


def test_draft_says_nothing_of_a_promise_older_than_what_is_late() -> None:
    letter = replace(LETTER, broken_promise=date(2026, 9, 30))
    assert "Payment was promised" not in body(read(message(STATEMENT, letter, (), "en")))


def test_draft_carries_the_statement_and_is_the_same_each_time() -> None:
    attached = (Attachment("C1.html", b"<p>1</p>"), Attachment("C1.xlsx", b"PK\x03\x04"))
    raw = message(STATEMENT, LETTER, attached, "zh")
    files = [(part.get_filename(), part.get_content()) for part in read(raw).iter_attachments()]
    assert files == [("C1.html", "<p>1</p>"), ("C1.xlsx", b"PK\x03\x04")]
    assert message(STATEMENT, LETTER, attached, "zh") == raw


@pytest.mark.parametrize("text", HOSTILE)
def test_draft_of_a_hostile_name_has_no_header_of_its_own(text: str) -> None:
    statement = replace(STATEMENT, customer_name=text)
    letter = replace(LETTER, contact_name=text, sender=text, company=text)
    found = read(message(statement, letter, (Attachment("C1.html", b"x"),), "zh"))
    assert found.keys() == ["Subject", "To", "X-Unsent", "MIME-Version", "Content-Type"]
    assert [address.addr_spec for address in found["To"].addresses] == ["wang@example.com"]
    assert found["X-Unsent"] == "1"
    assert len(found["Subject"]) < 150


@pytest.mark.parametrize(
    "text",
    [
        "a@b.example\r\nBcc: x@evil.example",
        "a@b.example, x@evil.example",
        "a@b.example;x@evil.example",
        "Wang <a@b.example>",
        "a@b",
        "a b@c.example",
        "",
        '"a\\"@b.example',
        "a..b@c.example",
    ],
)
def test_draft_without_one_plain_address_names_nobody(text: str) -> None:
    assert one_address(text) == ""
    assert read(message(STATEMENT, replace(LETTER, email=text), (), "zh"))["To"] is None


def test_one_line_keeps_what_can_be_read() -> None:
    assert one_line(" 甲\t公司\r\n(华东) ") == "甲 公司 (华东)"
