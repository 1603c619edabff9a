"""Measure a whole process: wall and processor seconds, peak memory, children included."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

_PAGE = 4096
_TICKS = os.sysconf("SC_CLK_TCK")
_UNIT = 1 if sys.platform == "darwin" else 1024
# Seconds between two looks at what runs.
_INTERVAL = 0.05


@dataclass(frozen=True)
class Cost:
    """What a process took with all it started; `peak` in MB, the most that each of them held added up."""

    seconds: float
    cpu_seconds: float
    peak: int


class ProcessFailed(Exception):
    """A measured process ended with an error; its output is told."""


def measured(command: Sequence[str], log: Path | None, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end with its output in `log`, or where this process writes its own.

    Raises ProcessFailed when its exit code is not 0.
    """
    told = {**os.environ, **(environment or {})}
    with log.open("wb") if log else nullcontext() as output:
        actions = [(os.POSIX_SPAWN_DUP2, output.fileno(), number) for number in (1, 2)] if output else []
        begin = time.perf_counter()
        child = os.posix_spawn(command[0], list(command), told, file_actions=actions)
        watch = _Watch(child)
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - begin
    held, looked = watch.ended()
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        found = log.read_text(errors="replace")[-2000:] if log else f"ended with {code}"
        message = f"{' '.join(command[:6])} …: {found}"
        raise ProcessFailed(message)
    # A process that nobody waited for, as Spark's, is in what was looked at alone; one that was short, in the other.
    cpu_seconds = max(usage.ru_utime + usage.ru_stime, looked)
    return Cost(seconds, cpu_seconds, (held or usage.ru_maxrss * _UNIT) // (1024 * 1024))


class _Watch:
    """Looks what a process and those below it take, until it has ended (Linux).

    The system's own answer afterwards is of the largest alone, and counts what the process was started by. For a moment
    a process that is being started is its parent's memory: it counts when it is seen again.
    """

    def __init__(self, process: int) -> None:
        self._held: dict[int, int] = {}
        self._seconds: dict[int, float] = {}
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(process,))
        self._thread.start()

    def ended(self) -> tuple[int, float]:
        """Return the most bytes that each held, and the processor seconds of each, added up; 0 where unseen."""
        self._is_over.set()
        self._thread.join()
        return sum(self._held.values()), sum(self._seconds.values())

    def _watch(self, process: int) -> None:
        while not self._is_over.wait(_INTERVAL):
            running = _running()
            ours, before = {process}, set[int]()
            while ours != before:
                before = set(ours)
                ours |= {one for one, (parent, _) in running.items() if parent in ours}
            for one in ours & running.keys():
                self._seconds[one] = running[one][1]
                self._held[one] = max(self._held[one], _most_held(one)) if one in self._held else 0


def _running() -> dict[int, tuple[int, float]]:
    """Return the parent and the processor seconds of every process that runs now (Linux)."""
    found = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # gone meanwhile
            told = place.read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
            found[int(place.parent.name)] = int(told[1]), (int(told[11]) + int(told[12])) / _TICKS
    return found


def _most_held(process: int) -> int:
    """Return the most bytes a process has held; one that has ended holds nothing any more."""
    with suppress(OSError):
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8", errors="replace")
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def resident(process: int | str = "self") -> float:
    """Return the memory a process holds now, in MB (Linux)."""
    pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * _PAGE / 1e6


def processor_seconds() -> float:
    """Return the processor seconds of this process and of those it has started that still run (Linux)."""
    own = os.getpid()
    return time.process_time() + sum(seconds for parent, seconds in _running().values() if parent == own)


def slope(values: Sequence[float]) -> float:
    """Return the least-squares growth from each value to the next."""
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    above = sum((place - middle) * (value - mean) for place, value in enumerate(values))
    return above / sum((place - middle) ** 2 for place in range(len(values)))
