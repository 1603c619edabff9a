"""Revenue: how it goes against last year and plan, who brought the change, and why."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import figures, messages, numbers, palette, periods, phrases, words
from pipelines.reporting.cards import standing_out
from pipelines.reporting.cards.drivers_table import drivers_table
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.phrases import Compared
from pipelines.reporting.review import ReviewData, SegmentRow, YearOnYear
from pipelines.reporting.table import (
    Bar,
    Block,
    Card,
    Cell,
    Column,
    Drawing,
    Section,
    Table,
    amount_cell,
    percent_of,
    words_cell,
)
from pipelines.reporting.words import EMPTY, Text

_MOST_SEGMENTS = 8


def section(data: ReviewData, run: RunFacts) -> Section:
    """Return the first section of the review."""
    cards = (_trend(data, run), _why(data, run), standing_out.card(data, run))
    return Section("rev", words.text("section.revenue"), cards)


def _trend(data: ReviewData, run: RunFacts) -> Card:
    item = phrases.compared(data, "revenue")
    label = phrases.label_of(data, "revenue")
    if item is None or item.line.state in {"empty", "unavailable"}:
        return Card("revenue", 8, label, empty=words.text("empty.orders"))
    points = [*item.line.history, *(point for point in item.line.prior if point is not None)]
    unit = numbers.table_unit([point.value for point in points], run.base_currency)
    charts = {lang: figures.trend(item.line, unit, lang, is_red_up=run.cn_red_up) for lang in words.LANGUAGES}
    count = len(item.line.history)
    sub = words.text("card.revenue.sub", count, label=label, unit=unit.label, n=count)
    if any(each.is_combined for each in item.line.years):
        sub = words.joined([sub, words.text("card.revenue.jan_feb")], "list.semicolon")
    legend = [("actual", words.text("legend.actual"))]
    has_prior = any(point is not None and point.value is not None for point in item.line.prior)
    if has_prior:
        legend.append(("prior", words.text("legend.prior")))
    if any(value is not None for value in item.line.plan):
        legend.append(("plan", words.text("legend.plan")))
    if has_prior:
        legend += _verdict_legend(run)
    drawing = Drawing("revenue", charts, _trend_table(item, unit, label, run))
    return Card("revenue", 8, _trend_title(item, label, run), sub, tuple(legend), drawing)


def _trend_title(item: Compared, label: Text, run: RunFacts) -> Text:
    month = item.before.period_start if item.before else item.now.period_start
    clauses = [phrases.on_year(item) or phrases.on_month(item.on_month, month)]
    against_plan = numbers.change(item.now.value, item.plan)
    if against_plan.ratio is not None and not against_plan.is_flat:
        key = "card.revenue.above_plan" if against_plan.ratio > 0 else "card.revenue.below_plan"
        clauses.append(words.text(key, change=numbers.rate(abs(against_plan.ratio))))
    told = words.joined([clause for clause in clauses if clause is not None])
    value = phrases.figure(item, run.base_currency)
    if told == EMPTY:
        return words.text("card.revenue.title_alone", label=label, value=value)
    return words.text("card.revenue.title", label=label, value=value, clauses=told)


def _verdict_legend(run: RunFacts) -> list[tuple[str, Text]]:
    if run.cn_red_up:
        return [("adv", words.text("legend.rise")), ("fav", words.text("legend.fall"))]
    return [("fav", words.text("legend.favourable")), ("adv", words.text("legend.adverse"))]


def _trend_table(item: Compared, unit: TableUnit, label: Text, run: RunFacts) -> Table:
    has_plan = any(value is not None for value in item.line.plan)
    headings = [
        "table.month",
        "legend.actual",
        "legend.prior",
        *(["legend.plan"] if has_plan else []),
        "versus.year_short",
    ]
    rows = []
    for index, point in enumerate(item.line.history):
        before = item.line.prior[index] if item.line.prior else None
        yearly = item.line.years[index] if item.line.years else YearOnYear(point)
        change = phrases.year_change(item.line, yearly)
        verdict = palette.verdict(change.direction, item.line.better, is_red_up=run.cn_red_up)
        cells = [words_cell(f"{point.period_start:%Y-%m}"), amount_cell(point.value, unit)]
        cells.append(amount_cell(before.value if before else None, unit, "q"))
        if has_plan:
            cells.append(amount_cell(item.line.plan[index], unit))
        is_told = yearly.is_combined and change.size is not None
        told = words.text("table.jan_feb", change=change.text) if is_told else change.text
        cells.append(Cell(told, verdict))
        rows.append(tuple(cells))
    columns = tuple(Column(words.text(key), "l" if key == "table.month" else "") for key in headings)
    return Table(label, columns, tuple(rows))


def _why(data: ReviewData, run: RunFacts) -> Card:
    label = phrases.label_of(data, "revenue")
    item = phrases.compared(data, "revenue")
    is_combined = item is not None and item.yearly.is_combined
    history = item.line.history if item is not None else ()
    amounts = [value for row in data.segments for value in (row.current, row.prior)]
    unit = numbers.table_unit([*amounts, *(point.value for point in history)], run.base_currency)
    title = words.text("card.why.title_plain", month=periods.month(run.period_start))
    drivers = _driver_block(data, unit, run, item)
    if not data.segments:
        if drivers.table is None:
            return Card("why", 4, title, empty=drivers.note)
        return Card("why", 4, title, unit.label, blocks=(drivers,))
    dimension = words.text(f"by.{data.segments[0].dimension}")
    if all(row.prior is None for row in data.segments):
        title = words.text(
            "card.why.title_alone", label=label, dimension=dimension, month=periods.month(run.period_start)
        )
    title = _segment_title(data.segments, is_combined=is_combined) or title
    sub = words.text("card.why.sub", dimension=dimension, label=label, unit=unit.label)
    if is_combined:
        sub = words.joined([sub, words.text("card.why.jan_feb")])
    blocks = (Block(_segments(data.segments, unit, run)), drivers)
    return Card("why", 4, title, sub, blocks=blocks, is_split=True)


def _driver_block(data: ReviewData, unit: TableUnit, run: RunFacts, item: Compared | None) -> Block:
    """Return the drivers of the change, or why there are none."""
    found = messages.drivers_of(data)
    if item is None or item.yearly.before is None or not found:
        before = item.yearly.before if item is not None else None
        note = words.text("empty.drivers" if before is None or before.value is None else "empty.no_factors")
        if item is not None and item.yearly.reason:
            note = phrases.year_note(data, ["revenue"])
        return Block(heading=words.text("card.why.drivers"), note=note)
    table = drivers_table(found, unit, run, item.yearly.before.value, item.yearly.now.value)
    key = "card.why.drivers_combined" if item.yearly.is_combined else "card.why.drivers"
    return Block(table, words.text(key), words.text("card.why.exact"))


def _segment_title(rows: tuple[SegmentRow, ...], *, is_combined: bool) -> Text | None:
    """Name the segment with most of the change; a share only when the guard allows one."""
    if any(row.prior is None for row in rows):
        return None
    moves = {row.segment: row.current - (row.prior or Decimal(0)) for row in rows}
    change = sum(moves.values(), Decimal(0))
    base = sum((row.prior or Decimal(0) for row in rows), Decimal(0))
    if base <= 0 or abs(change) < messages.WORTH_A_REASON * base or len(rows) < 2:
        return None
    name, move = max(moves.items(), key=lambda pair: (pair[1] * (1 if change > 0 else -1), pair[0]))
    share = move / change
    if not 0 < share <= 1:
        return None
    key = ("card.why.title_up" if change > 0 else "card.why.title_down") + (
        "_combined" if is_combined else ""
    )
    return words.text(key, segment=segment_name(name), share=numbers.rate(share, 0))


def segment_name(name: str) -> Text:
    """Return a segment's own name, or the words for a missing one."""
    return words.text("segment.unknown") if name in {"unknown", ""} else words.same(name)


