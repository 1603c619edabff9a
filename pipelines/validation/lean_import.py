"""Import Great Expectations once, without what no suite can use, and ahead of time where a validation is certain.

Its import costs more than validating a small company's data does. A third of it is two libraries behind expectations
that the vocabulary leaves out, a fifth its ways to reach data that is not in DuckDB, and a tenth the garbage collector,
looking in vain through what is being made. What was made stays for good: the collector is told to leave it alone, or
each of its full rounds would go through all of it again.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

# Charts of a divergence, and tests of a distribution: not in the vocabulary, since they look at samples.
_UNUSED = ("altair", "scipy.stats")
# Where its kinds of data source are, one a module; ours is a kind of `sql`, and `invalid` takes part in any context.
_SOURCES = "great_expectations.datasource.fluent"
_OURS = ("sql_datasource", "invalid_datasource")
_LOCK = threading.Lock()


@dataclass(frozen=True)
class _Later:
    """Stands where a kind of data source would, until it is asked for."""

    module: str
    name: str


def prepare() -> None:
    """Start the import in a thread of its own: DuckDB leaves a processor free while it reads and stages."""
    if f"{__package__}.engine" not in sys.modules:
        threading.Thread(target=_import_quietly, name="import-great-expectations").start()


def _import_quietly() -> None:
    with contextlib.suppress(Exception):  # whoever needs it imports it again, and is told
        engine()


def engine() -> Any:
    """Return the module that judges suites, importing Great Expectations or waiting for its import."""
    name = f"{__package__}.engine"
    with _LOCK:
        if name not in sys.modules:
            with _without_collecting(), _standing_in(), _without_other_sources():
                importlib.import_module(name)
        return sys.modules[name]


@contextmanager
def _without_collecting() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


@contextmanager
def _without_other_sources() -> Iterator[None]:
    """Leave out the ways to data elsewhere (pandas, Spark, other databases); each is imported when it is asked for."""
    made = [_placeholder(name) for name in _other_sources() if name not in sys.modules]
    try:
        with _in_place(made):
            yield
    finally:
        if made and _SOURCES in sys.modules:
            _ask_later(sys.modules[_SOURCES])


def _other_sources() -> list[str]:
    found = importlib.util.find_spec("great_expectations")
    folders = [
        Path(place) / "datasource" / "fluent" for place in (found and found.submodule_search_locations) or ()
    ]
    stems = {path.stem for folder in folders for path in folder.glob("*_datasource.py")} - set(_OURS)
    return [f"{_SOURCES}.{stem}" for stem in sorted(stems)]


def _placeholder(name: str) -> ModuleType:
    return _answering(name, partial(_Later, name))


def _ask_later(package: ModuleType) -> None:
    """Take the placeholders out of the package, so that it looks for what they stand for when that is asked for."""
    later = {name: value for name, value in vars(package).items() if isinstance(value, _Later)}
    for name in later:
        delattr(package, name)

    def attribute(wanted: str) -> Any:
        if wanted not in later:
            message = f"module {package.__name__!r} has no attribute {wanted!r}"
            raise AttributeError(message)
        return getattr(importlib.import_module(later[wanted].module), later[wanted].name)

    package.__dict__["__getattr__"] = attribute


@contextmanager
def _standing_in() -> Iterator[None]:
    """Put a stand-in where a library is not imported yet; it gives way to the library at the first use."""
    with _in_place([_stand_in(name) for name in _UNUSED if name not in sys.modules]):
        yield


def _stand_in(name: str) -> ModuleType:
    def real(wanted: str) -> Any:
        _give_way(module)
        return getattr(importlib.import_module(name), wanted)

    module = _answering(name, real)
    return module


@contextmanager
def _in_place(modules: Sequence[ModuleType]) -> Iterator[None]:
    """Let modules stand where an import looks for those of their names."""
    sys.modules.update({module.__name__: module for module in modules})
    try:
        yield
    finally:
        for module in modules:
            _give_way(module)


def _answering(name: str, answer: Callable[[str], Any]) -> ModuleType:
    """Return a module that is asked for anything but what an import asks of a module."""
    module = ModuleType(name)

    def attribute(wanted: str) -> Any:
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        return answer(wanted)

    module.__dict__["__getattr__"] = attribute
    return module


def _give_way(module: ModuleType) -> None:
    if sys.modules.get(module.__name__) is module:
        del sys.modules[module.__name__]
