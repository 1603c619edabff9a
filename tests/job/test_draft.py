"""The draft of a run is opened with what its work needs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines import job
from pipelines.job.run import opened
from tests.operations.home import TABLES, request_of


@pytest.mark.parametrize(
    ("memory_limit", "allowed"), [("", 2_500_000_000), ("1GB", 1_000_000_000)], ids=["not set", "set"]
)
def test_draft_of_a_small_company_holds_no_more_than_it_may(
    tmp_path: Path, memory_limit: str, allowed: int
) -> None:
    request = request_of(tmp_path, *TABLES)
    settings = replace(request.settings, memory_limit=memory_limit)
    with opened(replace(request, settings=settings)) as build:
        for step in job.STEPS[:3]:
            build.take(step)
        asked = "select parse_formatted_bytes(current_setting('memory_limit'))"
        (told,) = build.open_draft.execute(asked).fetchone() or (None,)
    assert told == pytest.approx(allowed, rel=0.05)  # told as 2.3 GiB
