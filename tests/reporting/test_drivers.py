from __future__ import annotations

from decimal import Decimal
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.reporting.drivers import Basis, decompose

D = Decimal


def test_decompose_of_one_moved_factor_gives_it_the_whole_change() -> None:
    # 10 customers x 2 orders x 100 = 2,000 becomes 15 x 2 x 100 = 3,000
    found = decompose(Basis(D(10), D(20), D(2000)), Basis(D(15), D(30), D(3000)))
    assert [driver.effect for driver in found] == [D("1000.00"), D("0.00"), D("0.00")]


def test_decompose_of_two_doubled_factors_shares_the_change_equally() -> None:
    # 1 x 1 x 100 becomes 2 x 2 x 100: orders of replacement give 100 then 200, so 150 each
    found = decompose(Basis(D(1), D(1), D(100)), Basis(D(2), D(4), D(400)))
    assert [driver.effect for driver in found] == [D("150.00"), D("150.00"), D("0.00")]


def test_decompose_without_a_customer_gives_nothing() -> None:
    assert decompose(Basis(D(0), D(0), D(0)), Basis(D(2), D(2), D(10))) == ()


counts = st.integers(1, 500).map(Decimal)
money = st.decimals(-1_000_000, 1_000_000, places=2, allow_nan=False)
bases = st.builds(Basis, counts, counts, money)


@given(bases, bases)
def test_decompose_adds_up_to_the_change_exactly(before: Basis, after: Basis) -> None:
    found = decompose(before, after)
    assert sum(driver.effect for driver in found) == after.revenue - before.revenue


@given(bases, bases)
def test_decompose_agrees_with_a_plain_average_over_orders(before: Basis, after: Basis) -> None:
    def factors(basis: Basis) -> list[float]:
        return [
            float(basis.customers),
            float(basis.orders / basis.customers),
            float(basis.revenue / basis.orders),
        ]

    old, new = factors(before), factors(after)
    for index, driver in enumerate(decompose(before, after)):
        total = 0.0
        for order in permutations(range(3)):
            earlier = order[: order.index(index)]
            state = [new[i] if i in earlier else old[i] for i in range(3)]
            start = state[0] * state[1] * state[2]
            state[index] = new[index]
            total += state[0] * state[1] * state[2] - start
        scale = 1 + abs(float(before.revenue)) + abs(float(after.revenue))
        assert abs(float(driver.effect) - total / 6) <= 0.02 + 1e-6 * scale * 500
