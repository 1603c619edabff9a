"""Cards say in their title what their rows hold, and only what means something."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pipelines.reporting import figures, numbers, pages, palette, render
from pipelines.reporting.cards import forecast, fulfilment, issues, speed
from pipelines.reporting.chart import Columns
from pipelines.reporting.review import BridgeStep, MetricLine, Point, ReviewData
from tests.reporting.sample import a_review, a_run, some_speed

D = Decimal


def test_red_up_colours_say_the_direction_and_its_legend_is_printed() -> None:
    told = {
        is_red_up: render.page(
            pages.monthly_review(a_review(), a_run(cn_red_up=is_red_up)),
            a_run(cn_red_up=is_red_up),
            is_interactive=False,
        )
        for is_red_up in (False, True)
    }
    revenue = {name: html.split('id="kpi-revenue"')[1].split("</article>")[0] for name, html in told.items()}
    overdue = {
        name: html.split('id="kpi-overdue_share"')[1].split("</article>")[0] for name, html in told.items()
    }
    # revenue rose on last year and overdue rose on last month: both are rises, only the first is good
    assert ('class="d fav"' in revenue[False], 'class="d adv"' in overdue[False]) == (True, True)
    assert 'class="d adv"' in revenue[True]
    assert 'class="d fav"' not in overdue[True]
    assert "红涨绿跌" in told[True]
    assert "红涨绿跌" not in told[False]


def test_speed_card_says_how_many_days_are_overdue_and_keeps_every_month() -> None:
    card = speed.outstanding(a_review(), a_run())
    # the last of thirteen months: 60 + 12 days, 16 + 12 of them overdue
    assert card.title.zh == "DSO 72 天，其中 28 天因逾期，回款有效指数 CEI 79%"
    assert card.drawing is not None
    assert [cell.text.en for cell in card.drawing.data.rows[0]][1:] == ["60.0", "≥ 58.0", "44.0", "16.0", "–"]


@pytest.mark.parametrize(
    ("last", "title"),
    [
        ({"dso": None, "delinquent": None}, "应收周转天数（DSO）"),
        ({"delinquent": D(-3)}, "DSO 72 天"),
        ({"effectiveness": None}, "DSO 72 天，其中 28 天因逾期"),
    ],
)
def test_speed_title_says_only_what_means_something(last: dict[str, Any], title: str) -> None:
    months = some_speed()
    data = a_review(collection_months=(*months[:-1], replace(months[-1], **last)))
    assert speed.outstanding(data, a_run()).title.zh == title


def test_speed_without_months_says_why() -> None:
    for card in (speed.outstanding(ReviewData(), a_run()), speed.losses(ReviewData(), a_run())):
        assert card.empty.zh
        assert card.drawing is None


def test_expected_loss_totals_its_rows() -> None:
    card = speed.losses(a_review(), a_run())
    # 376,060 + 408,650 + 5,062,000 of 50,841,000
    assert card.title.en == "Expected credit loss ¥5.85m"
    (foot,) = card.blocks[0].table.foot if card.blocks[0].table else ((),)
    assert [cell.text.zh for cell in foot] == ["合计", "5,084.1", "11.5%", "584.7"]


def test_fulfilment_row_of_a_small_sample_is_a_dash_with_its_n() -> None:
    lines = {
        name: MetricLine(name, "rate", "up", (Point(date(2026, 10, 1), D(part) / n, D(part), D(n)),))
        for name, part, n in (("on_time_rate", 25, 29), ("otif_rate", 24, 30))
    }
    card = fulfilment.card(a_review(metrics=lines), a_run())
    table = card.blocks[0].table
    assert table is not None
    shown = {row[0].text.zh: [cell.text.zh for cell in row[1:]] for row in table.rows}
    assert shown["on_time_rate"] == ["–", "–", "–", "29"]
    assert shown["otif_rate"] == ["80.0%", "–", "–", "30"]
    assert shown["csat"] == ["–", "–", "–", "–"]
    assert card.title.zh == "2026 年 10 月订单履约"


def test_fulfilment_without_deliveries_says_who_can_supply_them() -> None:
    assert "仓库" in fulfilment.card(ReviewData(), a_run()).empty.zh


def test_forecast_title_sums_the_weeks_that_were_tried_and_tells_the_mean_error() -> None:
    card = forecast.card(a_review(), a_run())
    # weeks 1 and 2: 418 + 102; the fifth week is beyond what was tried
    assert card.title.zh == "未来 4 周预计回款 520.0 万元"
    assert "8.0%" in card.blocks[1].note.zh  # (12 + 8 + 4) / 3: above and below do not cancel
    assert card.blocks[0].table is not None
    # 418 + 102 + 700 + 930 + 50
    assert card.blocks[0].table.foot[0][1].text.zh == "2,200.0"
    untried = forecast.card(a_review(forecast_errors=()), a_run())
    assert "历史" in untried.blocks[1].note.zh


def test_forecast_of_nothing_says_why() -> None:
    assert forecast.card(ReviewData(), a_run()).empty.zh


def test_issues_are_counted_by_kind_and_totalled() -> None:
    invoices, contracts = issues.cards(a_review(), a_run())
    assert invoices.title.en == "13 things to look at about invoices"
    assert invoices.blocks[0].table is not None
    assert [cell.text.zh for cell in invoices.blocks[0].table.foot[0]] == ["合计", "13", "81.5"]
    assert contracts.title.zh == "2 处合同待处理"
    assert all(card.empty.zh for card in issues.cards(ReviewData(), a_run()))


def test_addition_that_takes_away_is_drawn_as_timing() -> None:
    steps = (
        BridgeStep("unapplied", D(-1_610_000), "addition"),
        BridgeStep("earlier_collected", D(20_000), "addition"),
    )
    chart = figures.order_to_cash(steps, numbers.table_unit([D(1_610_000)], "CNY"), "zh")
    columns = next(mark for mark in chart.panels[0].marks if isinstance(mark, Columns))
    assert columns.colours == (palette.TIMING, palette.ADDITION)
