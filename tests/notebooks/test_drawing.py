"""Figures of frames where there is little to draw."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pyarrow as pa
import pytest

from pipelines import analysis


@pytest.mark.parametrize(
    ("is_complete", "drawn"),
    [((True, True), [["40.0"]]), ((True, False), [])],
    ids=["one month after the first", "none is over"],
)
def test_cohorts_of_a_young_company_are_drawn_as_far_as_they_go(
    is_complete: tuple[bool, bool], drawn: list[list[str]]
) -> None:
    """Five customers first ordered in January, two of them again in February."""
    columns = pa.table(
        {
            "cohort_month": [date(2026, 1, 1)] * 2,
            "month_no": [0, 1],
            "cohort_size": [5, 5],
            "retained_count": [5, 2],
            "is_complete": is_complete,
            "is_left_censored": [True, True],
        }
    )
    frame = columns.to_pandas(types_mapper=pd.ArrowDtype)
    frame.attrs["kind"] = "cohorts"
    found = analysis.figure(frame, "en")
    assert [[f"{y:.1f}" for y in trace.y if y is not None] for trace in found.data] == drawn
    told = [str(note.text) for note in found.layout.annotations]
    assert any("Nothing to draw" in text for text in told) is not bool(drawn)
