"""What customers are likely to buy in days to come: the BG/NBD model, an estimate and never a figure.

P. Fader, B. Hardie and K. L. Lee, "Counting Your Customers" the Easy Way, Marketing Science 24 (2005): while active a
customer buys at a rate of his own (gamma: r, alpha), and after each purchase leaves for good with a chance of his own
(beta: a, b).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from pipelines.errors import MetricError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_WEEK = 7
_FEWEST = 50
_STEP = Decimal("0.0001")


@dataclass(frozen=True)
class History:
    """What one customer did: repeat buying days, age at the last of them and age now, in weeks since the first."""

    repeats: int
    last_age: float
    age: float


@dataclass(frozen=True)
class Parameters:
    """The population: buying rates are gamma (shape `r`, rate `alpha` in weeks), chances to leave beta (`a`, `b`)."""

    r: float
    alpha: float
    a: float
    b: float


@dataclass(frozen=True)
class Expected:
    """What is expected of one customer: the chance of being active still, buying days and their value ahead.

    `value` is the buying days ahead times the customer's own mean net amount of a buying day, in base currency.
    """

    customer_id: str
    buying_days: int
    active_chance: Decimal
    expected_days: Decimal
    mean_amount: Decimal
    value: Decimal


def expected_values(connection: DuckDBPyConnection, days: int = 365) -> list[Expected]:
    """Return what each buying customer is likely to buy in the next `days` days, the most valuable first.

    Purchases are days with a valid order of positive value up to the build's as_of. Raises MetricError where scipy
    is not installed, where fewer than 50 customers have bought, or none of them again.
    """
    rows: Sequence[Any] = connection.execute(
        """
        select
            orders.customer_id,
            count(distinct orders.order_date) as day_count,
            date_diff('day', min(orders.order_date), max(orders.order_date)) as last_age_days,
            date_diff('day', min(orders.order_date), any_value(settings.as_of)) as age_days,
            sum(orders.base_net_amount) as amount
        from marts.fct_orders as orders
        cross join metrics.build_settings as settings
        where orders.is_valid and orders.has_value and orders.customer_id is not null
            and orders.order_date <= settings.as_of
        group by orders.customer_id
        order by orders.customer_id
        """
    ).fetchall()
    histories = [History(count - 1, last_age / _WEEK, age / _WEEK) for _, count, last_age, age, _ in rows]
    fitted = fit(histories)
    found = []
    for (customer_id, count, _, _, amount), history in zip(rows, histories, strict=True):
        ahead = _decimal(expected_repeats(fitted, history, days / _WEEK))
        mean = (amount / count).quantize(_STEP, ROUND_HALF_UP)
        chance = _decimal(active_chance(fitted, history))
        value = (ahead * mean).quantize(_STEP, ROUND_HALF_UP)
        found.append(Expected(customer_id, count, chance, ahead, mean, value))
    return sorted(found, key=lambda each: (-each.value, each.customer_id))


def _decimal(number: float) -> Decimal:
    return Decimal(repr(number)).quantize(_STEP, ROUND_HALF_UP)


def _scipy() -> tuple[Any, Any]:
    try:
        from scipy import optimize, special
    except ImportError as error:
        raise MetricError(
            "The value of customers needs scipy, which is not installed",
            next_step='install it: pip install "salesdesk[value]"',
        ) from error
    return optimize, special


def fit(histories: Sequence[History]) -> Parameters:
    """Return the parameters under which the histories are likeliest. Raises MetricError when they cannot tell."""
    optimize, _ = _scipy()
    import numpy as np

    if len(histories) < _FEWEST or not any(each.repeats for each in histories):
        raise MetricError(
            "Too little has been bought to estimate what customers are worth",
            found=f"{len(histories)} customers, {sum(each.repeats > 0 for each in histories)} of them again",
            expected=f"at least {_FEWEST} customers, some of whom bought on two days",
        )
    found = optimize.minimize(
        lambda logs: -log_likelihood(Parameters(*np.exp(logs)), histories) / len(histories),
        np.zeros(4),
        method="Nelder-Mead",
        options={"maxiter": 4000, "xatol": 1e-5, "fatol": 1e-9},
        bounds=[(-12, 12)] * 4,
    )
    if not found.success:
        raise MetricError("The purchases fit no such model", found=str(found.message))
    return Parameters(*(float(value) for value in np.exp(found.x)))


def log_likelihood(parameters: Parameters, histories: Sequence[History]) -> float:
    """Return the logarithm of how likely the histories are (equation 6 of the paper, summed)."""
    _, special = _scipy()
    import numpy as np

    r, alpha, a, b = parameters.r, parameters.alpha, parameters.a, parameters.b
    repeats = np.array([each.repeats for each in histories], dtype=np.float64)
    last_age = np.array([each.last_age for each in histories])
    age = np.array([each.age for each in histories])
    buying = special.gammaln(r + repeats) - special.gammaln(r) + r * np.log(alpha)
    staying = special.betaln(a, b + repeats) - special.betaln(a, b)
    still_active = -(r + repeats) * np.log(alpha + age)
    # who never came back cannot have left: the model lets customers leave after a repeat purchase alone
    left = np.where(
        repeats > 0,
        np.log(a) - np.log(b + np.maximum(repeats, 1) - 1) - (r + repeats) * np.log(alpha + last_age),
        -np.inf,
    )
    return float(np.sum(buying + staying + np.logaddexp(still_active, left)))


def active_chance(parameters: Parameters, history: History) -> float:
    """Return the chance that the customer has not left yet."""
    return 1 / (1 + _odds_of_having_left(parameters, history))


def expected_repeats(parameters: Parameters, history: History, weeks: float) -> float:
    """Return the buying days expected in the weeks to come (equation 10 of the paper)."""
    _, special = _scipy()
    r, alpha, a, b = parameters.r, parameters.alpha, parameters.a, parameters.b
    x, age = history.repeats, history.age
    near = abs(a - 1) < 1e-6
    a = 1 + 1e-6 if near else a
    curve = special.hyp2f1(r + x, b + x, a + b + x - 1, weeks / (alpha + age + weeks))
    share = 1 - ((alpha + age) / (alpha + age + weeks)) ** (r + x) * curve
    return float((a + b + x - 1) / (a - 1) * share / (1 + _odds_of_having_left(parameters, history)))


def _odds_of_having_left(parameters: Parameters, history: History) -> float:
    if history.repeats == 0:
        return 0.0
    r, alpha, a, b = parameters.r, parameters.alpha, parameters.a, parameters.b
    x = history.repeats
    odds: float = a / (b + x - 1) * ((alpha + history.age) / (alpha + history.last_age)) ** (r + x)
    return odds
