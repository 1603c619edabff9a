"""A correction whose file was never loaded is told of, not passed over in silence."""

from __future__ import annotations

import logging

import pytest

from tests.exports.desk import Desk
from tests.exports.test_load import MARCH

CORRECTION = """
- id: price-of-a1
  kind: {kind}
  {row}
  action: flag
  column: customer_id
  expected: C1
  reason: {{zh: 待核, en: to be checked}}
  who: accounts
  when: 2026-03-05
"""


@pytest.mark.parametrize(
    ("kind", "row", "told"),
    [
        (
            "orders",
            "file: ordres.csv\n  row: 2",
            "no file ordres.csv has been loaded; did you mean orders.csv?",
        ),
        ("invoices", "file: orders.csv\n  row: 2", "orders.csv was read as orders, not as invoices"),
        ("invoices", "key: {invoice_id: R1}", "no invoices have been loaded"),
        ("orders", "file: orders.csv\n  row: 2", ""),
    ],
    ids=["misspelt file", "another kind", "kind never loaded", "file is there"],
)
def test_load_with_a_correction_that_waits_says_why(
    desk: Desk, caplog: pytest.LogCaptureFixture, kind: str, row: str, told: str
) -> None:
    folder = desk.home / "corrections"
    folder.mkdir(parents=True)
    (folder / "march.yaml").write_text(CORRECTION.format(kind=kind, row=row), encoding="utf-8")
    desk.give(("orders.csv", MARCH))

    with caplog.at_level(logging.WARNING), desk.load():
        pass

    assert told in caplog.text
    assert ("price-of-a1" in caplog.text) == bool(told)
