"""What was expected of a cell in quarantine is said in Chinese too."""

from __future__ import annotations

from pipelines.exports.declarations import kinds
from pipelines.exports.reasons import expected_for, expected_in_chinese


def test_what_every_column_expects_is_said_in_chinese() -> None:
    told = {expected_for(column, None) for kind in kinds().values() for column in kind.columns}

    assert told - expected_in_chinese().keys() == set()
    assert expected_in_chinese()["a row of orders"] == "订单中的一行"
