"""Figures of metrics: what is not complete is told apart, units are said, nothing is drawn that is not known."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting.chart import Columns, Line
from pipelines.reporting.figures.series import Plot, Series, series

SHARES = (Decimal("0.1"), Decimal("0.2"), Decimal("0.3"))


def test_line_is_dashed_from_the_last_complete_period_on() -> None:
    plot = Plot("Conversion", "rate", (Series("", SHARES, (True, True, False)),))
    chart = series((plot,), ("Jan", "Feb", "Mar"), "CNY", "en")
    firm, so_far = chart.panels[0].marks
    assert isinstance(firm, Line)
    assert isinstance(so_far, Line)
    assert firm.values == (Decimal("10.0"), Decimal("20.0"), None)
    assert firm.end == ("20.0",)
    assert (so_far.values, so_far.is_dashed) == ((None, Decimal("20.0"), Decimal("30.0")), True)
    assert chart.panels[0].title == "Conversion · %"


def test_columns_of_a_period_that_is_not_over_are_hatched_and_say_their_unit() -> None:
    amounts = (Decimal(2_500_000), None, Decimal(1_000_000))
    plot = Plot("Revenue", "money", (Series("", amounts, (True, True, False)),), has_columns=True)
    chart = series((plot,), ("Jan", "Feb", "Mar"), "CNY", "en")
    columns = chart.panels[0].marks[0]
    assert isinstance(columns, Columns)
    assert columns.values == (Decimal(2_500), None, Decimal(1_000))
    assert columns.hatched == (False, False, True)
    assert chart.panels[0].title == "Revenue · ¥ k"


def test_several_series_carry_their_names_at_their_ends() -> None:
    plot = Plot(
        "Orders", "count", (Series("East", (Decimal(1), Decimal(2))), Series("West", (Decimal(3), None)))
    )
    chart = series((plot,), ("Jan", "Feb"), "CNY", "en")
    assert [mark.end for mark in chart.panels[0].marks if isinstance(mark, Line)] == [("East",), ("West",)]
