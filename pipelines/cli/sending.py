"""The command that sends what is published."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.options import Form, Home, settings
from pipelines.cli.output import Format, write
from pipelines.errors import SalesdeskError, UsageError

if TYPE_CHECKING:
    from pipelines.delivery import Post
    from pipelines.settings import Settings


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command()(deliver)


def deliver(
    *,
    to: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="Only this recipient; may be repeated.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Send nothing; say what would go out.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Send even what was sent before.")] = False,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """Send the published pages to the recipients and the key figures to the chats, each once."""
    from pipelines.job import deliveries, pages
    from pipelines.warehouse import read

    chosen, at = settings(home=home), datetime.now(UTC)
    with read(chosen.home, memory_limit=chosen.memory_limit) as connection:
        edition = pages.Edition(connection, chosen)
        posts = deliveries.posts(edition, at, to=to or ())
        _require_configured(chosen, posts)
        if dry_run:
            rows = [row for post in posts for row in _would_send(chosen, post, again=again)]
            write(rows, ["target", "status", "subject", "files", "bytes"], form)
            return
        receipts = deliveries.send(edition, at, to=to or (), again=again)
    columns = ["target", "key", "status", "reason"]
    write([{name: getattr(one, name) for name in columns} for one in receipts], columns, form)
    failed = sum(one.status == "failed" for one in receipts)
    if failed:
        raise SalesdeskError(
            f"{failed} of {len(receipts)} messages were not delivered",
            next_step="mend what the reasons name, then `salesdesk deliver`: what was sent is not sent again",
        )
    print(f"{sum(one.status == 'sent' for one in receipts)} sent", file=sys.stderr)


def _require_configured(chosen: Settings, posts: Sequence[Post]) -> None:
    from pipelines import delivery

    if not any(delivery.targets(chosen, post) for post in posts):
        raise UsageError(
            "Nobody is configured to be sent anything",
            where="salesdesk.toml",
            expected="[mail] with [[recipients]], or SALESDESK_CHAT_URLS",
            next_step="see `Telling people` in README.md",
        )


def _would_send(chosen: Settings, post: Post, *, again: bool) -> list[dict[str, Any]]:
    """Return one row a target, the message made as it would be sent."""
    from pipelines import delivery

    targets = delivery.targets(chosen, post)
    if not targets:
        return []
    made = post.write()
    is_letter = isinstance(made, delivery.Letter)
    files = made.attachments if isinstance(made, delivery.Letter) else ()
    size = len(made.text.encode()) + sum(len(content) for _, content in files)
    size += len(made.html.encode()) if isinstance(made, delivery.Letter) else 0
    subject = made.subject if isinstance(made, delivery.Letter) else made.title
    return [
        {
            "target": target,
            "status": "known" if not again and delivery.was_sent(chosen, target, post.key) else "would send",
            "subject": subject,
            "files": " ".join(name for name, _ in files) if is_letter else "",
            "bytes": size,
        }
        for target in targets
    ]
