"""What is asked of the metrics, checked and complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pipelines.metrics.definition import Metric

# A published slice without facts for this long has no more rows of zero, until it has facts again: one order dated
# long ago would otherwise add its centuries to every metric and slice.
GAP_MONTHS = 24


@dataclass(frozen=True)
class Question:
    """What is asked of the facts: metrics, the period length, slices, and which rows.

    `slices` lists the sets of dimensions to group by, `()` being the total. `keep` names, for a dimension,
    the values that stay apart while all others become 'others'. `is_each_apart` gives each metric
    its own slice values alone, as if asked by itself. `has_start` says that `start` was asked for,
    not found in the data; `first_date` is the day of the first document: before it nothing is known.
    `is_each_apart` lists a slice's periods only from its first one with facts on and up to `GAP_MONTHS` after each.
    `is_of_another_day` says that `as_of` is not the build's; `ends_between_balances` that the last day is none of
    those whose balances are published.
    """

    metrics: tuple[Metric, ...]
    grain: str
    slices: tuple[tuple[str, ...], ...]
    start: date
    end: date
    as_of: date
    maturity_days: Mapping[str, int]
    first_date: date | None = None
    has_start: bool = False
    is_each_apart: bool = False
    ends_between_balances: bool = False
    is_of_another_day: bool = False
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension of any slice, once, in order of appearance."""
        return tuple(dict.fromkeys(name for names in self.slices for name in names))
