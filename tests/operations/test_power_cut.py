"""After a power cut at any moment the publication is the former or the new one, whole; no landed byte is lost."""

from __future__ import annotations

import os
import random
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines import exports
from pipelines.warehouse import Home, doctor, journal
from tests.operations.home import corrected, january_revenue, run
from tests.operations.power import Record, after_cut, recorded

# More on request: POWER_CUTS=300 make test. After every eighth the next run is taken, too.
CUTS = int(os.environ.get("POWER_CUTS", "16"))
_RUN_EVERY = 8


@pytest.fixture
def record(home: Path, tmp_path: Path) -> Record:
    """The notes of one run that lands a correction and publishes it."""
    with recorded(home) as notes:
        assert run(home, corrected(tmp_path / "in"), number=2).status == "published"
    return notes


def test_power_cut_at_any_moment_leaves_a_whole_publication_and_every_landed_byte(
    record: Record, tmp_path: Path
) -> None:
    draw = random.Random(20260228)  # noqa: S311 - moments to cut at, no secrets
    landed = {file.sha256 for file in exports.landed_files(record.root)}
    figures = set()
    for number in range(1, CUTS + 1):
        moment = draw.randrange(record.moment + 1)
        home = after_cut(record, moment, tmp_path / f"cut-{number}", draw)
        where = f"cut {number} after note {moment}: {(['start', *record.what])[moment]}"
        figure = january_revenue(home)
        # 370 before the correction, 125 + 180 = 305 after it
        assert figure in {Decimal(370), Decimal(305)}, where
        figures.add(figure)
        kept = {file.sha256 for file in exports.landed_files(home)}
        assert len(landed - kept) <= 1, where
        if figure == Decimal(305):
            assert kept == landed, where
        damage = [one for one in doctor.examine(Home(home)) if one.verdict == "failure"]
        assert not damage, f"{where}: {damage}"
        if number % _RUN_EVERY == 0:
            assert run(home, corrected(tmp_path / "in"), number=3).status in {"published", "unchanged"}, where
            assert january_revenue(home) == Decimal(305), where
    # of so many moments some are before the link is moved, some after
    assert figures == {Decimal(370), Decimal(305)}


def test_power_cut_of_a_writer_that_syncs_nothing_is_seen(home: Path, tmp_path: Path) -> None:
    # the model itself: without an fsync a new file and its name may both be missing
    with recorded(home) as notes:
        (home / "note.next").write_text("new", encoding="utf-8")
        (home / "note.next").rename(home / "note")
    draw = random.Random(1)  # noqa: S311
    seen = set()
    for number in range(40):
        place = after_cut(notes, notes.moment, tmp_path / f"cut-{number}", draw) / "note"
        seen.add(place.read_bytes().strip(b"\0") if place.exists() else None)
    assert {None, b"", b"new"} <= seen


def test_journal_goes_on_after_a_torn_line(home: Path) -> None:
    place = Home(home)
    whole = len(journal.all_runs(place))
    for torn in ('{"run_id": "2026', "\0" * 40, '{"run_id": "2026"}'):
        with place.journal.open("a", encoding="utf-8") as lines:
            lines.write(torn)
        journal.append(place, {"run_id": "next", "started_at": "2026-03-02 00:00:00", "status": "failed"})
        whole += 1
        assert len(journal.all_runs(place)) == whole
        assert journal.last_runs(place, 1)[0]["run_id"] == "next"
