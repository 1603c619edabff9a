"""Modules that stand where an import looks for a library, and give way to it at the first real use."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

from pipelines.this_process import allow, bar


@dataclass(frozen=True)
class Later:
    """Stands where a module's class or function would, until it is called or asked for."""

    module: str
    name: str

    def asked(self) -> Any:
        """Import what it stands for."""
        return getattr(importlib.import_module(self.module), self.name)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call what it stands for."""
        return self.asked()(*arguments, **named)


class Absent(type):
    """A class of a library that is not imported: nothing can be an instance of it, until it is; made, it imports it."""

    def __instancecheck__(cls, instance: Any) -> bool:
        library = sys.modules.get(cls.__module__)
        if library is None or isinstance(library, StandIn):
            return False
        return isinstance(instance, getattr(library, cls.__name__))

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        """Make an instance of the real one."""
        return getattr(real(cls.__module__), cls.__name__)(*arguments, **named)


class StandIn(ModuleType):
    """A module that answers itself what an import asks for, and leaves everything else to what it stands for."""

    def __init__(self, name: str, answer: Callable[[str], Any]) -> None:
        super().__init__(name)
        self._answer = answer

    def __getattr__(self, wanted: str) -> Any:
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        return self._answer(wanted)


def library(name: str, classes: Sequence[str] = (), functions: Mapping[str, Any] | None = None) -> StandIn:
    """Return a stand-in for a library that an import names but does not use, save to speak of some of its classes."""
    known: dict[str, Any] = {each: Absent(each, (), {"__module__": name}) for each in classes}
    known |= functions or {}

    def answer(wanted: str) -> Any:
        return known[wanted] if wanted in known else getattr(real(name), wanted)

    return StandIn(name, answer)


def placeholder(name: str) -> StandIn:
    """Return a stand-in for a module out of which an import takes classes and functions by name."""
    return StandIn(name, partial(Later, name))


@contextmanager
def in_place(modules: Sequence[StandIn]) -> Iterator[None]:
    """Let modules stand where an import looks for those of their names; none takes the place of a real one."""
    put = [module for module in modules if module.__name__ not in sys.modules]
    sys.modules.update({module.__name__: module for module in put})
    try:
        yield
    finally:
        for module in put:
            _give_way(module.__name__)


@contextmanager
def missing(names: Sequence[str]) -> Iterator[None]:
    """Let libraries seem not to be installed for a while, those that are imported already excepted."""
    bar(*names)
    try:
        yield
    finally:
        allow(*names)


def ask_later(package: ModuleType) -> None:
    """Take out of a package what stands for something, so that it looks for that when it is asked for it."""
    later = {name: value for name, value in vars(package).items() if isinstance(value, Later)}
    for name in later:
        delattr(package, name)

    def attribute(wanted: str) -> Any:
        if wanted in later:
            return later[wanted].asked()
        message = f"module {package.__name__!r} has no attribute {wanted!r}"
        raise AttributeError(message)

    package.__dict__["__getattr__"] = attribute


def real(name: str) -> ModuleType:
    """Import a library in the place of its stand-in."""
    _give_way(name)
    return importlib.import_module(name)


def _give_way(name: str) -> None:
    if isinstance(sys.modules.get(name), StandIn):
        del sys.modules[name]
