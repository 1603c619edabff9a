"""Measure a whole process: wall and processor seconds, peak memory, children included."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PAGE = 4096
_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Cost:
    """What a process took; `peak` in MB."""

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
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - begin
    if os.waitstatus_to_exitcode(status) != 0:
        message = f"{' '.join(command[:6])} …: {log.read_text(errors='replace')[-2000:]}"
        raise ProcessFailed(message)
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _UNIT // (1024 * 1024))


def resident(process: int | str = "self") -> float:
    """Return the memory a process holds now, in MB (Linux)."""
    pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * _PAGE / 1e6


def slope(values: Sequence[float]) -> float:
    """Return the least-squares growth from each value to the next."""
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    above = sum((place - middle) * (value - mean) for place, value in enumerate(values))
    return above / sum((place - middle) ** 2 for place in range(len(values)))
