"""Mutation test of the rules, one fault at a time: each fires the rule meant for it and no other, at its own rows.

A representative set here; FAULTS=all takes every fault of the demo, and each through marts, checks and gates as well.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.demo import faults
from pipelines.demo.faults import Fault
from tests.validation.demo_runs import Staged, staged

ALL = os.environ.get("FAULTS") == "all"
SEED, ORDERS = 8, 3000 if ALL else 2000  # every fault finds its row in 3,000
REPRESENTATIVE = {
    "order_date_untypable",  # refused by the reader
    "order_currency_without_rate",  # needs another table
    "order_line_repeated",
    "order_delivered_before_shipped",  # swapped dates
    "customer_tax_id_broken",
    "invoice_number_shared",  # a duplicate invoice
    "invoice_cent_drift",
    "credit_note_above_invoice",
    "payment_to_nobody",
    "payment_currency_mixed",
    "payment_sign_flipped",
    "payments_day_missing",
    "instalments_cent_off",
    "rate_slipped",
    "file_doubled",
    "file_reexported",
}
CHOSEN = [fault for fault in faults.known() if ALL or fault.name in REPRESENTATIVE]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where clean exports were read, for all the files that a fault leaves as they are."""
    place = tmp_path_factory.mktemp("clean")
    with staged(place, mess=False, seed=SEED, orders=ORDERS) as run:
        assert run.failed() == set()
        assert run.rows("ops.quarantine", "count(*)") == {0}
    return place


def test_faults_taken_one_by_one_are_those_that_the_demo_names() -> None:
    assert len(CHOSEN) == (len(faults.known()) if ALL else len(REPRESENTATIVE))


@pytest.mark.slow
@pytest.mark.parametrize("fault", CHOSEN, ids=lambda fault: str(fault.name))
def test_fault_alone_fires_its_rule_and_touches_its_rows(fault: Fault, base: Path, tmp_path: Path) -> None:
    with staged(tmp_path, mess=[fault.name], seed=SEED, orders=ORDERS, base=base) as run:
        (told,) = run.faults
        lines = {row["line"] for row in told["touched"]}
        judged = fault.outcome in {"flag", "quarantine"} and fault.reason.startswith("stg_")
        assert run.failed() == ({fault.reason} if judged else set())
        _assert_quarantined(run, fault, lines)
        _assert_flagged(run, fault, lines)
        if ALL:
            failed, judgement = run.go_on()
            assert failed == set(fault.also)
            assert judgement.rows.part == len(run.rows("ops.quarantine", "file_no, source_row"))


def _assert_quarantined(run: Staged, fault: Fault, lines: set[int]) -> None:
    """What a fault puts in quarantine is its rows, under its reason, and they are in no table of staging."""
    found = run.rows("ops.quarantine", "source_row, coalesce(rule_id, reason_code)")
    if fault.outcome != "quarantine":
        assert found == set()
        return
    # Of a copied row the first may be sound.
    expected = lines if fault.action != "copy" or len(found) == len(lines) else {max(lines)}
    assert found == {(line, fault.reason) for line in expected}
    left = run.rows(
        f"staging.stg_{fault.kind} where (file_no, source_row) in (select (file_no, source_row) from ops.quarantine)",
        "count(*)",
    )
    assert left == {0}


def _assert_flagged(run: Staged, fault: Fault, lines: set[int]) -> None:
    """What a fault flags is its rows; of a row that stands twice, or of a pair that contradicts itself, one or both."""
    found = run.rows("ops.flagged_rows", "source_row, rule_id")
    if fault.outcome != "flag":
        assert found == set()
        return
    assert {rule for _, rule in found} == {fault.reason}
    rows = {row for row, _ in found}
    assert rows <= lines or fault.name in _WHOLE_DOCUMENTS
    assert rows & lines
    assert lines <= rows or len(lines) > 1


# A rule on a document's total points at every row of it.
_WHOLE_DOCUMENTS = {"instalments_cent_off", "return_above_order", "credit_note_above_invoice"}
