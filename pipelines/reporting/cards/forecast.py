"""What is expected to come in over the next weeks, and how wrong such forecasts were."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import numbers, palette, periods, words
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import ForecastWeek, ReviewData
from pipelines.reporting.table import Bar, Block, Card, Cell, Column, Table, percent_of, words_cell
from pipelines.reporting.words import Text

_SOON = 4  # weeks: as far as the errors are known
# A forecast is hatched, here as in the charts.
_HATCHED = f"repeating-linear-gradient(135deg,{palette.ADDITION} 0 3px,{palette.WHITE} 3px 5px)"


def card(data: ReviewData, run: RunFacts, span: int = 6) -> Card:
    """Return the weeks with their sums, what comes later, and the mean error of earlier forecasts."""
    weeks = data.forecast
    title = words.text("card.forecast.title_plain")
    if not weeks:
        return Card("forecast", span, title, empty=words.text("empty.forecast"))
    unit = numbers.table_unit([week.amount for week in weeks], run.base_currency)
    most = max((abs(week.amount) for week in weeks if week.week_end), default=Decimal(0))
    rows = tuple(_row(week, unit, most) for week in weeks)
    total = sum((week.amount for week in weeks), Decimal(0))
    foot = (words_cell(words.text("table.total")), Cell(unit.of(total)))
    columns = (Column(words.text("table.week_to"), "l"), Column(words.text("table.expected_cash")))
    table = Table(title, columns, rows, (foot,), css="tight")
    soon = sum((week.amount for week in weeks if week.week_end and week.week_no <= _SOON), Decimal(0))
    told = words.text("card.forecast.title", n=_SOON, amount=numbers.money(soon, run.base_currency))
    sub = words.text("card.forecast.sub", currency=run.base_currency, unit=unit.label)
    blocks = (Block(table), Block(note=_error(data.forecast_errors)))
    return Card("forecast", span, told, sub, blocks=blocks)


def _row(week: ForecastWeek, unit: numbers.TableUnit, most: Decimal) -> tuple[Cell, ...]:
    if week.week_end is None:
        name = words.text("card.forecast.later" if week.has_habit else "card.forecast.no_habit")
        return words_cell(name, "l q"), Cell(unit.of(week.amount), "q")
    bar = Bar(percent_of(week.amount, most), _HATCHED, is_wide=True)
    return words_cell(periods.day(week.week_end)), Cell(unit.of(week.amount), "bar", str(week.amount), bar)


def _error(errors: tuple[Decimal, ...]) -> Text:
    """Say by how much earlier forecasts missed: the mean of their sizes, so that above and below don't cancel."""
    if not errors:
        return words.text("card.forecast.untried")
    mean = sum((abs(error) for error in errors), Decimal(0)) / len(errors)
    return words.text("card.forecast.error", len(errors), n=len(errors), share=numbers.rate(mean))
