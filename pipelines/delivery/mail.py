"""One letter to one address through the configured server."""

from __future__ import annotations

import hashlib
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any

from pipelines.delivery.sending import Parcel, Undelivered
from pipelines.header_text import one_line
from pipelines.recipients import Mail

PASSWORD = "SALESDESK_MAIL_PASSWORD"  # noqa: S105 - the variable's name
_TIMEOUT = 20.0
_FOR_GOOD = 500
_LONGEST_SUBJECT = 200
_TYPES = {
    ".html": ("text", "html"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@dataclass(frozen=True)
class Letter:
    """A mail to one address: plain text always, `html` for whoever shows it, files attached by name."""

    address: str
    subject: str
    text: str
    html: str = ""
    name: str = ""
    attachments: tuple[tuple[str, bytes], ...] = ()


def parcel(
    server: Mail,
    address: str,
    keys: tuple[str, ...],
    write: Callable[[tuple[str, ...]], Letter],
    at: datetime,
    environment: Mapping[str, str],
) -> Parcel:
    """Return a letter as a parcel; it is written, and the server's password read, when it is sent."""

    def carry(due: tuple[str, ...]) -> None:
        try:
            message = _message(server, write(due), due, at)
        except ValueError as error:  # text that no mail can carry
            raise Undelivered(f"the letter cannot be written: {error}") from error
        _hand_over(server, address, message, environment.get(PASSWORD, ""))

    return Parcel(f"mail {address}", f"mail server {server.host}:{server.port}", keys, carry)


def _message(server: Mail, letter: Letter, keys: tuple[str, ...], at: datetime) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = one_line(letter.subject, _LONGEST_SUBJECT)
    message["From"] = formataddr(("salesdesk", server.sender))
    message["To"] = formataddr((one_line(letter.name), letter.address))
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{_digest(letter.address, *keys)}@{server.sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    for name, content in letter.attachments:
        kind, subtype = _TYPES.get(Path(name).suffix, ("application", "octet-stream"))
        message.add_attachment(content, maintype=kind, subtype=subtype, filename=name)
    return message.as_bytes()


def _digest(*parts: str) -> str:
    """Give the same letter the same number, so that a mailbox that gets it twice can tell."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _hand_over(server: Mail, address: str, message: bytes, password: str) -> None:
    try:
        with _connected(server, password) as connection:
            _require(connection.mail(server.sender), "the sender")
            _require(connection.rcpt(address), "the address")
            _send(connection, message)
    except smtplib.SMTPAuthenticationError as error:
        raise Undelivered(
            f"the mail server refuses the login ({error.smtp_code}); is {PASSWORD} set?", is_server=True
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Undelivered(f"the mail server: {error}", is_server=True) from error
    except smtplib.SMTPResponseException as error:
        raise _answered(error.smtp_code, error.smtp_error, "the connection", is_server=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(
            f"mail server {server.host}:{server.port}: {str(error) or type(error).__name__}",
            for_a_while=not isinstance(error, ssl.SSLCertVerificationError),
            is_server=True,
        ) from error


def _connected(server: Mail, password: str) -> smtplib.SMTP:
    context = ssl.create_default_context()
    place: dict[str, Any] = {"host": server.host, "port": server.port, "timeout": _TIMEOUT}
    # its own way to a name asks the network, for seconds where there is none
    own_name = socket.gethostname()
    connection = (
        smtplib.SMTP_SSL(**place, local_hostname=own_name, context=context)
        if server.security == "tls"
        else smtplib.SMTP(**place, local_hostname=own_name)
    )
    try:
        connection.ehlo()
        if server.security == "starttls":
            connection.starttls(context=context)
            connection.ehlo()
        if server.user:
            connection.login(server.user, password)
    except BaseException:
        connection.close()
        raise
    return connection


def _send(connection: smtplib.SMTP, message: bytes) -> None:
    """Hand the letter over; when the connection breaks then, nobody knows whether it arrived."""
    try:
        answer = connection.data(message)
    except smtplib.SMTPDataError as error:
        raise _answered(error.smtp_code, error.smtp_error, "the letter") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(
            f"the connection broke while the letter was sent: {str(error) or type(error).__name__}",
            is_unknown=True,
        ) from error
    _require(answer, "the letter")


def _require(answer: tuple[int, bytes], what: str) -> None:
    code, text = answer
    if code not in {250, 251}:
        raise _answered(code, text, what)


def _answered(code: int, text: bytes | str, what: str, *, is_server: bool = False) -> Undelivered:
    told = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    reason = f"the mail server refuses {what}: {code} {' '.join(told.split())}"
    return Undelivered(reason, for_a_while=code < _FOR_GOOD, is_server=is_server)
