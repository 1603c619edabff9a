"""The alarm: tell people of a run that nobody watches, and of a source that has fallen silent."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.delivery import Notice, Receipt, tell
from pipelines.errors import GateFailed, SalesdeskError
from pipelines.warehouse import Home, state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.job.drop import Refused
    from pipelines.settings import Settings

_WORDS = {
    "zh": {
        "refused": "运行被拒绝:数据没有过关",
        "failed": "运行失败",
        "aside": "文件被搁置:{count} 个",
        "late": "来源迟到:{kind}",
        "stands": "上一次发布原样保留。`salesdesk status` 与 `salesdesk quarantine` 说明原因。",
        "see": "副本与原因在 HOME/refused。",
        "usual": "上一个文件在 {last},平时每 {days:g} 天一个。",
    },
    "en": {
        "refused": "A run was refused: the data failed its gates",
        "failed": "A run failed",
        "aside": "{count} files were set aside",
        "late": "A source is late: {kind}",
        "stands": "What was published stands. `salesdesk status` and `salesdesk quarantine` tell why.",
        "see": "Copies and reasons are in HOME/refused.",
        "usual": "Its last file came on {last}; usually one comes every {days:g} days.",
    },
}


def run_failed(settings: Settings, error: Exception, at: datetime) -> tuple[Receipt, ...]:
    """Tell that a run ended in an error; the same error is told once a day.

    Only the error's first line goes out: what was found may be a customer's.
    """
    words = _WORDS[settings.lang]
    title = words["refused" if isinstance(error, GateFailed) else "failed"]
    what = error.what if isinstance(error, SalesdeskError) else type(error).__name__
    key = f"run-failed-{at:%Y-%m-%d}-{hashlib.sha256(what.encode()).hexdigest()[:12]}"
    return tell(settings, [Notice("critical", title, f"{what}\n{words['stands']}", key)], at=at)


def set_aside(settings: Settings, refused: Sequence[Refused], at: datetime) -> tuple[Receipt, ...]:
    """Tell which files were set aside and why; the same bytes are told once."""
    words = _WORDS[settings.lang]
    title = words["aside"].format(count=len(refused))
    lines = [f"{one.path.name}: {one.error.what}" for one in refused]
    key = "set-aside-" + hashlib.sha256("".join(one.sha256 for one in refused).encode()).hexdigest()[:12]
    text = "\n".join([*lines, words["see"]])
    return tell(settings, [Notice("warning", title, text, key)], at=at) if refused else ()


def late_sources(settings: Settings, now: datetime) -> list[Notice]:
    """Return a notice for each source that is late against its own rhythm; `now` is UTC.

    A pause is told once: the key names the file it began with.
    """
    words = _WORDS[settings.lang]
    found = state.sources(Home(settings.home), now.astimezone(UTC).replace(tzinfo=None))
    return [
        Notice(
            "warning",
            words["late"].format(kind=source.kind),
            words["usual"].format(last=f"{source.last_loaded_at:%Y-%m-%d}", days=source.usual_days),
            f"late-{source.kind}-{source.last_loaded_at:%Y%m%dT%H%M%S}",
        )
        for source in found
        if source.is_late
    ]
