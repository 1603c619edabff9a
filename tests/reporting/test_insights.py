"""Cards about months that stand out, few large customers, preferences, quarterly cohorts and amendments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pipelines.reporting.cards import cohorts, customers, fulfilment, insights, standing_out
from pipelines.reporting.review import Amendment, Cohort, CustomerGroup, MetricLine, Point, StandingOut
from pipelines.reporting.table import Card, Table
from tests.reporting.sample import D, a_review, a_run

OCTOBER = date(2026, 10, 1)


def _table(card: Card, block: int = 0) -> Table:
    table = card.blocks[block].table
    assert table is not None
    return table


def _texts(card: Card, block: int = 0, lang: str = "zh") -> list[list[str]]:
    return [[cell.text.of(lang) for cell in row] for row in _table(card, block).rows]


def test_what_stands_out_is_said_in_the_metric_s_own_unit() -> None:
    notes = (
        StandingOut("revenue", "money", "rising", OCTOBER, D("281341.27")),
        StandingOut("orders", "count", "season_low", date(2026, 2, 1), D("-0.5426")),
        StandingOut("on_time_rate", "rate", "outlier_low", date(2026, 6, 1), D("-0.1702")),
    )
    card = standing_out.card(a_review(standing_out=notes), a_run())
    assert card.title.en == "3 things stand out in the months"
    assert [row[1] for row in _texts(card)] == [
        "近两年上升，每月约 28.1 万元",
        "每年2月比前后月份低约 54%",
        "2026 年 6 月比趋势与季节所示低 17.0 个百分点",
    ]
    assert [row[1] for row in _texts(card, lang="en")] == [
        "Rising over the last two years, by about ¥281.3k a month",
        "Feb of every year lies about 54% below the months around",
        "June 2026 lies 17.0 pp below what trend and season expect",
    ]


def test_more_than_ten_things_that_stand_out_are_counted() -> None:
    notes = (StandingOut("revenue", "money", "rising", OCTOBER, D(1)),) * 12
    card = standing_out.card(a_review(standing_out=notes), a_run())
    assert (len(_table(card).rows), card.blocks[0].note.en) == (10, "2 more: salesdesk notes.")


def test_nothing_that_stands_out_keeps_the_card_and_says_so() -> None:
    assert standing_out.card(a_review(standing_out=()), a_run()).empty.en.startswith("Nothing stands out")


def test_concentration_names_the_share_of_ten_and_classes_add_up() -> None:
    groups = (
        CustomerGroup("top", "1", 1, D(300_000), D("0.3")),
        CustomerGroup("top", "10", 10, D(700_000), D("0.7")),
        CustomerGroup("abc", "A", 12, D(800_000)),
        CustomerGroup("abc", "B", 20, D(150_000)),
        CustomerGroup("abc", "C", 68, D(50_000)),
    )
    card = insights.concentration(a_review(customer_groups=groups), a_run())
    assert card.title.en == "The 10 largest customers bring 70.0% of revenue"
    assert _texts(card) == [
        ["前 1 家", "1", "30.0", "30.0%"],
        ["前 10 家", "10", "70.0", "70.0%"],
        ["A 类", "12", "80.0", "80.0%"],
        ["B 类", "20", "15.0", "15.0%"],
        ["C 类", "68", "5.0", "5.0%"],
    ]


def test_preferences_count_customers_and_put_the_smallest_together() -> None:
    groups = tuple(
        CustomerGroup("product_category", f"P{number}", count, D(10_000 * count))
        for number, count in enumerate((40, 20, 16, 12, 8, 3, 1))
    )
    card = insights.preferences(a_review(customer_groups=groups), a_run())
    assert card.title.en == "40% of customers buy most of P0"
    assert _texts(card, lang="en")[-1] == ["2 others", "4", "4.0%", "40"]
    assert [cell.text.en for cell in _table(card).foot[0]] == ["Total", "100", "100.0%", "1,000"]


def test_quarterly_cohorts_stand_below_the_monthly_ones() -> None:
    quarters = (
        Cohort(date(2026, 1, 1), 40, (20, 10, None), is_left_censored=True),
        Cohort(date(2026, 4, 1), 10, (4, None)),
    )
    card = cohorts.card(a_review(quarter_cohorts=quarters))
    assert _texts(card, 1) == [["2026 Q1*", "40", "50", "25"], ["2026 Q2", "10", "40", ""]]
    assert [cell.text.zh for cell in _table(card, 1).foot[0]] == ["加权", "50", "48", "25"]
    assert [column.label.zh for column in _table(card, 1).columns] == ["首单季", "家数", "1", "2"]


def test_quarterly_cohort_with_which_the_data_begin_is_marked_and_explained() -> None:
    first = Cohort(date(2026, 1, 1), 40, (20, 10), is_left_censored=True)
    later = Cohort(date(2026, 4, 1), 50, (10,))
    marked, plain = (
        cohorts.card(a_review(quarter_cohorts=quarters)) for quarters in ((first, later), (later,))
    )
    assert "*" in marked.blocks[1].note.en
    assert plain.blocks[1].note.en == ""


def test_amendments_are_named_only_where_an_order_came_again() -> None:
    rates = {
        name: MetricLine(name, "rate", "up", (Point(OCTOBER, D("0.1"), D(10), D(100)),))
        for name in ("on_time_rate", "amendment_rate")
    }
    told = a_review(metrics=rates, amendments=(Amendment("quantity", 7), Amendment("promised_date", 2)))
    card = fulfilment.card(told, a_run())
    assert any(block.note.zh == "确认后变更：数量 7 项，承诺交期 2 项。" for block in card.blocks)
    unknown = fulfilment.card(a_review(metrics=rates), a_run())
    assert not any("确认后变更" in block.note.zh for block in unknown.blocks)
    assert len(_table(card).rows) == len(_table(unknown).rows) + 1


def test_order_value_of_few_orders_is_a_dash_beside_their_number() -> None:
    data = a_review()
    last = replace(data.order_values[-1], orders=29)
    section = customers.section(replace(data, order_values=(*data.order_values[:-1], last)), a_run())
    card = next(card for card in section.cards if card.key == "order-value")
    assert card.drawing is not None
    assert [cell.text.zh for cell in card.drawing.data.rows[-1]][1:3] == ["–", "–"]
    assert card.title.zh.endswith("–")
