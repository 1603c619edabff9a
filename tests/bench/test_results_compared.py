"""A comparison of results that never finds a difference would let any baseline's time count."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.bench.baselines import results

ALIKE: dict[str, dict[str, tuple[Any, Any]]] = {
    name: {"2026-01-01": (Decimal("10.004"), 3)} for name in results.RESULTS
}


def test_results_that_agree_to_the_cent_differ_nowhere() -> None:
    as_floats = {name: {"2026-01-01": (10.0040001, 3), "2026-02-01": (0, None)} for name in results.RESULTS}
    assert results.differences(ALIKE, as_floats) == []


@pytest.mark.parametrize("pair", [(Decimal("10.014"), 3), (Decimal("10.004"), 2), (None, None)])
@pytest.mark.parametrize("name", results.RESULTS)
def test_result_that_is_off_is_told(name: str, pair: tuple[Any, Any]) -> None:
    off = {**ALIKE, name: {"2026-01-01": pair}}
    (told,) = results.differences(off, ALIKE)
    assert told.startswith(f"{name} 2026-01-01")
