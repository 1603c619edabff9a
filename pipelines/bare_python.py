"""Keep pandas out of a process that has no use for it, however it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _NoPandas(MetaPathFinder):
    """Says that pandas is not there. A None in its place is not enough: pyarrow takes that for the library."""

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "pandas":
            message = "pandas is kept out of this process"
            raise ModuleNotFoundError(message, name=fullname)
        return None


def bar_pandas() -> None:
    """Let pandas seem not to be installed, unless it is imported already."""
    sys.meta_path.insert(0, _NoPandas())


def allow_pandas() -> None:
    """Take that back, for a library that cannot do without."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _NoPandas)]
