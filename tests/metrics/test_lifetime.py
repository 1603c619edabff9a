"""What customers are likely to buy, beside the paper's own example and an independent likelihood."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from pipelines.errors import MetricError
from pipelines.metrics import lifetime
from pipelines.metrics.lifetime import History, Parameters
from tests.metrics import sales

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

pytest.importorskip("scipy", reason="the extra `value` is not installed")

# Fader, Hardie and Lee's estimates for CDNOW's first quarter of 1997, in weeks.
CDNOW = Parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)


def test_expected_purchases_of_the_papers_customer_equal_its_example() -> None:
    """The customer of "Implementing the BG/NBD Model in Excel": 2 repeats, the last at 30.43 of 38.86 weeks."""
    found = lifetime.expected_repeats(CDNOW, History(2, 30.43, 38.86), 39)
    assert found == pytest.approx(1.226, abs=0.0005)


def test_customer_who_never_came_back_is_active_for_certain_in_this_model() -> None:
    assert lifetime.active_chance(CDNOW, History(0, 0, 38.86)) == 1


@pytest.mark.parametrize(("repeats", "last_age", "age"), [(0, 0.0, 20.0), (2, 30.43, 38.86), (5, 9.0, 30.0)])
def test_likelihood_of_one_history_equals_the_integral_over_all_customers(
    repeats: int, last_age: float, age: float
) -> None:
    """Over every buying rate and every chance to leave, by quadrature: no closed form of the paper is used."""
    from scipy import integrate, stats

    rates, leaving = stats.gamma(CDNOW.r, scale=1 / CDNOW.alpha), stats.beta(CDNOW.a, CDNOW.b)

    def bought(until: float) -> float:
        value, _ = integrate.quad(
            lambda rate: rate**repeats * math.exp(-rate * until) * rates.pdf(rate),
            0,
            40,
            points=[0.01, 0.1, 1],
            limit=400,
        )
        return float(value)

    def stayed(chance_of_history: Callable[[float], float]) -> float:
        value, _ = integrate.quad(
            lambda chance: chance_of_history(chance) * leaving.pdf(chance), 0, 1, limit=400
        )
        return float(value)

    integral = stayed(lambda chance: (1 - chance) ** repeats) * bought(age)
    if repeats:
        integral += stayed(lambda chance: chance * (1 - chance) ** (repeats - 1)) * bought(last_age)
    found = math.exp(lifetime.log_likelihood(CDNOW, [History(repeats, last_age, age)]))
    assert found == pytest.approx(integral, rel=1e-4)


def _simulated(customers: int) -> list[History]:
    """Return customers who buy and leave by the model's own story, one purchase after another."""
    drawn = random.Random(2005)  # noqa: S311 - a simulation, not a secret
    found = []
    for _ in range(customers):
        rate, chance = drawn.gammavariate(1.2, 1 / 6.0), drawn.betavariate(1.0, 3.0)
        age, now, repeats, last = drawn.uniform(30, 60), 0.0, 0, 0.0
        while True:
            now += drawn.expovariate(rate)
            if now > age:
                break
            repeats, last = repeats + 1, now
            if drawn.random() < chance:
                break
        found.append(History(repeats, last, age))
    return found


def test_fitted_parameters_foretell_what_simulated_customers_buy_next() -> None:
    """Half the time fits, the other half is foretold: within a tenth of what the same customers then did."""
    histories = _simulated(1500)
    fitted = lifetime.fit(histories)
    truth = Parameters(1.2, 6.0, 1.0, 3.0)
    assert lifetime.log_likelihood(fitted, histories) >= lifetime.log_likelihood(truth, histories)
    foretold = sum(lifetime.expected_repeats(fitted, each, 20) for each in histories)
    expected = sum(lifetime.expected_repeats(truth, each, 20) for each in histories)
    assert foretold == pytest.approx(expected, rel=0.1)


def test_too_few_customers_are_not_valued(connection: DuckDBPyConnection) -> None:
    sales.build(connection)
    with pytest.raises(MetricError, match="Too little"):
        lifetime.expected_values(connection)
