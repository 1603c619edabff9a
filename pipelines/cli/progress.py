"""Progress of a run: a bar on a terminal, plain lines elsewhere; always on stderr."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from pipelines.job import Step
    from pipelines.job.run import Fact


class Lines(AbstractContextManager["Lines"]):
    """One plain line a finished step."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End without a word: errors are told by the command."""

    def started(self, step: Step) -> None:
        """Say nothing: a log wants results."""

    def finished(self, fact: Fact) -> None:
        """Write one line."""
        print(f"{fact.step:<15}{fact.seconds:>8.2f} s  {fact.words}", file=sys.stderr, flush=True)


class Bar(AbstractContextManager["Bar"]):
    """A bar over all steps, with the words of each finished one above it."""

    def __init__(self, steps: int, lang: str) -> None:
        self._steps = steps
        self._lang = lang
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        """Show the bar."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
        self._progress = Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task("", total=self._steps)
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()

    def started(self, step: Step) -> None:
        """Name the step on the bar."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=step.zh if self._lang == "zh" else step.en)

    def finished(self, fact: Fact) -> None:
        """Print the step's words and move the bar."""
        if self._progress is not None and self._task is not None:
            self._progress.console.print(
                f"[green]✓[/green] {fact.step:<15}{fact.seconds:>8.2f} s  {fact.words}", highlight=False
            )
            self._progress.advance(self._task)


def watcher(steps: int, lang: str) -> Lines | Bar:
    """Return a bar on a terminal, plain lines elsewhere."""
    return Bar(steps, lang) if sys.stderr.isatty() else Lines()
