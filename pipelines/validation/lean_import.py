"""Import Great Expectations without what no suite can use.

Its import costs more than judging a small company's data does. Two thirds of it are for other work: libraries behind
expectations that the vocabulary leaves out, data that is not in DuckDB, pages, the cloud, copies of copies of what
describes its classes, and a garbage collector that looks in vain through what is being made. What was made stays for
good: the collector is told to leave it alone, or each of its full rounds would go through all of it again.

It is imported like this in a process of its own (`engine_process`), where nobody else uses it.
"""

from __future__ import annotations

import copy
import gc
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.validation import stand_ins

# Charts of a divergence, tests of a distribution, schemas of JSON, pages, the cloud: for what is not in the vocabulary.
_UNUSED = ("altair", "jsonschema", "mistune", "posthog", "requests", "scipy.stats")
# Great Expectations makes do without these; it takes tables from the first and documents itself with the second. The
# third, where it is installed, takes a process without a main module for a test of its own, and ends it.
_DISPENSABLE = ("sqlalchemy.orm", "docstring_parser", "pyspark")
# Where its kinds of data source are, one a module; ours is a kind of `sql`, and `invalid` takes part in any context.
_SOURCES = "great_expectations.datasource.fluent"
_OURS = ("sql_datasource", "invalid_datasource")
_PAGES = "great_expectations.render"
# What is taken by name out of modules that reach for the cloud and make pages.
_UNREACHED = ("great_expectations.core.http", f"{_PAGES}.view")


def engine() -> Any:
    """Return the module that judges suites, importing Great Expectations where that is not done yet."""
    name = f"{__package__}.engine"
    if name not in sys.modules:
        with ExitStack() as while_importing:
            while_importing.enter_context(_without_collecting())
            while_importing.enter_context(_with_plain_copies())
            while_importing.enter_context(stand_ins.missing(_DISPENSABLE))
            while_importing.enter_context(_standing_in())
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
def _standing_in() -> Iterator[None]:
    """Put stand-ins where libraries and parts of it are not imported yet; afterwards whoever asks is given them."""
    modules = [stand_ins.library(name) for name in _UNUSED]
    modules.append(stand_ins.library("pandas", ("DataFrame", "Index", "Series"), {"isnull": _is_null}))
    modules += [stand_ins.placeholder(name) for name in (*_UNREACHED, *_other_sources())]
    try:
        with stand_ins.in_place(modules):
            yield
    finally:
        for package in (_SOURCES, _PAGES):
            if package in sys.modules:
                stand_ins.ask_later(sys.modules[package])


def _other_sources() -> list[str]:
    """Return the modules of the ways to data elsewhere (pandas, Spark, other databases)."""
    found = importlib.util.find_spec("great_expectations")
    folders = [
        Path(place) / "datasource" / "fluent" for place in (found and found.submodule_search_locations) or ()
    ]
    stems = {path.stem for folder in folders for path in folder.glob("*_datasource.py")} - set(_OURS)
    return [f"{_SOURCES}.{stem}" for stem in sorted(stems)]


def _is_null(value: Any) -> Any:
    """Answer as pandas does, which need not be imported to know it of a plain value."""
    if value is None or type(value) in (bool, int, float, Decimal, str, date):
        return value is None or value != value  # noqa: PLR0124  # so is what is not a number
    return stand_ins.real("pandas").isnull(value)


@contextmanager
def _with_plain_copies() -> Iterator[None]:
    """Let a class take its bases' fields over as copies of their own, not down to the last constant behind them.

    What a class changes in a field that it inherits is the field's own: its settings and its list of validators.
    """
    from pydantic.v1.fields import ModelField

    models: Any = importlib.import_module("pydantic.v1.main")

    in_depth = models.smart_deepcopy

    def plain(value: Any) -> Any:
        if not isinstance(value, dict) or not all(isinstance(each, ModelField) for each in value.values()):
            return in_depth(value)
        return {name: _copied(field) for name, field in value.items()}

    models.smart_deepcopy = plain
    try:
        yield
    finally:
        models.smart_deepcopy = in_depth


def _copied(field: Any) -> Any:
    made = copy.copy(field)
    made.field_info = copy.copy(field.field_info)
    made.class_validators = dict(field.class_validators or {})
    return made