def _segments(rows: tuple[SegmentRow, ...], unit: TableUnit, run: RunFacts) -> Table:
    ordered = sorted(rows, key=lambda row: (-row.current, row.segment))
    shown, rest = ordered[:_MOST_SEGMENTS], ordered[_MOST_SEGMENTS:]
    moves = [abs(row.current - row.prior) for row in shown if row.prior is not None]
    most = max(moves, default=Decimal(0))
    body = [
        _segment_cells(segment_name(row.segment), row.current, row.prior, unit, most, is_red_up=run.cn_red_up)
        for row in shown
    ]
    if rest:
        name = words.text("table.other_segments", len(rest), n=len(rest))
        body.append(_segment_cells(name, *_sums(rest), unit, most, is_red_up=run.cn_red_up))
    foot = _segment_cells(
        words.text("table.total"), *_sums(ordered), unit, Decimal(0), is_red_up=run.cn_red_up
    )
    dimension = words.text(f"dimension.{rows[0].dimension}")
    columns = (
        Column(dimension, "l"),
        Column(words.text("legend.ac")),
        Column(words.text("legend.py")),
        Column(words.text("table.change")),
        Column(words.text("table.change_percent")),
    )
    return Table(dimension, columns, tuple(body), (foot,), css="tight")


def _sums(rows: list[SegmentRow]) -> tuple[Decimal, Decimal | None]:
    prior = [row.prior for row in rows if row.prior is not None]
    return sum((row.current for row in rows), Decimal(0)), sum(prior, Decimal(0)) if prior else None


def _segment_cells(
    name: Text, current: Decimal, prior: Decimal | None, unit: TableUnit, most: Decimal, *, is_red_up: bool
) -> tuple[Cell, ...]:
    change = numbers.change(current, prior)
    move = None if prior is None else current - prior
    verdict = "neu" if move is None else palette.verdict((move > 0) - (move < 0), "up", is_red_up=is_red_up)
    bar = Bar(percent_of(move, most), verdict) if move is not None and most else None
    return (
        words_cell(name),
        amount_cell(current, unit, "b"),
        amount_cell(prior, unit, "q"),
        Cell(unit.of(move, signed=True), "bar", bar=bar),
        Cell(change.text, palette.verdict(change.direction, "up", is_red_up=is_red_up)),
    )
