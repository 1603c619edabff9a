"""E-mail drafts to customers: a letter about what is overdue with the statement attached, as a file that nobody sends.

A mail program opens such a file as a message to be read, changed and sent by hand (`X-Unsent: 1`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from pipelines.header_text import one_line
from pipelines.reporting import numbers, periods, words
from pipelines.reporting.statements import Account, OpenItem, Statement
from pipelines.reporting.words import Text

# One plain address: no list, no quotes, no comment, so that nothing in it can name a second recipient.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_MOST_ITEMS = 30
_TYPES = {
    ".html": ("text", "html"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@dataclass(frozen=True)
class Letter:
    """What a letter says beside the statement: to whom, from whom, and what was promised and not kept."""

    contact_name: str
    email: str
    sender: str
    company: str
    broken_promise: date | None = None


@dataclass(frozen=True)
class Attachment:
    """A file that goes with the letter."""

    name: str
    content: bytes


def one_address(text: str) -> str:
    """Return the address when `text` is exactly one plain address, else an empty text."""
    asked = unicodedata.normalize("NFKC", text).strip()
    return asked if _ADDRESS.fullmatch(asked) and ".." not in asked else ""


def message(statement: Statement, letter: Letter, attachments: Sequence[Attachment], lang: str) -> bytes:
    """Return the draft as the bytes of an `.eml` file. The same rows give the same bytes."""
    name = one_line(statement.customer_name or statement.customer_id)
    draft = EmailMessage(policy=SMTP)
    draft["Subject"] = words.text("draft.subject", name=name, date=periods.day(statement.end)).of(lang)
    address = one_address(letter.email)
    if address:
        draft["To"] = Address(one_line(letter.contact_name) or name, addr_spec=address)
    draft["X-Unsent"] = "1"
    draft.set_content(
        _body(statement, letter, name, lang), cte="base64" if lang == "zh" else "quoted-printable"
    )
    for attachment in attachments:
        maintype, subtype = _TYPES["." + attachment.name.rsplit(".", 1)[-1]]
        draft.add_attachment(attachment.content, maintype=maintype, subtype=subtype, filename=attachment.name)
    # Boundaries are drawn at random otherwise, and the same rows would give other bytes each time.
    draft.set_boundary("=_statement_of_account_=")
    return draft.as_bytes()


def _body(statement: Statement, letter: Letter, name: str, lang: str) -> str:
    end = periods.day(statement.end)
    greeted = one_line(letter.contact_name) or name
    lines = [words.text("draft.greeting", name=greeted).of(lang), ""]
    lines.append(words.text("draft.opening", name=name, date=end).of(lang))
    for account in statement.accounts:
        lines += _overdue(account, lang)
    if letter.broken_promise is not None and letter.broken_promise >= _oldest_due(statement):
        lines += ["", words.text("draft.promise", date=periods.day(letter.broken_promise)).of(lang)]
    lines += ["", words.text("draft.request").of(lang), "", words.text("draft.attached").of(lang), ""]
    lines += [part for part in (one_line(letter.sender), one_line(letter.company)) if part]
    return "\n".join(lines) + "\n"


def _late(account: Account) -> list[OpenItem]:
    return [item for item in account.open_items if item.days_late > 0 and item.open_amount > 0]


def _oldest_due(statement: Statement) -> date:
    """Return the first due date of what is late: a promise older than that was about something else."""
    return min((item.due_date for account in statement.accounts for item in _late(account)), default=date.max)


def _overdue(account: Account, lang: str) -> list[str]:
    """Return the lines of one currency: every overdue item, the oldest first, and what they come to."""
    late = _late(account)
    if not late:
        return []
    lines = ["", *(_item(item, account.currency).of(lang) for item in late[:_MOST_ITEMS])]
    if len(late) > _MOST_ITEMS:
        lines.append(words.text("draft.more", n=len(late) - _MOST_ITEMS).of(lang))
    total = sum((item.open_amount for item in late), Decimal(0))
    balance = numbers.full_money(account.closing, account.currency)
    lines.append(
        words.text("draft.total", total=numbers.full_money(total, account.currency), balance=balance).of(lang)
    )
    return lines


def _item(item: OpenItem, currency: str) -> Text:
    return words.text(
        "draft.item",
        document=one_line(item.document_id),
        due=periods.day(item.due_date),
        amount=numbers.full_money(item.open_amount, currency),
        days=item.days_late,
    )
