"""The flows that a server runs: their parameters are the forms of its UI, their tasks the steps of `pipelines.job`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State  # noqa: TC002 - one unknown name and every form loses its types
from prefect.logging import get_run_logger
from prefect.states import Completed

from pipelines.analysis import notebooks
from pipelines.errors import UsageError, WarehouseBusy
from pipelines.flows import artifacts, entry
from pipelines.flows.main_job import take_steps
from pipelines.job import alarm, drop, pages
from pipelines.warehouse import Home, archive, read, restoring, retention, state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.job import Outcome, Step
    from pipelines.job.run import Fact
from pipelines.recipients import Chat
from pipelines.settings import Settings

# Longer than any run measured (10 M order lines take minutes): what lasts this long hangs.
_TIME_LIMIT = 4 * 3600
# More dates than this in one backfill is a slip of the year in the form.
_MOST_DATES = 400


class RunLog:
    """Tells a run's progress in the log that the UI shows."""

    def started(self, step: Step) -> None:
        """Say nothing: the task itself shows that it began."""

    def finished(self, fact: Fact) -> None:
        """Write one line."""
        get_run_logger().info("%s: %.2f s, %s", fact.step, fact.seconds, fact.words)


@flow(timeout_seconds=_TIME_LIMIT, persist_result=False)
def daily(
    folder: str = "",
    as_of: date | None = None,
    lang: Literal["zh", "en"] = "zh",
    rebuild: bool = False,
) -> State[None]:
    """Take in every new export of a folder, then build, check, publish and report.

    读入新文件、校验、发布并出报告。

    Args:
        folder: Folder 文件夹. On the worker's machine; empty: `inbox` in HOME. 工作机上的文件夹;留空用 HOME/inbox。
        as_of: As of 截止日. Business date of the figures; empty: the latest in the data. 留空取数据中最新的日期。
        lang: Language 语言. Of the pages and workbooks. 页面与工作簿的语言。
        rebuild: Rebuild 强制重建. Build even when nothing has changed. 即使没有新数据也重新计算。
    """
    chosen = replace(entry.settings(lang), as_of=as_of)
    home = Home(chosen.home)
    home.prepare()
    inbox = Path(folder) if folder else chosen.home / "inbox"

    def run(exports: Sequence[Path], until: str) -> Outcome:
        return take_steps(entry.request(chosen, exports, until, full=rebuild), RunLog())

    outcome: Outcome | None
    refused: list[drop.Refused] = []
    if folder or inbox.is_dir():
        reader, found = drop.reader(home), drop.look(inbox)
        new = drop.unknown(home, list(found.files), reader)
        outcome, refused = drop.take_in(home, new, run, reader, entry.moment())
        refused += drop.set_empty_aside(home, found, entry.moment())
    else:
        outcome = run((), "")
    alarm.set_aside(chosen, refused, entry.moment())
    for one in refused:
        get_run_logger().error("set aside %s: %s", one.path.name, one.error.what)
    _tidy(home, chosen)
    artifacts.show(chosen)
    if outcome is not None and outcome.status == "published" and chosen.notebooks:
        _run_notebooks(chosen)
    told = f"{outcome.status} as of {outcome.as_of}" if outcome else "nothing to run on"
    aside = f"; {len(refused)} files set aside, see HOME/refused" if refused else ""
    return Completed(message=f"{told}{aside}")


@flow(timeout_seconds=_TIME_LIMIT, persist_result=False)
def month_end(closing_day: date | None = None, lang: Literal["zh", "en"] = "zh") -> State[None]:
    """Build the figures as of a closing day and keep them, with their pages, in the archive.

    月结并归档。

    What is published stays in force when its as-of date is later.

    Args:
        closing_day: Closing day 结账日. Empty: the last one before this run's scheduled day. 留空取上一个结账日。
        lang: Language 语言. Of the pages and workbooks. 页面与工作簿的语言。
    """
    chosen = entry.settings(lang)
    day = closing_day or entry.closing_day_before(_scheduled_day(chosen), chosen.month_close_day)
    kept = _close(chosen, day)
    artifacts.show(chosen)
    return Completed(message=f"archived {day} in {kept.name}")


