"""Cards say in their title what their rows hold, and only what means something."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pipelines.reporting import figures, numbers, pages, palette, render, words
from pipelines.reporting.cards import accounts, certainty, forecast, fulfilment, holds, issues, speed
from pipelines.reporting.chart import Columns
from pipelines.reporting.review import BridgeStep, MetricLine, Point, ReviewData, RollRow
from tests.reporting.sample import LAST, a_review, a_run, some_speed
from tests.reporting.sample_certainty import some_accounts, some_ledger

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


def test_without_loss_rates_the_card_tells_how_debt_rolls() -> None:
    rolls = (RollRow(0, D(3000), D(300), D("0.1")), RollRow(1, D(400), D(248), D("0.62")))
    card = speed.losses(a_review(losses=(), rolls=rolls), a_run())
    assert card.title.en == "62% of what is 1–30 days late is 31–60 days late a month on"
    table = card.blocks[0].table
    assert table is not None
    assert [[cell.text.en for cell in row] for row in table.rows] == [
        ["Not due", "3,000", "300", "10.0%"],
        ["1–30 d", "400", "248", "62.0%"],
    ]


def test_expected_loss_says_whose_rates_it_takes() -> None:
    own, policy = (
        speed.losses(a_review(is_loss_policy=chosen), a_run()).blocks[-1].note for chosen in (False, True)
    )
    assert own is not None
    assert "roll rates" in own.en
    assert policy is not None
    assert "policy table" in policy.en


def test_holds_say_why_and_what_waits() -> None:
    card = holds.card(a_review(), a_run())
    assert card.title.en == "2 customers get no more goods for now; orders of ¥120.0k wait"
    table = card.blocks[0].table
    assert table is not None
    assert [row[2].text.en for row in table.rows] == [
        "Stop supply, legal, provide",
        "Owes more than the credit limit",
    ]
    assert holds.card(ReviewData(), a_run()).empty.zh


def test_accounts_go_from_opening_to_closing_and_say_when_one_does_not() -> None:
    cny, usd = accounts.cards(a_review(), a_run())
    assert cny.title.en == "The accounts of 2 customers reconcile to the cent: ¥84.0k at the end"
    assert usd.title.en == "The account of 1 customer reconciles to the cent: $10.00 at the end"
    table = cny.blocks[0].table
    assert table is not None
    # The larger of opening and closing comes first; 300 + 50 - 5 - 260 + 1 - 2 = 84
    assert [row[0].text.zh for row in table.rows] == ["C0002", "=1+1 乙公司"]
    assert [cell.text.en for cell in table.foot[-1]] == [
        *("Total", "300,000", "50,000", "-5,000", "-260,000", "1,000", "-2,000", "84,000"),
    ]
    first, *others = some_accounts()
    off = accounts.cards(a_review(reconciled=(replace(first, open=D(1)), *others)), a_run())[0]
    assert off.title.en == "The accounts of 2 customers do not all reconcile"
    assert off.ties[0][1:] == (words.same("83,999.00"), False)


def test_guesses_that_were_wrong_would_move_each_amount_once() -> None:
    card = certainty.guesses(a_review(), a_run())
    # 1,000,000 and 200,000 leave their ages; 900,000 and 300,000 arrive in others
    assert card.title.en == "Were every guess of cash application wrong, ¥1.20m would stand in another bucket"
    table = card.blocks[0].table
    assert table is not None
    assert [row[3].text.zh for row in table.rows] == ["-100.0", "90.0", "30.0", "-20.0"]
    assert [cell.text.zh for cell in table.foot[0]] == ["合计", "5,084.1", "5,084.1", "0.0"]
    customers = card.blocks[1].table
    assert customers is not None
    assert [(row[0].text.zh, row[1].text.zh) for row in customers.rows] == [("甲", "70.0"), ("C2", "50.0")]
    assert "640" in str(card.blocks[2].note)


def test_guesses_without_any_say_so() -> None:
    card = certainty.guesses(a_review(guessed_amount=D(0)), a_run())
    assert "没有推断核销" in card.empty.zh
    assert certainty.guesses(ReviewData(), a_run()).empty.zh


def test_ledger_shows_the_differences_of_its_last_day_with_their_documents() -> None:
    (card,) = certainty.ledger(a_review())
    assert card.title.en == "2 balances of 32 differ from the ledger"
    totals, differences = (block.table for block in card.blocks)
    assert totals is not None
    assert [row[0].text.en for row in totals.rows] == ["CNY", "USD"]
    assert differences is not None
    first, second = differences.rows
    assert [cell.text.en for cell in first[5:]] == ["The ledger lacks this document", "I1 · I2 · 4 more"]
    assert [cell.text.en for cell in second[4:]] == ["-$5.00", "Nothing explains it", ""]


def test_ledger_without_differences_says_that_it_agrees() -> None:
    (total, *_) = some_ledger(LAST)["ledger_totals"]
    data = a_review(ledger_totals=(replace(total, equal_balances=30),), ledger_differences=())
    (card,) = certainty.ledger(data)
    assert card.title.zh == "30 个客户余额与总账全部一致"
    assert len(card.blocks) == 1


def test_ledger_without_balances_has_no_card() -> None:
    assert certainty.ledger(ReviewData()) == ()


def test_ledger_names_twenty_differences_and_counts_the_others() -> None:
    (one, *_) = some_ledger(LAST)["ledger_differences"]
    (card,) = certainty.ledger(a_review(ledger_differences=(one,) * 23))
    assert card.blocks[1].table is not None
    assert len(card.blocks[1].table.rows) == 20
    assert str(card.blocks[2].note).count("3") >= 1


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
