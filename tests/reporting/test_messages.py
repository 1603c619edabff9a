from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import decisions, messages
from pipelines.reporting.drivers import Driver
from pipelines.reporting.review import AgingMonth, ReviewData
from tests.reporting.sample import LAST, a_line, a_review, a_run, some_metrics

D = Decimal


def told(data: ReviewData, key: str) -> messages.Message | None:
    return next((message for message in messages.messages(data, a_run()) if message.key == key), None)


def plain(message: messages.Message | None, lang: str) -> str:
    assert message is not None
    return message.text.of(lang).replace("<b>", "").replace("</b>", "")


def test_messages_are_at_most_four_by_money_at_stake() -> None:
    found = messages.messages(a_review(), a_run())
    assert len(found) == 4
    assert [message.stake for message in found] == sorted((m.stake for m in found), reverse=True)


def test_message_on_revenue_says_value_year_month_and_plan() -> None:
    text = plain(told(a_review(), "revenue"), "zh")
    # 2,150.1 / 1,943.9 = 1.10607; / 2,707.8 = 0.79404; 2,179.9 - 2,150.1 = 29.8; / 2,179.9 = -1.367 %
    assert text == "销售额 2,150 万元，同比 +10.6%，环比 -20.6%，低于预算 29.8 万元（-1.4%）。"


def test_message_on_flat_revenue_says_flat() -> None:
    data = a_review(metrics={"revenue": a_line("revenue", "money", "up", ["99", "1004"], ["99", "1000"])})
    assert "flat on last year" in plain(told(data, "revenue"), "en")


def test_message_on_a_negative_base_compares_with_nothing() -> None:
    data = a_review(metrics={"revenue": a_line("revenue", "money", "up", ["-5", "1000"], ["1", "-200"])})
    assert plain(told(data, "revenue"), "zh") == "销售额 1,000 元。"


def test_message_without_prior_year_keeps_the_month_comparison() -> None:
    data = a_review(metrics={"revenue": a_line("revenue", "money", "up", ["500", "1000"])})
    assert plain(told(data, "revenue"), "en") == "Net revenue ¥1.0k: +100.0% on Sep."


def test_messages_of_an_empty_review_are_none() -> None:
    assert messages.messages(ReviewData(), a_run()) == ()
    assert decisions.decisions(ReviewData(), a_run()) == ()


def test_message_on_an_unavailable_figure_is_not_made() -> None:
    line = a_line("revenue", "money", "up", ["1", "2"], state="unavailable")
    assert told(a_review(metrics={"revenue": line}), "revenue") is None


def test_message_on_a_preliminary_figure_says_so() -> None:
    line = a_line("collected", "money", "up", ["100", "2000"], state="preliminary")
    assert "（初步）" in plain(told(a_review(metrics={"collected": line}), "collected"), "zh")


def driver(name: str, effect: str) -> Driver:
    return Driver(name, D(1), D(2), D(effect))


def test_reasons_are_the_drivers_that_pull_the_same_way() -> None:
    found = (driver("a", "70"), driver("b", "40"), driver("c", "-10"))
    assert [reason.name for reason in messages.reasons(found, D(1000))] == ["a", "b"]


def test_reasons_larger_than_the_change_are_not_given() -> None:
    # +250 and -200 make +50: neither explains it
    assert messages.reasons((driver("a", "250"), driver("b", "-200")), D(1000)) == ()


def test_reasons_for_less_than_two_percent_are_not_given() -> None:
    assert messages.reasons((driver("a", "19.99"),), D(1000)) == ()
    assert messages.reasons((driver("a", "20"),), D(1000)) != ()


def test_reasons_on_a_base_of_zero_are_not_given() -> None:
    assert messages.reasons((driver("a", "20"),), D(0)) == ()


def two_months(before: tuple[int, ...], now: tuple[int, ...]) -> tuple[AgingMonth, ...]:
    return tuple(AgingMonth(LAST, tuple(map(D, amounts))) for amounts in (before, now))


def test_bucket_behind_a_rise_is_named_when_it_took_half_of_it() -> None:
    # overdue 100 -> 160: 1-30 took 50 of 60
    months = two_months((0, 60, 40, 0, 0, 0, 0), (0, 110, 50, 0, 0, 0, 0))
    text = plain(told(a_review(aging_months=months), "overdue"), "zh")
    assert "增量主要落在 1–30 天（+50.00 元）" in text


def test_bucket_behind_a_rise_is_not_named_when_it_exceeds_the_rise() -> None:
    months = two_months((0, 60, 40, 0, 0, 0, 0), (0, 140, 0, 0, 0, 0, 0))  # +80 and -40
    assert "增量" not in plain(told(a_review(aging_months=months), "overdue"), "zh")


def test_decisions_have_amount_owner_and_date_the_largest_first() -> None:
    found = decisions.decisions(a_review(), a_run())
    assert len(found) == 3
    assert [decision.amount for decision in found] == sorted((d.amount for d in found), reverse=True)
    assert all("·" in decision.who.zh for decision in found)


def test_decision_date_on_a_weekend_moves_to_monday() -> None:
    # 31 Oct 2026 is a Saturday; 15 days later is Sunday 15 November
    quiet = next(d for d in decisions.decisions(a_review(), a_run()) if d.key == "quiet")
    assert quiet.who.zh.endswith("11-16 前")


def test_decision_on_one_overdue_customer_speaks_of_one() -> None:
    receivables = a_review().closing
    assert receivables is not None
    only = type(receivables)(LAST, receivables.by_rep, receivables.by_customer, receivables.overdue[:1])
    found = next(d for d in decisions.decisions(a_review(closing=only), a_run()) if d.key == "largest")
    assert found.text.en.startswith("1 customer is overdue")


def test_metrics_of_the_sample_are_the_six_of_the_page() -> None:
    assert {"revenue", "collected", "customer_spend", "conversion", "retention", "overdue_share"} <= set(
        some_metrics()
    )


def test_drivers_on_a_negative_prior_year_are_not_told() -> None:
    lines = some_metrics() | {"revenue": a_line("revenue", "money", "up", ["1", "2000"], ["1", "-900"])}
    assert messages.drivers_of(a_review(metrics=lines)) == ()
    assert told(a_review(metrics=lines), "order_value") is None


def test_message_on_order_value_larger_than_the_change_is_not_made() -> None:
    # fewer customers and dearer orders: 100 x 1 x 10 = 1,000 becomes 50 x 1 x 21 = 1,050
    lines = some_metrics() | {
        "revenue": a_line("revenue", "money", "up", ["1", "1050"], ["1", "1000"]),
        "orders": a_line("orders", "count", "up", ["1", "50"], ["1", "100"]),
        "buying_customers": a_line("buying_customers", "count", "up", ["1", "50"], ["1", "100"]),
    }
    assert messages.drivers_of(a_review(metrics=lines)) != ()
    assert told(a_review(metrics=lines), "order_value") is None
