"""Cells as programs write them are read quickly, and as the closer look reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.exports import cleaning, mapping
from pipelines.exports.cleaning import Reading
from pipelines.exports.declarations import kinds, normalise

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@pytest.mark.parametrize(
    ("text", "value"), [("confirmed", "confirmed"), ("已签收", "delivered"), ("In Production", None)]
)
def test_plainly_written_word_is_read_quickly_though_no_sample_shows_it(
    connection: DuckDBPyConnection, text: str, value: str | None
) -> None:
    words = kinds()["orders"].words["status"]

    quick = cleaning.fast(kinds()["orders"].column("status"), "$cell", Reading(words=words))

    assert connection.execute(f"select {quick}", {"cell": text}).fetchone() == (value,)


@pytest.mark.parametrize(
    ("kind", "column", "text", "value"),
    [
        ("invoices", "invoice_type", "digital_general", "digital_general"),
        ("invoices", "is_credit_note", "false", False),
        ("invoices", "is_credit_note", "是", True),
        ("invoices", "is_credit_note", "maybe", None),
        ("payments", "reference", "货款000000001", "货款000000001"),
        ("payments", "reference", "货款 １", None),
        ("payments", "reference", "货款\u3000", None),
        ("payments", "reference", "\u00a0货款", None),
        ("orders", "customer_id", "C001000", "C001000"),
        ("orders", "customer_id", "243120000000123000", None),
        ("orders", "customer_id", "'0123", None),
    ],
)
def test_cell_as_a_program_writes_it_is_read_quickly_and_as_the_closer_look_reads_it(
    connection: DuckDBPyConnection, kind: str, column: str, text: str, value: object
) -> None:
    declared = kinds()[kind].column(column)
    reading = Reading(words=kinds()[kind].words.get(column))
    quick = cleaning.fast(declared, "cell", reading)
    closer = cleaning.slow(declared, f"({cleaning.shape(declared, 'cell', reading)})", reading)

    found = connection.execute(f"select {quick}, {closer} from (select $cell as cell)", {"cell": text})
    read_quickly, read_closely = found.fetchone() or ()

    assert read_quickly == value
    assert read_quickly is None or read_quickly == read_closely


def test_words_are_declared_as_they_are_compared() -> None:
    told = [words for kind in kinds().values() for words in kind.words.values()]
    told += [
        words for one in mapping.mappings() for feed in one.feeds for words in (feed.words or {}).values()
    ]

    assert all(normalise(word) == word for words in told for word in words)
