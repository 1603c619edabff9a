"""Why revenue moved: customers × orders per customer × value per order, taken apart so that the effects add up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from itertools import permutations

_CENT = Decimal("0.01")
NAMES = ("buying_customers", "orders_per_customer", "value_per_order")


@dataclass(frozen=True)
class Driver:
    """One factor before and after, and the part of the change it explains, to the cent."""

    name: str
    before: Decimal
    after: Decimal
    effect: Decimal


@dataclass(frozen=True)
class Basis:
    """What one period is made of: customers that bought, their orders, the net revenue of those orders."""

    customers: Decimal
    orders: Decimal
    revenue: Decimal


def decompose(before: Basis, after: Basis) -> tuple[Driver, ...]:
    """Explain the change of revenue by its three factors, in effects that add up to it exactly.

    Each effect is the average over all six orders in which the factors could have changed (Shapley), reckoned in
    exact fractions; what rounding to cents leaves over goes to the largest remainders. Nothing is returned when a
    period has no customer or no order: its factors can't be told.
    """
    if not all((before.customers, before.orders, after.customers, after.orders)):
        return ()
    old, new = _factors(before), _factors(after)
    effects = [Fraction(0)] * 3
    orderings = list(permutations(range(3)))
    for ordering in orderings:
        state = list(old)
        for index in ordering:
            level = _product(state)
            state[index] = new[index]
            effects[index] += (_product(state) - level) / len(orderings)
    change = after.revenue - before.revenue
    return tuple(
        Driver(name, _decimal(old[i]), _decimal(new[i]), effect)
        for i, (name, effect) in enumerate(zip(NAMES, _to_cents(effects, change), strict=True))
    )


def _factors(basis: Basis) -> tuple[Fraction, Fraction, Fraction]:
    return (
        Fraction(basis.customers),
        Fraction(basis.orders) / Fraction(basis.customers),
        Fraction(basis.revenue) / Fraction(basis.orders),
    )


def _product(factors: list[Fraction]) -> Fraction:
    return factors[0] * factors[1] * factors[2]


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _to_cents(effects: list[Fraction], change: Decimal) -> list[Decimal]:
    floors = [_decimal(effect).quantize(_CENT, rounding=ROUND_FLOOR) for effect in effects]
    left_over = int((change.quantize(_CENT) - sum(floors, Decimal(0))) / _CENT)
    by_remainder = sorted(range(len(effects)), key=lambda i: Fraction(floors[i]) - effects[i])
    for index in by_remainder[:left_over]:
        floors[index] += _CENT
    return floors
