"""Errors tell what, where, found, expected, next, and hint at the nearest names."""

from __future__ import annotations

from pipelines.errors import GateFailed, SalesdeskError, UsageError, did_you_mean


def test_error_with_every_part_lays_them_out_one_a_line() -> None:
    error = UsageError("No such thing", where="a.csv", found="x", expected="y", hint="z?", next_step="do w")
    assert str(error).splitlines() == [
        "No such thing",
        "  where:    a.csv",
        "  found:    x",
        "  expected: y",
        "  hint:     z?",
        "  next:     do w",
    ]


def test_error_without_parts_is_its_first_line() -> None:
    assert str(SalesdeskError("Only this")) == "Only this"


def test_exit_codes_tell_data_from_usage() -> None:
    assert (GateFailed("x").exit_code, UsageError("x").exit_code) == (1, 2)


def test_hint_near_name_is_named() -> None:
    assert did_you_mean("revenu", ["revenue", "orders"]) == "did you mean revenue?"


def test_hint_far_name_lists_all() -> None:
    assert did_you_mean("zzz", ["revenue", "orders"]) == "known: orders, revenue"