@flow(timeout_seconds=_TIME_LIMIT, persist_result=False)
def backfill(
    first: date, last: date, step: Literal["month", "week", "day"] = "month", lang: Literal["zh", "en"] = "zh"
) -> State[None]:
    """Build and archive the figures as of each date of a range; what is published stays.

    按日期区间补算并归档。

    Args:
        first: First date 起始日. The first as-of date. 第一个截止日。
        last: Last date 结束日. The last as-of date, included. 最后一个截止日(含)。
        step: Step 步长. Each day, each week from the first, or each month at its closing day. 每日、每周或每月结账日。
        lang: Language 语言. Of the pages and workbooks. 页面与工作簿的语言。
    """
    chosen = entry.settings(lang)
    days = entry.days_between(first, last, step, chosen.month_close_day)
    if not 0 < len(days) <= _MOST_DATES:
        raise UsageError(
            "This range cannot be filled",
            found=f"{len(days)} dates from {first} to {last} by {step}",
            expected=f"1 to {_MOST_DATES} dates, the first not after the last",
            next_step="choose other dates or a wider step",
        )
    for day in days:
        _close(chosen, day)
    return Completed(message=f"archived {len(days)} dates from {days[0]} to {days[-1]}")


@flow(timeout_seconds=_TIME_LIMIT, persist_result=False)
def publish_reports(lang: Literal["zh", "en"] = "zh") -> State[None]:
    """Make the pages and workbooks again from the published file.

    用已发布的数据重新出报告。

    Args:
        lang: Language 语言. Of the pages and workbooks. 页面与工作簿的语言。
    """
    chosen = entry.settings(lang)
    made = _make_pages(chosen)
    artifacts.show(chosen)
    if chosen.notebooks:
        _run_notebooks(chosen)
    return Completed(message=f"{made} pages and workbooks")


@flow(timeout_seconds=_TIME_LIMIT, persist_result=False)
def restore(run_id: str) -> State[None]:
    """Publish an earlier snapshot again; the next daily run builds from all landed files.

    恢复到较早的一版。

    Args:
        run_id: Run 运行编号. Whose snapshot is to be published; `salesdesk status` lists them. 见 `salesdesk status`。
    """
    chosen = entry.settings()
    restoring.restore(Home(chosen.home), run_id.strip())
    artifacts.show(chosen)
    return Completed(message=f"published run {run_id} again")


def _tidy(home: Home, chosen: Settings) -> None:
    try:
        retention.tidy(home, chosen.keep_snapshots, chosen.keep_days, entry.moment().date())
    except WarehouseBusy:
        get_run_logger().info("another run has begun; it will be tidied after that one")


# Writing pages is idempotent: they appear whole, in the place of those of the same run.
@task(cache_policy=NO_CACHE, persist_result=False, retries=2, retry_delay_seconds=5, name="make reports")
def _make_pages(chosen: Settings) -> int:
    with read(chosen.home, memory_limit=chosen.memory_limit) as connection:
        return len(pages.make(connection, Home(chosen.home), chosen))


# A notebook only reads: run again, it gives the same page.
@task(cache_policy=NO_CACHE, persist_result=False, name="run notebooks")
def _run_notebooks(chosen: Settings) -> list[Path]:
    return notebooks.publish_all(chosen.notebooks, chosen.home, chosen.lang)


def _close(chosen: Settings, day: date) -> Path:
    """Build as of a day, archive it, and publish again what was published when its as-of date is later."""
    home = Home(chosen.home)
    home.prepare()
    former = state.published(home)
    # nobody is sent the pages of a day gone by
    quiet = replace(chosen.chat or Chat(), figures=False)
    # one more than usual while two dates take turns: no snapshot that people know may go for this
    asked = replace(chosen, as_of=day, keep_snapshots=chosen.keep_snapshots + 1, recipients=(), chat=quiet)
    take_steps(entry.request(asked), RunLog())
    made = state.published(home)
    if made is None or made.as_of != day:
        raise UsageError(
            "Another run published meanwhile",
            where=str(home.root),
            found=str(made.as_of) if made else "nothing",
            expected=str(day),
            next_step="run this flow again; nothing was archived for this day",
        )
    try:
        if chosen.notebooks:
            _run_notebooks(chosen)
    finally:
        # a notebook that stops is told at the end; the day is closed all the same
        kept = archive.keep(home, made.snapshot, day)
        if former is not None and former.as_of > day:
            _give_way(home, made.snapshot, former.snapshot)
    return kept


def _give_way(home: Home, closed: Path, former: Path) -> None:
    """Publish again what was published before a day was closed; that day's figures are in the archive."""
    if restoring.put_back(home, closed, former):
        run_id = state.run_of(closed)
        for path in (closed, home.reports / run_id, home.reports / "notebooks" / run_id):
            retention.remove(path)


def _scheduled_day(chosen: Settings) -> date:
    """Return the business day this run was scheduled for: a run that fires late still closes its own month."""
    moment: datetime = runtime.flow_run.scheduled_start_time or entry.moment()
    return moment.astimezone(ZoneInfo(chosen.time_zone)).date()
