"""Work done side by side ends as the same work one after the other would."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.warehouse.side_by_side import Meanwhile, Piece, side_by_side

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_PATIENCE = 20


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_each_piece_finds_what_it_comes_after_and_results_keep_their_order(
    connection: DuckDBPyConnection, at_once: int
) -> None:
    def table(number: int) -> Piece[int]:
        source = (
            f"select sum(number) + 1 as number from t{number - 1}" if number % 4 else "select 1 as number"
        )

        def act(on: DuckDBPyConnection) -> int:
            on.execute(f"create table t{number} as {source}")
            row = on.execute(f"select number from t{number}").fetchone()
            assert row is not None
            return int(row[0])

        return Piece(f"t{number}", frozenset({f"t{number - 1}"} if number % 4 else ()), act)

    # four tables in a row, five times: each row counts 1, 2, 3, 4
    assert side_by_side(connection, [table(number) for number in range(20)], at_once) == [1, 2, 3, 4] * 5


def test_two_pieces_are_done_at_the_same_time(connection: DuckDBPyConnection) -> None:
    both = threading.Barrier(2)
    pieces = [Piece(name, frozenset(), lambda _: both.wait(_PATIENCE)) for name in ("a", "b")]
    assert sorted(side_by_side(connection, pieces, 2)) == [0, 1]


def test_first_piece_that_fails_is_told_though_a_later_one_failed_sooner(
    connection: DuckDBPyConnection,
) -> None:
    later_failed = threading.Event()
    begun = []

    def first(_connection: DuckDBPyConnection) -> None:
        assert later_failed.wait(_PATIENCE)
        raise ValueError("first")

    def later(_connection: DuckDBPyConnection) -> None:
        later_failed.set()
        raise ValueError("later")

    pieces = [
        Piece("first", frozenset(), first),
        Piece("later", frozenset(), later),
        Piece("of first", frozenset({"first"}), lambda _: begun.append("of first")),
        Piece("last", frozenset(), lambda _: begun.append("last")),
    ]
    with pytest.raises(ValueError, match="first"):
        side_by_side(connection, pieces, 2)
    assert begun == []


def test_piece_before_one_that_failed_is_still_done(connection: DuckDBPyConnection) -> None:
    """One after the other would have done it, and told of its failure rather than of the later one's."""
    failed = threading.Event()

    def slow(_connection: DuckDBPyConnection) -> None:
        assert failed.wait(_PATIENCE)

    def fails(_connection: DuckDBPyConnection) -> None:
        failed.set()
        raise ValueError("later")

    def also_fails(_connection: DuckDBPyConnection) -> None:
        raise ValueError("earlier")

    pieces = [
        Piece("slow", frozenset(), slow),
        Piece("of slow", frozenset({"slow"}), also_fails),
        Piece("later", frozenset(), fails),
    ]
    with pytest.raises(ValueError, match="earlier"):
        side_by_side(connection, pieces, 2)


def test_work_broken_off_from_outside_ends_what_is_being_done_beside_it(
    connection: DuckDBPyConnection,
) -> None:
    begun = threading.Event()

    def endless(on: DuckDBPyConnection) -> None:
        if threading.current_thread() is threading.main_thread():
            assert begun.wait(_PATIENCE)
            raise KeyboardInterrupt
        begun.set()
        on.execute(
            "select count(*) from range(1000000) as a, range(1000000) as b where a.range * b.range = 7"
        )

    with pytest.raises(KeyboardInterrupt):
        side_by_side(connection, [Piece(name, frozenset(), endless) for name in ("a", "b")], 2)
    assert "beside" not in {thread.name for thread in threading.enumerate()}
    assert connection.execute("select 1").fetchone() == (1,)


def test_work_done_meanwhile_gives_its_result_or_its_error_when_asked(connection: DuckDBPyConnection) -> None:
    def answer(on: DuckDBPyConnection) -> int:
        row = on.execute("select number from held").fetchone()
        return row[0] if row else 0

    connection.execute("create table held as select 42 as number")
    begun = Meanwhile(connection, answer, "answer")
    connection.execute("create table more as select 1 as number")
    assert begun.result() == 42
    connection.execute("drop table held")
    with pytest.raises(duckdb.CatalogException, match="held"):
        Meanwhile(connection, answer, "answer").result()


def test_work_done_meanwhile_ends_when_it_is_broken_off(connection: DuckDBPyConnection) -> None:
    endless = "select count(*) from range(1000000) as a, range(1000000) as b where a.range * b.range = 7"
    begun = Meanwhile(connection, lambda on: on.execute(endless).fetchall(), "endless")
    begun.break_off()
    assert "endless" not in {thread.name for thread in threading.enumerate()}
    assert connection.execute("select 1").fetchone() == (1,)
