"""Let Great Expectations keep, while it judges one suite, what it would work out anew at every question.

It makes a rule's configuration some seventy times, the rule from its configuration eight times, and hashes the same few
plain words by way of numpy. None of it changes while one suite is judged; together it is a third of what judging small
tables takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from great_expectations.core import id_dict
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.validator.validation_graph import ValidationGraph

# What was made of an object, beside the object: while it is held, no other can have its id.
_kept: ContextVar[dict[int, tuple[Any, Any]] | None] = ContextVar("kept", default=None)
# The edges of the graph below a metric, by its id.
_kept_needs: ContextVar[dict[Any, list[Any]] | None] = ContextVar("kept_needs", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Keep each expectation's configuration, and each configuration's expectation, until the end of the block."""
    _install()
    token, needs_token = _kept.set({}), _kept_needs.set({})
    try:
        yield
    finally:
        _kept.reset(token)
        _kept_needs.reset(needs_token)


@cache
def _install() -> None:
    _keep_rules()
    _keep_needs()
    _hash_plainly()


def _keep_rules() -> None:
    made_anew: Any = vars(Expectation)["configuration"].fget
    judged_anew: Any = ExpectationConfiguration.to_domain_obj

    def configuration(self: Any) -> Any:
        kept = _kept.get()
        if kept is None:
            return made_anew(self)
        if id(self) not in kept:
            kept[id(self)] = (self, made_anew(self))
        return kept[id(self)][1]

    def to_domain_obj(self: Any) -> Any:
        kept = _kept.get()
        if kept is None:
            return judged_anew(self)
        # the batch is written into a configuration after others were made of it: a copy of its arguments tells
        held = kept.get(id(self))
        if held is None or held[1][0] != self.kwargs:
            held = kept[id(self)] = (self, (dict(self.kwargs), judged_anew(self)))
        return held[1][1]

    changed: Any = Expectation
    changed.configuration = property(configuration)
    changed = ExpectationConfiguration
    changed.to_domain_obj = to_domain_obj


def _keep_needs() -> None:
    """Work out once what a metric needs, and what that needs: rules of one table share most of it."""
    worked_out: Any = ValidationGraph.build_metric_dependency_graph

    def build(self: Any, metric_configuration: Any, runtime_configuration: Any = None) -> None:
        kept = _kept_needs.get()
        if kept is None:
            worked_out(self, metric_configuration, runtime_configuration)
            return
        asked = (metric_configuration.id, str(runtime_configuration))
        if asked not in kept:
            alone = ValidationGraph(self._execution_engine)
            worked_out(alone, metric_configuration, runtime_configuration)
            kept[asked] = alone.edges
        for edge in kept[asked]:
            self.add(edge)

    changed: Any = ValidationGraph
    changed.build_metric_dependency_graph = build


def _hash_plainly() -> None:
    in_full: Any = vars(id_dict)["convert_to_json_serializable"]

    def plain(data: Any) -> Any:
        kind = type(data)
        if data is None or kind in (str, int, bool):
            return data
        if kind is dict:
            return {str(key): plain(value) for key, value in data.items()}
        if kind is list:
            return [plain(value) for value in data]
        return in_full(data)

    vars(id_dict)["convert_to_json_serializable"] = plain
