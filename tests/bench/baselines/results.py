"""What every baseline computes, how it is written down, and what salesdesk published of the same."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

# By result, then month (or currency): numerator and denominator; the denominator is None where there is no ratio.
Results = Mapping[str, Mapping[str, tuple[Any, Any]]]
RESULTS = ("revenue", "order_value", "customer_spend", "conversion", "retention", "collected", "receivable")
_HALF_A_CENT = Decimal("0.005")


def main(compute: Callable[[Path, date], Results]) -> None:
    """Compute on `EXPORTS AS_OF` and write the results as JSON to the third argument."""
    exports, as_of, out = sys.argv[1:]
    told = compute(Path(exports), date.fromisoformat(as_of))
    Path(out).write_text(json.dumps(told, default=str), encoding="utf-8")


def read(path: Path) -> Results:
    """Return what a baseline wrote."""
    told = json.loads(path.read_text(encoding="utf-8"))
    return {name: {key: (pair[0], pair[1]) for key, pair in rows.items()} for name, rows in told.items()}


def published(home: Path) -> Results:
    """Return the same results as salesdesk published them."""
    from pipelines import warehouse

    with warehouse.read(home) as connection:
        rows = connection.execute(
            "select metric, period_start::varchar, numerator, denominator from metrics.metric_values "
            "where segment_count = 0 and metric in ('revenue', 'order_value', 'customer_spend', 'conversion', "
            "'retention', 'collected')"
        ).fetchall()
        balances = connection.execute(
            "select currency, sum(open_amount) from marts.fct_receivables where open_amount <> 0 group by all"
        ).fetchall()
    told: dict[str, dict[str, tuple[Any, Any]]] = {name: {} for name in RESULTS}
    for metric, month, numerator, denominator in rows:
        told[metric][month] = (numerator, denominator)
    told["receivable"] = {currency: (amount, None) for currency, amount in balances}
    return told


def differences(one: Results, other: Results) -> list[str]:
    """Return where two sets of results differ by half a cent or more, or in a count; what is zero may be missing."""
    found = []
    for name in RESULTS:
        for key in sorted({*one[name], *other[name]}):
            first, second = (_numbers(each[name].get(key, (0, 0))) for each in (one, other))
            if any(abs(a - b) >= _HALF_A_CENT for a, b in zip(first, second, strict=True)):
                found.append(f"{name} {key}: {first} and {second}")
    return found


def _numbers(pair: tuple[Any, Any]) -> tuple[Decimal, ...]:
    return tuple(Decimal(str(part or 0)) for part in pair)
