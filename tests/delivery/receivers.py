"""A mail server and a chat on this machine that remember what they got."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """The letters a server took; `answers` are given to the first letters instead of taking them."""

    answers: list[str] = field(default_factory=list)
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    attempts: int = 0
    port: int = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        self.attempts += 1
        if self.answers:
            return self.answers.pop(0)
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.letters.append((envelope.rcpt_tos[0], message))
        return "250 taken"


def free_port() -> int:
    """Return a port of loopback nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def mail_server(*answers: str, **options: Any) -> Iterator[Mailbox]:
    """Run a real mail server on a free port of loopback."""
    box = Mailbox(list(answers), port=free_port())
    controller = Controller(
        box, hostname="127.0.0.1", port=box.port, ready_timeout=20, server_hostname="localhost", **options
    )
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@dataclass
class ChatRoom:
    """The messages a webhook took; `answers` are status codes given to the first ones, 0 for none."""

    answers: list[int] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    attempts: int = 0
    url: str = ""


@contextmanager
def chat_room(*answers: int) -> Iterator[ChatRoom]:
    """Run a webhook on a free port of loopback."""
    room = ChatRoom(list(answers))

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            room.attempts += 1
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = room.answers.pop(0) if room.answers else 200
            if status == 200:
                room.messages.append(json.loads(body))
            if status:  # 0: hang up without an answer
                self.send_response(status)
                self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        room.url = f"json://127.0.0.1:{server.server_address[1]}/hook/geheimer-schluessel"
        yield room
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
