"""This process: the libraries it does without, however they are asked for, and the memory it has held."""

from __future__ import annotations

import resource
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

_STATUS = Path("/proc/self/status")


class _Barred(MetaPathFinder):
    """Says of modules that they are not there. A None in their place is not enough: pyarrow takes that for pandas."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in self.names:
            message = f"{fullname} is kept out of this process"
            raise ModuleNotFoundError(message, name=fullname)
        return None


def bar(*names: str) -> None:
    """Let modules seem not to be installed, those that are imported already excepted."""
    sys.meta_path.insert(0, _Barred(set(names)))


def allow(*names: str) -> None:
    """Take that back, for a library that cannot do without them."""
    for finder in [each for each in sys.meta_path if isinstance(each, _Barred)]:
        finder.names.difference_update(names)
        if not finder.names:
            sys.meta_path.remove(finder)


def peak_memory() -> int:
    """Return the most bytes this process has held.

    Linux counts into the system's own answer what a process was started by, and says so of the process itself.
    """
    if not _STATUS.exists():
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
