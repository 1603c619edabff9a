"""What is kept while a suite is judged is what Great Expectations would have made anew."""

from __future__ import annotations

import enum
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pipelines.validation import lean_import

engine = lean_import.engine()  # before what imports Great Expectations whole

from great_expectations.core.id_dict import IDDict  # noqa: E402
from great_expectations.util import convert_to_json_serializable  # noqa: E402

from pipelines.validation.remembered import remembered  # noqa: E402

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class _Colour(enum.StrEnum):
    RED = "red"


def _rule() -> Any:
    return engine._class_of("expect_column_values_to_be_in_set")(
        column="status", value_set=["open", "paid"], mostly=0.9, meta={"rule_id": "a.b"}
    )


def test_configuration_is_made_once_in_the_block_and_anew_outside() -> None:
    rule, twin = _rule(), _rule()
    before = rule.configuration
    with remembered():
        assert rule.configuration is rule.configuration
        assert rule.configuration is not twin.configuration
        assert rule.configuration.to_json_dict() == before.to_json_dict() == twin.configuration.to_json_dict()
    assert rule.configuration is not rule.configuration


def test_rule_of_a_configuration_is_made_once_until_its_arguments_change() -> None:
    configuration = _rule().configuration
    with remembered():
        first = configuration.to_domain_obj()
        assert configuration.to_domain_obj() is first
        configuration.kwargs["batch_id"] = "other"
        second = configuration.to_domain_obj()
        assert (first.batch_id, second.batch_id) == (None, "other")
        assert configuration.to_domain_obj() is second
    assert configuration.to_domain_obj() is not second


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 3, 1.5, float("nan"), "words", b"bytes", date(2026, 2, 28), Decimal("1.10")),
        *([1, None, "a"], (1, 2), {"b": {"c": None}}, IDDict(a=1), np.int64(4), np.bool_(True), _Colour.RED),
    ],
    ids=repr,
)
def test_id_of_any_value_is_the_one_it_would_have_anyway(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with remembered():
        quick = IDDict(column="amount", value=value).to_id()
    monkeypatch.setattr(
        "great_expectations.core.id_dict.convert_to_json_serializable", convert_to_json_serializable
    )
    assert quick == IDDict(column="amount", value=value).to_id()


def test_needs_of_a_metric_are_worked_out_once_and_are_the_same(connection: DuckDBPyConnection) -> None:
    from great_expectations.validator.metric_configuration import MetricConfiguration
    from great_expectations.validator.validation_graph import ValidationGraph

    from pipelines.validation import dialect

    def needs(engine: Any) -> set[Any]:
        """What counting the rows of two columns that are not null needs, directly and below."""
        graph = ValidationGraph(engine)
        for column in "ab":
            graph.build_metric_dependency_graph(
                MetricConfiguration(
                    "column_values.nonnull.unexpected_count", {"batch_id": "t", "column": column}
                )
            )
        return graph.edge_ids

    with dialect.datasource(connection) as source:
        engine = source.get_execution_engine()
        plainly = needs(engine)
        with remembered():
            first = needs(engine)
            assert needs(engine) == first == plainly
    assert len(plainly) > 6
