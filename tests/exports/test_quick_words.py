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
        ("orders", "customer_id", "C001\n", None),
        ("orders", "customer_id", "E.ON", None),
        ("invoices", "invoice_id", "2.6332e+19", None),
        ("invoices", "invoice_id", "2.6332E19", None),
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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("C001\u200b", "C001"),
        ("\u200eC001\u202c", "C001"),
        ("C\u2060001\ufeff", "C001"),
        ("C001\u2003", "C001"),
        ("\nC001\u2028", "C001"),
        ("甲公司\u00a0上海", "甲公司 上海"),
        ("甲公司\u3000上海\u200b", "甲公司 上海"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("2.6332e+19", None),
        ("2.6332E19", None),
    ],
    ids=range(10),
)
def test_code_with_characters_nobody_sees_is_the_code_that_is_seen(
    connection: DuckDBPyConnection, text: str, value: str | None
) -> None:
    column, reading = kinds()["invoices"].column("invoice_id"), Reading()
    quick = cleaning.fast(column, "cell", reading)
    closer = cleaning.slow(column, f"({cleaning.shape(column, 'cell', reading)})", reading)

    found = connection.execute(
        f"select coalesce({quick}, {closer}) from (select $cell as cell)", {"cell": text}
    )

    assert found.fetchone() == (value,)


def test_words_are_declared_as_they_are_compared() -> None:
    told = [words for kind in kinds().values() for words in kind.words.values()]
    told += [
        words for one in mapping.mappings() for feed in one.feeds for words in (feed.words or {}).values()
    ]

    assert all(normalise(word) == word for words in told for word in words)
