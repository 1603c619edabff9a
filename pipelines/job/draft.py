"""The draft of a run: fresh, or begun from a copy of the last publication where much of it stays the same."""

from __future__ import annotations

import os
import shutil
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines import resources
from pipelines.errors import SalesdeskError
from pipelines.job import record, workdays
from pipelines.warehouse import connect, insert, models, publication, reuse, room
from pipelines.warehouse.connection import ENOUGH_MEMORY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.job.run import Job
    from pipelines.warehouse import Home

# Below this share of its rows, copying the former publication and freeing the rest costs more than it saves.
_WORTH_COPYING = 0.2
# Bytes of typed rows up to which one thread builds in less processor time and no more wall time than two: some
# 80,000 order lines with all that belongs to them.
_SMALL = 6_000_000
# What a large build may hold where no memory_limit is set, as a multiple of the typed rows.
_MEMORY_TO_TYPED = 3
# Statements of one thread each that are run side by side at the most: about as wide as the models' graph is.
_MOST_AT_ONCE = 4
# Bytes of typed rows up to which two statements of several threads each are run side by side: some 3 million order
# lines. One alone leaves a part of the machine idle while it sorts or writes; beyond, or where memory is limited, two
# might want more than they may have.
_MIDDLING = 250_000_000


def begin(job: Job) -> None:
    """Open the draft and load the landing into it; keep the tables that would come out the same.

    A full run keeps none. `as_of`, `base_currency` and the plan are known afterwards.
    """
    settings = job.request.settings
    room.require(job.home.snapshots, _least(job), "the next publication")
    job.draft = publication.new_draft(job.home, job.request.run_id)
    _open(job)
    leaves = _load(job)
    job.as_of = settings.as_of or record.latest_date(job.open_draft, job.request.today)
    job.base_currency = settings.base_currency or record.base_currency(job.open_draft)
    job.workdays = workdays.parameters(settings.holiday_country, job.as_of.year + 2)
    job.models = tuple(models.load_folder(resources.path("sql"), job.open_draft))
    leaves |= _others(job, leaves)
    former = publication.published(job.home)
    made = {} if former is None or job.request.full else reuse.former_models(former)
    plan = reuse.plan(job.models, leaves, job.parameters, made)
    if former is not None and plan.kept_share >= _WORTH_COPYING:
        job.close_draft()
        publication.discard(job.draft)
        _copy(job.home, former, job.draft)
        _open(job)
        reuse.leave_only(job.open_draft, plan.kept)
        _load(job)
    else:
        plan = reuse.plan(job.models, leaves, job.parameters, {})
    job.plan, job.leaves = plan, leaves


def _least(job: Job) -> int:
    """Return the bytes that a publication takes at the least: about what the last one does; the typed rows before."""
    former = publication.published(job.home)
    if former is not None:
        return former.stat().st_size // 2
    return _typed(job)


def _typed(job: Job) -> int:
    """Return the bytes of the typed rows in the landing."""
    return sum(twin.stat().st_size for twin in job.home.landing.rglob("*.parquet"))


def after_checks(job: Job) -> None:
    """Settle the plan once suites have taken rows out of staging: drop what was kept on another assumption."""
    plan = reuse.plan(job.models, job.leaves, job.parameters, job.plan.former, _checked(job))
    for name in job.plan.kept - plan.kept:
        schema, table = name.split(".")
        job.open_draft.execute(f'drop table "{schema}"."{table}"')
    job.plan = plan


def write_down(job: Job) -> None:
    """Fill `ops.models`: what each model of this publication took, and by what it is known again."""
    checked = _checked(job)
    built = {one.name: one for one in job.built}
    rows = []
    for name, fingerprint in job.plan.fingerprints.items():
        was = job.plan.former.get(name)
        if name in built:
            told = (built[name].rows, Decimal(str(round(built[name].seconds, 3))), job.request.run_id)
        elif was is not None:
            told = (was.rows, was.seconds, was.built_by)
        else:
            continue
        rows.append((name, fingerprint, checked.get(name, fingerprint), *told))
    insert(job.open_draft, "ops.models", rows)


def _checked(job: Job) -> dict[str, str]:
    """Return the state of each table that a suite of this run took rows out of."""
    touched = {one.table_name for one in job.results if one.then == "quarantine" and one.failed_count}
    return {name: reuse.content(job.open_draft, name) for name in sorted(touched)}


def _others(job: Job, leaves: Mapping[str, str]) -> dict[str, str]:
    """Return a digest of each relation that models read beside those of the landing, such as one of `ops`."""
    read = {name for model in job.models for name in model.references}
    made = {model.name for model in job.models}
    known = read - made - set(leaves)
    return {name: reuse.content(job.open_draft, name) for name in known & models.relations(job.open_draft)}


def _open(job: Job) -> None:
    if job.draft is None:
        message = "a draft is opened after it has a place"
        raise RuntimeError(message)
    limit = job.request.settings.memory_limit or None
    spill = job.draft.with_suffix(".spill")
    typed = _typed(job)
    small = typed < _SMALL
    most = _MOST_AT_ONCE if small else 2 if typed < _MIDDLING and not limit else 1
    job.at_once = min(os.cpu_count() or 1, most)
    job.connection = connect(
        job.draft,
        memory_limit=limit,
        most_memory=max(ENOUGH_MEMORY, _MEMORY_TO_TYPED * typed),
        spill_folder=spill,
        is_small=small,
        is_draft=True,
    )
    room.require_memory(job.connection)


def _load(job: Job) -> dict[str, str]:
    from pipelines import exports

    record.carry_history(job)
    leaves = exports.load(job.open_draft, job.home.root, job.request.settings, job.request.run_id)
    exports.examine_documents(job.open_draft, job.request.exports, job.request.started_at)
    job.counts = record.counts(job.open_draft)
    return leaves


def _copy(home: Home, former: Path, place: Path) -> None:
    try:
        shutil.copyfile(former, place)
    except OSError as error:
        raise SalesdeskError(
            "The last publication could not be copied to begin the next",
            where=str(home.snapshots),
            found=error.strerror or str(error),
            next_step="free space, then run again; what was published stands",
        ) from error
