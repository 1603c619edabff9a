"""What a metric is: its words, and its value as aggregates of marts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

UNITS = ("money", "count", "rate", "days", "score")
BETTER = ("up", "down", "none")
LEVELS = ("time", "segments")
GRAINS = {
    "day": "date",
    "week": "week_start",
    "month": "month_start",
    "quarter": "quarter_start",
    "year": "year_start",
    "fiscal_quarter": "fiscal_quarter_start",
    "fiscal_year": "fiscal_year_start",
    "closing_month": "closing_month_start",
    "retail_445": "retail_month_start",
    "all": "",
}
# How people call a calendar, beside its own name.
GRAIN_WORDS = {
    "fiscal": "fiscal_year",
    "closing": "closing_month",
    "月结": "closing_month",
    "445": "retail_445",
    "4-4-5": "retail_445",
    "日": "day",
    "周": "week",
    "月": "month",
    "季": "quarter",
    "年": "year",
}
LANGUAGES = ("zh", "en")
# Fewer things counted than this make a rate or a mean that one of them moves by more than 3 points.
SMALL_SAMPLE = 30
MATURITIES = ("conversion_window",)
# What of a metric is known as of a day before the build's: periods that were over, and mature, by then; or nothing.
KNOWN_EARLIER = ("whole_periods", "nothing")


@dataclass(frozen=True)
class Term:
    """One aggregate of one mart: `times` x `value` over the rows of `base` that satisfy `where`, on `date`.

    `dimensions` maps a slice's name to its SQL expression. A snapshot counts the last day of
    a period alone (of one under way, the day asked for). `empty_is_zero` says what no rows mean: 0, or unknown.
    """

    base: str
    date: str
    value: str
    where: str
    times: int
    dimensions: Mapping[str, str]
    empty_is_zero: bool
    is_snapshot: bool

    @property
    def is_monthly(self) -> bool:
        """Whether a row stands for a whole month, on its first day."""
        return self.date.endswith("month_start")


@dataclass(frozen=True)
class Metric:
    """One metric: its words, and its value as numerator terms over denominator terms (none: the numerator itself).

    `additive_over` tells whether values may be added over time, over segments, or neither. `matures_after`
    names the window that must have passed, beyond the period's end, before a figure is complete; `grains`
    where it makes sense; `counted` what a middle value is taken over; `known_earlier` what of it can be told as of
    an earlier day than the build's, as its marts hold what had happened by the build's: empty for everything.
    """

    name: str
    label: Mapping[str, str]
    words: Mapping[str, str]
    leaves_out: Mapping[str, str]
    unit: str
    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...]
    additive_over: frozenset[str]
    better: str
    owner: str
    version: int
    matures_after: str
    grains: tuple[str, ...]
    changes: tuple[Mapping[str, str], ...]
    counted: tuple[Term, ...] = ()
    known_earlier: str = ""

    @property
    def is_ratio(self) -> bool:
        """Whether the value is a numerator over a denominator."""
        return bool(self.denominator)

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms, of the numerator and of the denominator."""
        return self.numerator + self.denominator

    @property
    def sample(self) -> tuple[Term, ...]:
        """The terms that count what a figure is drawn from; none for a sum, and for a share of money."""
        if self.counted:
            return self.counted
        return self.denominator if all("count(" in term.value for term in self.denominator) else ()

    @property
    def read(self) -> tuple[Term, ...]:
        """All terms that must be read to show the metric."""
        return self.terms + self.counted

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The slices that every term knows, in name order."""
        shared = set.intersection(*(set(term.dimensions) for term in self.terms))
        return tuple(sorted(shared))

    @property
    def fingerprint(self) -> str:
        """A short hash of how the metric is computed: another one means another definition."""
        from hashlib import sha256

        computed = [
            [
                side,
                term.base,
                term.date,
                term.value,
                term.where,
                term.times,
                term.is_snapshot,
                term.empty_is_zero,
            ]
            for side, terms in (("numerator", self.numerator), ("denominator", self.denominator))
            for term in terms
        ]
        return sha256(repr([computed, self.matures_after]).encode()).hexdigest()[:16]
