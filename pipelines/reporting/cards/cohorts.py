"""Retention as a table whose cells are shaded: who bought for the first time when, and who came back in month k."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from pipelines.reporting import numbers, palette, phrases, words
from pipelines.reporting.review import Cohort, ReviewData
from pipelines.reporting.table import Block, Card, Cell, Column, Table, words_cell
from pipelines.reporting.words import EMPTY, Text

_MONTHS = 12
_SMALL_COHORT = 15  # shading fewer customers would show noise as pattern
_SMALL_POOL = 30


def card(data: ReviewData) -> Card:
    """Return the retention card."""
    begun = [c for c in data.cohorts if any(cell is not None for cell in c.retained)]
    shown = tuple(begun[-(_MONTHS + 1) :])
    label = phrases.label_of(data, "retention")
    if not any(cohort.size for cohort in shown):
        return Card("cohorts", 8, label, empty=words.text("empty.cohorts"))
    months = min(_MONTHS, max(len(cohort.retained) for cohort in shown))
    pooled = [_pooled(shown, month) for month in range(months)]
    table = _table(shown, pooled, "cohort", _month_heading)
    note = words.text("card.cohorts.note", small=_SMALL_COHORT, pool=_SMALL_POOL)
    if any(cohort.is_left_censored for cohort in shown):
        note = words.joined([note, words.text("card.cohorts.censored")], "list.sentence")
    return Card(
        "cohorts",
        8,
        _title(pooled) or label,
        words.text("card.cohorts.sub"),
        blocks=(Block(table, note=note), *_quarterly(data.quarter_cohorts)),
    )


def _quarterly(cohorts: tuple[Cohort, ...]) -> tuple[Block, ...]:
    """Return the same by quarter, where a second quarter is over: customers who buy seldom show there."""
    begun = tuple(cohort for cohort in cohorts if any(cell is not None for cell in cohort.retained))
    if not begun:
        return ()
    reached = [
        quarter
        for cohort in begun
        for quarter, retained in enumerate(cohort.retained, start=1)
        if retained is not None
    ]
    pooled = [_pooled(begun, quarter) for quarter in range(max(reached))]
    censored = any(cohort.is_left_censored for cohort in begun)
    note = words.text("card.cohorts.censored") if censored else EMPTY
    return (
        Block(
            _table(begun, pooled, "cohort_quarter", _quarter_heading),
            words.text("card.cohorts.quarters"),
            note,
        ),
    )


def _month_heading(cohort: Cohort) -> str:
    return f"{cohort.month:%Y-%m}"


def _quarter_heading(cohort: Cohort) -> str:
    return f"{cohort.month.year} Q{(cohort.month.month + 2) // 3}"


def _pooled(cohorts: tuple[Cohort, ...], month: int) -> tuple[int, int]:
    """Return retained and size over the cohorts that have reached the month."""
    reached = [c for c in cohorts if month < len(c.retained) and c.retained[month] is not None]
    return sum(c.retained[month] or 0 for c in reached), sum(c.size for c in reached)


def _pooled_rate(pair: tuple[int, int]) -> Decimal | None:
    retained, size = pair
    return Decimal(retained) / Decimal(size) if size >= _SMALL_POOL else None


def _title(pooled: list[tuple[int, int]]) -> Text | None:
    first = _pooled_rate(pooled[0]) if pooled else None
    if first is None:
        return None
    later = next(
        ((k, rate) for k in (6, 3) if len(pooled) >= k and (rate := _pooled_rate(pooled[k - 1]))), None
    )
    if later is None:
        return words.text("card.cohorts.title_first", first=numbers.rate(first, 0))
    return words.text(
        "card.cohorts.title", first=numbers.rate(first, 0), month=later[0], later=numbers.rate(later[1], 0)
    )


def _table(
    cohorts: tuple[Cohort, ...], pooled: list[tuple[int, int]], key: str, heading: Callable[[Cohort], str]
) -> Table:
    """Return one row a cohort, under the column `key`; `heading` writes when it began."""
    months = len(pooled)
    rows = []
    for cohort in cohorts:
        mark = "*" if cohort.is_left_censored else ""
        cells = [words_cell(f"{heading(cohort)}{mark}"), Cell(numbers.count(cohort.size), "n")]
        for month in range(months):
            retained = cohort.retained[month] if month < len(cohort.retained) else None
            cells.append(_cell(cohort, retained))
        rows.append(tuple(cells))
    foot = [words_cell(words.text("table.pooled")), Cell(numbers.count(sum(c.size for c in cohorts)), "n")]
    foot += [Cell(_digits(_pooled_rate(pair))) for pair in pooled]
    columns = [Column(words.text(f"table.{key}"), "l"), Column(words.text("table.size"))]
    columns += [Column(words.same(month + 1)) for month in range(months)]
    return Table(words.text("table.retention"), tuple(columns), tuple(rows), (tuple(foot),), css="coh")


def _digits(rate: Decimal | None) -> Text:
    return numbers.NONE if rate is None else words.same(numbers.grouped(rate * 100, 0))


def _cell(cohort: Cohort, retained: int | None) -> Cell:
    if retained is None or cohort.size == 0:
        return Cell(EMPTY, "e")
    share = Decimal(retained) / Decimal(cohort.size)
    if cohort.size < _SMALL_COHORT:
        return Cell(_digits(share), "s")
    return Cell(_digits(share), f"r{shade(share)}")


def shade(share: Decimal) -> int:
    """Return the shade of a retention cell, 0 to 10: tenths of the share."""
    return int(min(max(numbers.rounded(share * 10, 0), Decimal(0)), Decimal(10)))


def shade_rules() -> str:
    """Return the style rules of the shades: the actual colour over white, its text black or white for contrast."""
    rules = []
    for level in range(11):
        ground = palette.mixed(palette.ACTUAL, palette.WHITE, level / 10)
        ink = max((palette.INK, palette.WHITE), key=lambda colour: palette.contrast(colour, ground))
        rules.append(f".coh .r{level}{{background:{ground};color:{ink}}}")
    return "".join(rules)
