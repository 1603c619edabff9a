"""Words on the command line read into values: dates, lists, conditions."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from pipelines.errors import UsageError

_PARTIAL = re.compile(r"\d{4}(-\d{2})?")
_DATE_LENGTH = len("2026-10-31")


def day(text: str | None, option: str) -> date | None:
    """Return the date of an option. Raises UsageError for anything else."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{option} is not a date", found=text, expected="a date such as 2026-10-31"
        ) from error


def moment(text: str | None, option: str) -> date | None:
    """Return a day inside the period named: a date, a month such as 2026-01 or a year. Raises UsageError."""
    if text is None:
        return None
    whole = text + "-01-01"[len(text) - _DATE_LENGTH :] if _PARTIAL.fullmatch(text) else text
    try:
        return date.fromisoformat(whole)
    except ValueError as error:
        raise UsageError(
            f"{option} is not a period", found=text, expected="a month such as 2026-10, or a date"
        ) from error


def listed(text: str) -> list[str]:
    """Return the parts between commas, without empty ones."""
    return [part.strip() for part in text.split(",") if part.strip()]


def conditions(texts: list[str], option: str) -> dict[str, list[str]]:
    """Read `region=华东` conditions; the same dimension twice means either value. Raises UsageError."""
    found: dict[str, list[str]] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator:
            raise UsageError(f"{option} needs DIMENSION=VALUE", found=text, expected="such as region=East")
        found.setdefault(name.strip(), []).append(value.strip())
    return found


def fields(row: Any) -> dict[str, Any]:
    """Return a row's fields by name."""
    return dict(row._asdict() if hasattr(row, "_asdict") else vars(row))


def counted(row: dict[str, Any]) -> dict[str, Any]:
    """Return a metric's row with what counts things as whole numbers: 307 orders, not 307.00."""
    from pipelines import metrics

    metric = metrics.find(row["metric"])
    whole = {"numerator": metric.numerator, "denominator": metric.denominator}
    names = [name for name, terms in whole.items() if all("count(" in term.value for term in terms)]
    if metric.unit == "count":
        names += ["numerator", "value", "base", "difference"]
    return row | {name: int(row[name]) for name in names if row.get(name) is not None}
