"""The rounds of cash application: claims that want one invoice come to rest; one that never would is an error."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines import resources, warehouse
from pipelines.errors import ModelError
from tests import support
from tests.metrics.receivables import accounts
from tests.metrics.receivables.applications import applications
from tests.metrics.receivables.ledger import Application, Invoice, Ledger, Payment, merged

DAY = [accounts.FIRST + timedelta(days=number) for number in range(6)]
# Two payments each claim all of I0. Guessed to get it, together they leave less than nothing of it, which once pushed
# what lies behind (I1) to and fro under the cash that names nothing.
MUTUAL = (
    [Invoice("I0", DAY[0], DAY[0], 100), Invoice("I1", DAY[1], DAY[1], 100)],
    [
        Payment("P0", 1, DAY[1], 50),
        Payment("P1", 1, DAY[2], 100, "I0"),
        Payment("P2", 1, DAY[3], 100, "I0"),
        Payment("P3", 1, DAY[4], 70),
    ],
)


def test_payments_that_claim_the_same_invoice_share_it_in_their_order() -> None:
    with warehouse.connect() as connection:
        accounts.build(connection, {"A": MUTUAL})
        found = applications(connection, "A")
    assert found == merged(Ledger(*MUTUAL).run())
    # The cash of day 1 came first to I0; P1 gets the other half, P2 nothing; day 4 fills the next in line.
    assert found == [
        Application(DAY[1], "P0", 1, "I0", 50, "oldest_first"),
        Application(DAY[2], "P1", 1, "I0", 50, "named"),
        Application(DAY[4], "P3", 1, "I1", 70, "oldest_first"),
    ]


def test_account_that_never_comes_to_rest_ends_the_build_with_its_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = support._models(resources.path("sql"))
    rounds = next(model for model in known if model.name == "marts.application_rounds")
    restless = replace(rounds, sql=rounds.sql.replace("as is_wrong\n", "or true as is_wrong\n", 1))
    assert restless.sql != rounds.sql
    monkeypatch.setattr(
        support, "_models", lambda _: tuple(restless if each is rounds else each for each in known)
    )
    with warehouse.connect() as connection, pytest.raises(ModelError) as caught:
        accounts.build(connection, {"A": MUTUAL})
    assert "cash application goes in circles at event" in str(caught.value)
    assert "of account 1" in str(caught.value)
    assert "application_rounds.sql" in str(caught.value)
