"""Words of a status: read quickly where they are written plainly, whatever a sample shows."""

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


def test_words_are_declared_as_they_are_compared() -> None:
    told = [words for kind in kinds().values() for words in kind.words.values()]
    told += [
        words for one in mapping.mappings() for feed in one.feeds for words in (feed.words or {}).values()
    ]

    assert all(normalise(word) == word for words in told for word in words)
