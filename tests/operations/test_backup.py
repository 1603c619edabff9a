"""A backup brings everything back that cannot be made again; a damaged one brings nothing."""

from __future__ import annotations

import io
import tarfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines import warehouse
from pipelines.errors import LandingDamaged, NothingPublished, UsageError, WarehouseBusy
from pipelines.warehouse import Home, archive, backup, doctor, restoring, state
from pipelines.warehouse.home import lock
from tests.operations.home import corrected, january_revenue, run

MOMENT = datetime(2026, 3, 2, tzinfo=UTC)


def test_backup_restored_into_an_empty_home_gives_the_same_figures_and_builds_on(
    home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    backup.backup(Home(home), file, MOMENT)
    other = tmp_path / "other"
    backup.recover(Home(other), file)
    assert january_revenue(other) == Decimal(370)
    assert {
        one.verdict for one in doctor.examine(Home(other)) if one.check in {"landing", "publication"}
    } == {"ok"}
    # twins are not in a backup: the next run reads the bytes again, and the correction replaces O1
    assert run(other, corrected(tmp_path / "in"), number=2).status == "published"
    assert january_revenue(other) == Decimal(305)


def test_backup_with_one_changed_byte_restores_nothing(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    backup.backup(Home(home), file, MOMENT)
    whole = file.read_bytes()
    place = whole.index(b"Bearing")
    file.write_bytes(whole[:place] + b"bearing" + whole[place + 7 :])
    other = Home(tmp_path / "other")
    with pytest.raises(LandingDamaged):
        backup.recover(other, file)
    assert not list(other.landing.glob("*/*"))
    assert not (other.root / ".restoring").exists()


def test_backup_cut_short_restores_nothing(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    backup.backup(Home(home), file, MOMENT)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises((UsageError, LandingDamaged)):
        backup.recover(Home(tmp_path / "other"), file)
    assert state.published(Home(tmp_path / "other")) is None


def test_backup_member_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    with tarfile.open(file, "w") as tar:
        entry = tarfile.TarInfo("../outside.txt")
        entry.size = 4
        tar.addfile(entry, io.BytesIO(b"evil"))
    with pytest.raises(UsageError):
        backup.recover(Home(tmp_path / "a" / "home"), file)
    assert not list(tmp_path.rglob("outside.txt"))


def test_backup_into_a_home_with_exports_is_refused(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    backup.backup(Home(home), file, MOMENT)
    with pytest.raises(UsageError, match="not empty"):
        backup.recover(Home(home), file)


def test_backup_over_a_file_or_inside_home_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "there.tar").write_bytes(b"mine")
    for target in (tmp_path / "there.tar", home / "backup.tar"):
        with pytest.raises(UsageError):
            backup.backup(Home(home), target, MOMENT)
    assert (tmp_path / "there.tar").read_bytes() == b"mine"


def test_backup_during_a_run_is_refused(home: Path, tmp_path: Path) -> None:
    with lock(Home(home)), pytest.raises(WarehouseBusy):
        backup.backup(Home(home), tmp_path / "backup.tar", MOMENT)
    assert not list(tmp_path.glob("*.tar*"))


def test_restore_of_an_earlier_snapshot_brings_its_figures_and_pages_back(home: Path, tmp_path: Path) -> None:
    first = state.published(Home(home))
    assert first is not None
    assert run(home, corrected(tmp_path / "in"), number=2).status == "published"
    restoring.restore(Home(home), first.run_id)
    assert january_revenue(home) == Decimal(370)
    assert (home / "reports" / "latest").resolve().name == first.run_id
    # the landing is the truth: the next run publishes the correction again
    assert run(home, number=3).status == "published"
    assert january_revenue(home) == Decimal(305)


def test_restore_of_an_unknown_run_is_refused_and_names_those_kept(home: Path) -> None:
    with pytest.raises(NothingPublished) as caught:
        restoring.restore(Home(home), "20260301T000001-bbbbbb")
    assert "20260301T000001-aaaaaa" in caught.value.hint


def test_put_back_after_another_publication_moves_nothing(home: Path, tmp_path: Path) -> None:
    first = state.published(Home(home))
    run(home, corrected(tmp_path / "in"), number=2)
    second = state.published(Home(home))
    run(home, number=3, as_of=date(2026, 3, 1))
    assert first is not None
    assert second is not None
    assert not restoring.put_back(Home(home), second.snapshot, first.snapshot)
    assert january_revenue(home) == Decimal(305)


def test_archive_outlives_its_snapshot(home: Path) -> None:
    current = state.published(Home(home))
    assert current is not None
    kept = archive.keep(Home(home), current.snapshot, current.as_of)
    again = archive.keep(Home(home), current.snapshot, current.as_of)
    current.snapshot.unlink()
    assert kept == again == home / "archive" / "2026-02-28"
    with warehouse.connect(kept / "warehouse.duckdb", read_only=True) as connection:
        assert connection.execute("select count(*) from marts.fct_orders").fetchone() == (4,)
    assert (kept / "reports" / "index.html").is_file()
