"""Corrections as data: applied while what they expect still stands there, and noted; refused when not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pipelines.errors import MappingError
from tests.exports.desk import Desk
from tests.exports.test_load import ACCOUNTS, MARCH

CORRECTION = """
- id: price-of-a1
  kind: orders
  file: orders.csv
  row: 2
  column: unit_price
  action: {action}
  expected: "10.50"
  value: "1.05"
  reason: {{zh: 小数点错位, en: decimal point misplaced}}
  who: accounts
  when: 2026-03-05
"""


def _correct(desk: Desk, action: str, **changed: str) -> None:
    """Declare the correction, some of its lines changed: `value="null"`; an empty text leaves the line out."""
    lines = CORRECTION.format(action=action).splitlines()
    for key, value in changed.items():
        lines = [f"  {key}: {value}" if line.startswith(f"  {key}:") else line for line in lines]
        lines = [line for line in lines if line != f"  {key}: "]
    folder = desk.home / "corrections"
    folder.mkdir(parents=True)
    (folder / "march.yaml").write_text("\n".join(lines), encoding="utf-8")


def test_load_with_an_override_changes_the_value_and_notes_it(desk: Desk) -> None:
    _correct(desk, "override")
    desk.give(("orders.csv", MARCH))

    assert desk.rows("select unit_price from raw.orders where source_row = 2") == [(Decimal("1.050000"),)]
    assert desk.rows("select value_before, value_after, who from ops.corrections") == [
        ("10.50", "1.05", "accounts")
    ]


def test_load_with_a_drop_counts_the_row_as_skipped(desk: Desk) -> None:
    _correct(desk, "drop")
    desk.give(("orders.csv", MARCH))

    assert desk.rows(ACCOUNTS) == [("orders.csv", 3, 2, 0, 0, 1)]


def test_load_with_a_correction_that_no_longer_matches_stops(desk: Desk) -> None:
    _correct(desk, "override")
    desk.give(("orders.csv", MARCH.replace("10.50", "10.49")))

    with pytest.raises(MappingError, match="correction cannot be applied"):
        desk.load()


def test_load_with_a_flag_notes_the_row_and_leaves_it_as_it_is(desk: Desk) -> None:
    _correct(desk, "flag", value="")
    desk.give(("orders.csv", MARCH))

    assert desk.rows("select unit_price from raw.orders where source_row = 2") == [(Decimal("10.5"),)]
    assert desk.rows("select action, value_before, value_after from ops.corrections") == [
        ("flag", "10.50", None)
    ]


def test_load_with_a_correction_by_key_finds_the_row_wherever_it_stands(desk: Desk) -> None:
    _correct(desk, "override", file="", row="", expected="10.5\n  key: {order_id: A1, line_no: 1}")
    desk.give(("renamed.csv", MARCH))

    assert desk.rows("select unit_price from raw.orders where source_row = 2") == [(Decimal("1.05"),)]


def test_load_with_an_override_of_a_date_takes_it_as_yaml_writes_it(desk: Desk) -> None:
    _correct(desk, "override", column="order_date", expected="2026-03-01", value="2026-03-02")
    desk.give(("orders.csv", MARCH))

    assert desk.rows("select order_date from raw.orders where source_row = 2") == [(date(2026, 3, 2),)]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"value": "cheap"}, "unit_price: cheap"),
        ({"expected": "dear"}, "unit_price: dear"),
        ({"value": ""}, "'value' is a required property"),
        ({"file": "", "row": "", "value": "1\n  key: {line_no: first}"}, "line_no: first"),
        ({"column": "unit_prise"}, "orders.unit_prise"),
        ({"kind": "ordes"}, "the kind ordes"),
        ({"row": "99"}, "no such row"),
    ],
)
def test_load_with_a_correction_that_cannot_be_meant_is_refused(
    desk: Desk, changed: dict[str, str], told: str
) -> None:
    _correct(desk, "override", **changed)
    desk.give(("orders.csv", MARCH))

    with pytest.raises(MappingError) as caught:
        desk.load()

    assert told in caught.value.found


def test_load_with_a_correction_of_personal_data_that_no_longer_matches_shows_none(desk: Desk) -> None:
    _correct(
        desk, "override", kind="customers", file="customers.csv", column="phone", expected="'13900139000'"
    )
    desk.give(("customers.csv", "customer_id,customer_name,phone\nC1,张三,13800138000\n"))

    with pytest.raises(MappingError, match=r"customers\.phone = 1 hidden \(personal data\)") as caught:
        desk.load()
    assert "13" not in caught.value.found + caught.value.expected
