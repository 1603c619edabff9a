"""Names of the aging buckets, for any bounds."""

from __future__ import annotations

from pipelines.reporting import words
from pipelines.reporting.words import Text


def labels(bounds: tuple[int, ...], basis: str = "due") -> tuple[Text, ...]:
    """Return the names from bucket 0 up: not due, 1–30, …, over the last bound.

    On the invoice-date basis nothing is "not due": bucket 0 holds what is dated in the future, and bucket 1 starts
    at age 0.
    """
    first = 0 if basis == "invoice" else 1
    lows = [first, *(bound + 1 for bound in bounds[:-1])]
    between = [
        words.text("bucket.between", low=low, high=high) for low, high in zip(lows, bounds, strict=True)
    ]
    opening = words.text("bucket.not_dated" if basis == "invoice" else "bucket.not_due")
    return (opening, *between, words.text("bucket.over", low=bounds[-1]))
