"""Measure a whole process: wall and processor seconds, peak memory, children included."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PAGE = 4096
_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Cost:
    """What a process took with all it started; `peak` in MB, the most that each of them held added up."""

    seconds: float
    cpu_seconds: float
    peak: int


class ProcessFailed(Exception):
    """A measured process ended with an error; its output is told."""


def measured(command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end with its output in `log`.

    Raises ProcessFailed when its exit code is not 0.
    """
    told = {**os.environ, **(environment or {})}
    with log.open("wb") as output:
        actions = [(os.POSIX_SPAWN_DUP2, output.fileno(), number) for number in (1, 2)]
        begin = time.perf_counter()
        child = os.posix_spawn(command[0], list(command), told, file_actions=actions)
        peaks = _Peaks(child)
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - begin
    if os.waitstatus_to_exitcode(status) != 0:
        message = f"{' '.join(command[:6])} …: {log.read_text(errors='replace')[-2000:]}"
        raise ProcessFailed(message)
    peak = peaks.ended() or usage.ru_maxrss * _UNIT
    return Cost(seconds, usage.ru_utime + usage.ru_stime, peak // (1024 * 1024))


class _Peaks:
    """Looks what a process and those below it hold, until it has ended (Linux).

    The system's own answer afterwards is of the largest alone, and counts what the process was started by. For a moment
    a process that is being started is its parent's memory: it counts when it is seen again.
    """

    def __init__(self, process: int) -> None:
        self._held: dict[int, int] = {}
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(process,))
        self._thread.start()

    def ended(self) -> int:
        """Return the most bytes that each held, added up; 0 where that cannot be seen."""
        self._is_over.set()
        self._thread.join()
        return sum(self._held.values())

    def _watch(self, process: int) -> None:
        while not self._is_over.wait(0.02):
            pending = [process]
            while pending:
                one = pending.pop()
                try:
                    status = Path(f"/proc/{one}/status").read_text(encoding="utf-8")
                    below = Path(f"/proc/{one}/task/{one}/children").read_text(encoding="ascii")
                except OSError:
                    continue  # ended meanwhile, or no Linux
                self._held[one] = max(self._held[one], _most(status)) if one in self._held else 0
                pending += map(int, below.split())


def _most(status: str) -> int:
    """Return the most bytes a process held by its status; one that has ended holds nothing any more."""
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def resident(process: int | str = "self") -> float:
    """Return the memory a process holds now, in MB (Linux)."""
    pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * _PAGE / 1e6


def processor_seconds() -> float:
    """Return the processor seconds of this process and of those it has started that still run (Linux)."""
    own = os.getpid()
    ticks = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # gone meanwhile
            told = status.read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
            if int(told[1]) == own:
                ticks += int(told[11]) + int(told[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def slope(values: Sequence[float]) -> float:
    """Return the least-squares growth from each value to the next."""
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    above = sum((place - middle) * (value - mean) for place, value in enumerate(values))
    return above / sum((place - middle) ** 2 for place in range(len(values)))
