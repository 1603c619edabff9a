"""Why revenue moved from one range of days to another, in effects that add up to the change exactly."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from itertools import permutations
from typing import TYPE_CHECKING

from pipelines.metrics.query import query

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.metrics.comparisons import Range

_UNIT = Decimal("0.0001")


@dataclass(frozen=True)
class Effect:
    """One cause, its size before and after, and the part of the change of revenue that it explains."""

    name: str
    before: Decimal | None
    after: Decimal | None
    effect: Decimal


def drivers(connection: DuckDBPyConnection, base: Range, current: Range) -> list[Effect]:
    """Take the change of revenue apart: customers x orders per customer x value per order, and what has no customer.

    Each effect is the average over all orders in which the factors could have changed (Shapley), in exact
    fractions; what rounding to 0.0001 leaves over goes to the largest remainders. Where a range has no
    customer its factors can't be told: the change of known customers' revenue is then one effect,
    `customers`.
    """
    old, new = _parts(connection, base), _parts(connection, current)
    unnamed = Effect(
        "without_customer",
        old.without_customer,
        new.without_customer,
        new.without_customer - old.without_customer,
    )
    known = new.revenue - old.revenue
    if not (old.customers and old.orders and new.customers and new.orders):
        return [Effect("customers", old.customers, new.customers, known), unnamed]
    before, after = old.factors, new.factors
    effects = _rounded(shapley(before, after), known)
    names = ("customers", "orders_per_customer", "value_per_order")
    told = [
        Effect(name, _decimal(one), _decimal(other), effect)
        for name, one, other, effect in zip(names, before, after, effects, strict=True)
    ]
    return [*told, unnamed]


def contributions(connection: DuckDBPyConnection, base: Range, current: Range, by: str) -> list[Effect]:
    """Take the change of revenue apart by region, product, sales rep or customer: largest effect first.

    The effects add up to the change, as revenue adds up over slices.
    """
    old, new = _sliced(connection, base, by), _sliced(connection, current, by)
    effects = [
        Effect(name, old.get(name), new.get(name), new.get(name, Decimal(0)) - old.get(name, Decimal(0)))
        for name in old.keys() | new.keys()
    ]
    return sorted(effects, key=lambda each: (-abs(each.effect), each.name))


@dataclass(frozen=True)
class _Parts:
    customers: Decimal
    orders: Decimal
    revenue: Decimal
    without_customer: Decimal

    @property
    def factors(self) -> tuple[Fraction, Fraction, Fraction]:
        return (
            Fraction(self.customers),
            Fraction(self.orders) / Fraction(self.customers),
            Fraction(self.revenue) / Fraction(self.orders),
        )


def _parts(connection: DuckDBPyConnection, span: Range) -> _Parts:
    """Return customers, and the orders and revenue of known customers; the rest of the revenue apart."""
    names = ["customer_spend", "orders", "revenue"]
    whole = {row.metric: row for row in query(connection, names, grain="all", start=span.start, end=span.end)}
    nobody = query(
        connection,
        ["orders"],
        grain="all",
        start=span.start,
        end=span.end,
        where={"customer_id": "unknown"},
    )
    spend = whole["customer_spend"]
    revenue = spend.numerator or Decimal(0)
    return _Parts(
        customers=spend.denominator or Decimal(0),
        orders=(whole["orders"].value or Decimal(0)) - (nobody[0].value or Decimal(0)),
        revenue=revenue,
        without_customer=(whole["revenue"].numerator or Decimal(0)) - revenue,
    )


def _sliced(connection: DuckDBPyConnection, span: Range, by: str) -> dict[str, Decimal]:
    rows = query(connection, "revenue", grain="all", by=[by], start=span.start, end=span.end)
    return {row.segments[by]: row.value or Decimal(0) for row in rows}


def shapley(before: tuple[Fraction, ...], after: tuple[Fraction, ...]) -> list[Fraction]:
    """Return each factor's part of the change of their product, averaged over all orders of change."""
    effects = [Fraction(0)] * len(before)
    orderings = list(permutations(range(len(before))))
    for ordering in orderings:
        state = list(before)
        for index in ordering:
            level = _product(state)
            state[index] = after[index]
            effects[index] += (_product(state) - level) / len(orderings)
    return effects


def _product(factors: list[Fraction]) -> Fraction:
    product = Fraction(1)
    for factor in factors:
        product *= factor
    return product


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _rounded(effects: list[Fraction], change: Decimal) -> list[Decimal]:
    """Round down to 0.0001 and give what is left to the largest remainders, so that the parts add up to the change."""
    floors = [_decimal(effect).quantize(_UNIT, rounding=ROUND_FLOOR) for effect in effects]
    left = int((change - sum(floors, Decimal(0))) / _UNIT)
    for index in sorted(range(len(effects)), key=lambda i: Fraction(floors[i]) - effects[i])[:left]:
        floors[index] += _UNIT
    return floors
