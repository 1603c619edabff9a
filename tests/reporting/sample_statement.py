"""A customer statement by hand: 40 brought forward, 113 invoiced, 50 paid, 3 credited, 100 open."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipelines.reporting.statements import Account, Line, OpenItem, Statement

D = Decimal
NONE = (D(0),) * 6


def a_statement(customer_id: str = "C1") -> Statement:
    lines = (
        Line(date(2026, 10, 3), "invoice", "INV-1", date(2026, 11, 2), D("113.00")),
        Line(date(2026, 10, 9), "payment", "RC-1", None, D("-50.00")),
        Line(date(2026, 10, 20), "credit_note", "INV-2", None, D("-3.00")),
    )
    open_items = (
        OpenItem(date(2026, 10, 3), "invoice", "INV-1", date(2026, 11, 2), D("113.00"), D("100.00"), -2),
    )
    account = Account("CNY", D("40.00"), lines, (D("100.00"), *NONE), open_items)
    start, end = date(2026, 10, 1), date(2026, 10, 31)
    bounds = (30, 60, 90, 180, 365)
    return Statement(customer_id, "甲公司", "", "", "", "", start, end, (account,), bounds)
