"""Import Great Expectations once, without what no suite can use, and ahead of time where a validation is certain.

Its import costs more than validating a small company's data does. A third of it is two libraries behind expectations
that the vocabulary leaves out, and a tenth is the garbage collector, looking in vain through what is being made.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

# Charts of a divergence, and tests of a distribution: not in the vocabulary, since they look at samples.
_UNUSED = ("altair", "scipy.stats")
_LOCK = threading.Lock()


def prepare() -> None:
    """Start the import in a thread of its own: DuckDB leaves a processor free while it reads and stages."""
    if f"{__package__}.engine" not in sys.modules:
        threading.Thread(target=_import_quietly, name="import-great-expectations").start()


def _import_quietly() -> None:
    with contextlib.suppress(Exception):  # whoever needs it imports it again, and is told
        engine()


def engine() -> Any:
    """Return the module that judges suites, importing Great Expectations or waiting for its import."""
    with _LOCK, _without_collecting(), _standing_in():
        return importlib.import_module(f"{__package__}.engine")


@contextmanager
def _without_collecting() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _standing_in() -> Iterator[None]:
    """Put a stand-in where a library is not imported yet; it gives way to the library at the first use."""
    made = {name: _stand_in(name) for name in _UNUSED if name not in sys.modules}
    sys.modules.update(made)
    try:
        yield
    finally:
        for module in made.values():
            _give_way(module)


def _stand_in(name: str) -> ModuleType:
    module = ModuleType(name)

    def attribute(wanted: str) -> Any:
        if wanted.startswith(
            "__"
        ):  # what an import asks of a module; the library itself is asked for no such thing
            raise AttributeError(wanted)
        _give_way(module)
        return getattr(importlib.import_module(name), wanted)

    module.__dict__["__getattr__"] = attribute
    return module


def _give_way(module: ModuleType) -> None:
    if sys.modules.get(module.__name__) is module:
        del sys.modules[module.__name__]
