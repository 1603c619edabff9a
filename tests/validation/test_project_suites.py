"""The project's own suites: one for every table that others read, all of them fitting."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from stdnum.cn import uscc

from pipelines import resources, validation
from pipelines.validation import failures, suites
from tests import support

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def all_suites() -> list[suites.Suite]:
    return [suite for stage in suites.STAGES for suite in suites.load_stage(stage)]


def test_every_table_that_others_read_has_a_suite() -> None:
    """Tables between two others (no stg_, fct_ or dim_ in front) may do without."""
    tables = {
        f"{schema}.{path.stem}"
        for schema in ("staging", "marts")
        for path in (resources.path("sql") / schema).glob("*.sql")
        if path.stem.startswith(("stg_", "fct_", "dim_"))
    }
    assert tables - {suite.table for suite in all_suites()} == set()


def test_every_metric_that_a_rule_names_is_declared() -> None:
    declared = {path.stem for path in (resources.path("sql") / "metrics").glob("*.yaml")}
    named = {(rule.id, metric) for suite in all_suites() for rule in suite.rules for metric in rule.metrics}
    assert {(rule, metric) for rule, metric in named if metric not in declared} == set()


def test_every_rule_fits_and_passes_on_empty_tables(connection: DuckDBPyConnection) -> None:
    support.empty_raw(connection)
    support.build(connection)
    for stage in ("staging", "marts"):
        results = validation.validate(connection, stage, "r", support.PARAMETERS)
        assert [result.rule_id for result in results if not result.success] == []
        assert len(results) == sum(len(suite.rules) for suite in suites.load_stage(stage))


@pytest.mark.parametrize(
    ("amount", "discount", "net", "tax", "adds_up"),
    [
        ("20", "0", "20", "2.6", True),  # 2 × 10
        ("18", "2", "18", "0", True),  # less its discount
        ("20", "2", "18", "0", True),  # before it
        ("22.60", "0", "20", "2.60", True),  # with tax
        ("20.04", "0", "20", "0", True),  # a price rounded to cents
        ("18", "18", "2", "0", False),  # 折扣 0.9 is nine tenths to pay: it was read as the share taken off
        ("20.06", "0", "20", "0", False),
        (None, "0", "20", "0", True),
    ],
)
def test_amount_given_is_held_against_quantity_and_price(
    connection: DuckDBPyConnection, amount: str | None, discount: str, net: str, tax: str, *, adds_up: bool
) -> None:
    rules = {rule.id: rule for suite in suites.load_stage("staging") for rule in suite.rules}
    found = connection.execute(
        f"select {rules['stg_orders.amount_adds_up'].predicate} from (select 2::decimal(18, 4) as quantity, "
        "10::decimal(18, 6) as unit_price, 20::decimal(18, 4) as gross_amount, $amount::decimal(18, 4) as amount, "
        "$discount::decimal(18, 4) as line_discount_amount, $net::decimal(18, 4) as net_amount, "
        "$tax::decimal(18, 4) as tax_amount)",
        {"amount": amount, "discount": discount, "net": net, "tax": tax},
    )
    assert found.fetchone() == (adds_up,)


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("91110000600037341L", True),  # the example in python-stdnum's documentation
        ("91110000600037342L", False),
        ("91110000600037341", False),
        ("911100006000373410", False),
        ("9111000060003734IL", False),
        ("", False),
    ],
)
def test_credit_code_checksum(connection: DuckDBPyConnection, code: str, *, valid: bool) -> None:
    failures.create_tables(connection)
    assert connection.execute("select has_valid_credit_code($code)", {"code": code}).fetchone() == (valid,)


def test_credit_code_checksum_agrees_with_stdnum(connection: DuckDBPyConnection) -> None:
    failures.create_tables(connection)
    chance = random.Random(32100)  # noqa: S311  # made-up numbers, not secrets
    codes = []
    for _ in range(400):
        body = "91" + "".join(chance.choices("0123456789", k=6)) + "".join(chance.choices(ALPHABET, k=9))
        codes.append(body + chance.choice([uscc.calc_check_digit(body), *ALPHABET]))
        codes.append(body + uscc.calc_check_digit(body))
    told = connection.execute(
        "select code, has_valid_credit_code(code) from (select unnest($codes) as code)", {"codes": codes}
    ).fetchall()
    assert dict(told) == {code: uscc.is_valid(code) for code in codes}
    assert sum(valid for _, valid in told) >= 400
