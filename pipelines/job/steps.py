"""The steps of the main job, each one call over the rooms of the middle floor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pipelines import resources
from pipelines.errors import UsageError
from pipelines.job import draft, record, restatements
from pipelines.warehouse import models, publication
from pipelines.warehouse.side_by_side import Meanwhile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.job.run import Job
    from pipelines.spark import Engine
    from pipelines.validation import RuleResult

# Schemas by what writes into them after the marts are built.
_MODELS, _OTHERS = ("staging", "marts"), ("metrics", "ops", "main")


@dataclass(frozen=True)
class Step:
    """One coarse step: its name, its words in zh and en, and the function that takes it and tells of it."""

    name: str
    zh: str
    en: str
    act: Callable[[Job], str]


def land(job: Job) -> str:
    """Copy the exports given into the landing, by the hash of their bytes."""
    if not job.request.exports:
        return "nothing new to land"
    from pipelines import exports, validation

    ahead = validation.prepare if _is_build_certain(job, has_new_files=True) else None
    landed = exports.land(job.home.root, job.request.exports, job.request.started_at, ahead)
    new = sum(file.is_new for file in landed)
    job.has_new_files = new > 0
    return f"{len(landed)} files, {new} new"


def read(job: Job) -> str:
    """Read every landed file into its typed twin, unless its twin is there already."""
    from pipelines import exports, validation

    if _is_build_certain(job, has_new_files=job.has_new_files):
        validation.prepare()
    readings = exports.read(job.home.root, job.request.settings)
    job.fingerprint = record.fingerprint(job.request.settings, readings)
    if not readings:
        raise UsageError(
            "There is nothing to run on",
            where=str(job.home.root),
            expected="at least one export of orders, invoices or payments",
            next_step="salesdesk run EXPORTS",
        )
    if not job.request.full and record.is_unchanged(job):
        job.status = "unchanged"
    return f"{sum(reading.rows_read for reading in readings):,} rows in {len(readings)} readings"


def _is_build_certain(job: Job, *, has_new_files: bool) -> bool:
    return (has_new_files or job.request.full) and job.request.until not in {"land", "read"}


def load(job: Job) -> str:
    """Open a draft: history of former runs, current rows of every kind as `raw.<kind>`, what need not be rebuilt."""
    from pipelines import validation

    validation.prepare()
    draft.begin(job)
    kept = f", {len(job.plan.kept)} tables kept" if job.plan.kept else ""
    lost = "; the former publication is damaged, history begins anew" if job.is_former_lost else ""
    return f"as of {job.as_of}, amounts in {job.base_currency}{kept}{lost}"


def stage(job: Job) -> str:
    """Build the staging models."""
    return _build(job, "staging")


def check_staging(job: Job) -> str:
    """Validate staging; what cannot be trusted goes to quarantine before anything is computed from it."""
    words = _validate(job, "staging")
    record.refusals(job)
    return words


def mart(job: Job) -> str:
    """Build the marts and the macros over them; where several are built at once, make ready for pages meanwhile."""
    from pipelines.job import pages

    if job.at_once > 1 and job.request.until in {"", "report"}:
        pages.prepare()
    draft.after_checks(job)
    words = _build(job, "marts")
    models.create_macros(job.open_draft, resources.path("sql") / "macros")
    return words


def measure(job: Job) -> str:
    """Fill `metrics.metric_values`; where several models are built at once, check the marts meanwhile."""
    from pipelines import metrics

    if job.spark is not None:
        rows = metrics.materialise(job.open_draft, job.parameters, job.spark.make)
        return f"{rows:,} values{_by_whom({'metrics.metric_values'}, job.spark)}"
    if job.at_once > 1 and job.request.until != "measure":
        job.marts_checked = Meanwhile(job.open_draft, partial(_judged, job, "marts"), "check-marts")
    rows = metrics.materialise(job.open_draft, job.parameters)
    return f"{rows:,} values"


def check_marts(job: Job) -> str:
    """Validate marts, unless that is done already, and metrics."""
    if job.marts_checked is None:
        marts = _validate(job, "marts")
    else:
        job.comments = _describe(job, _MODELS)  # no check writes into what it reads
        begun, job.marts_checked = job.marts_checked, None
        marts = _counted(job, begun.result())
    return f"{marts}; metrics: {_validate(job, 'metrics')}"


def reconcile(job: Job) -> str:
    """Run the reconciliations; one that gives a row stops the run."""
    from pipelines import validation

    checks = validation.run_checks(job.open_draft, job.parameters, job.request.run_id, at_once=job.at_once)
    return f"{len(checks)} reconciliations, all to 0.00"


def judge(job: Job) -> str:
    """Let the gates decide whether this draft may be published."""
    from pipelines import validation

    job.counts = record.counts(job.open_draft)
    verdict = validation.judge(job.open_draft, job.results, job.request.settings)
    return verdict.words


def describe(job: Job) -> str:
    """Comment tables and columns in the draft, so that any tool that opens it can say what they mean."""
    made = job.comments + _describe(job, _OTHERS) if job.comments else _describe(job, (*_MODELS, *_OTHERS))
    return f"{made} comments"


def _describe(job: Job, schemas: tuple[str, ...]) -> int:
    from pipelines import metrics
    from pipelines.exports.declarations import kinds
    from pipelines.warehouse import comments

    return comments.describe(
        job.open_draft,
        job.models,
        folder=resources.path("sql"),
        views={
            f"metrics.{name}": f"{metric.words['zh']}\n{metric.words['en']}"
            for name, metric in metrics.catalog().items()
        },
        columns={
            column.name: f"{column.label.zh} · {column.label.en}"
            for kind in kinds().values()
            for column in kind.columns
        },
        schemas=schemas,
    )


def publish(job: Job) -> str:
    """Finish the draft's own record and move the link to it; the raw relations stay behind, in the landing."""
    connection = job.open_draft
    connection.execute("drop schema raw cascade")
    restatements.write(job)
    record.this_run(job, "published")
    draft.write_down(job)
    connection.execute("checkpoint")
    job.close_draft()
    if job.draft is None:
        message = "publish comes after load"
        raise RuntimeError(message)
    job.snapshot = publication.publish(
        job.home, job.draft, job.request.run_id, job.request.settings.keep_snapshots
    )
    return str(job.home.published)


def report(job: Job) -> str:
    """Make the pages and workbooks from the published file, and send them to whom they are for."""
    from pipelines.job import deliveries, pages

    settings = job.request.settings
    with publication.read(job.home.root, memory_limit=settings.memory_limit) as connection:
        edition = pages.Edition(connection, settings)
        job.pages = pages.publish(edition, job.home)
        receipts = deliveries.send(edition, job.request.started_at)
    job.status = "published"
    told = deliveries.in_words(receipts)
    return f"{len(job.pages)} pages and workbooks{told and '; ' + told}"


def _build(job: Job, schema: str) -> str:
    chosen = [model for model in job.models if model.name.startswith(f"{schema}.")]
    engine = _spark(job)
    if engine is None:
        built = models.build(job.open_draft, chosen, job.parameters, kept=job.plan.kept, at_once=job.at_once)
    else:
        built = engine.build(job.open_draft, chosen, job.parameters, kept=job.plan.kept)
    job.built.extend(built)
    words = f"{len(built)} tables, {sum(table.rows for table in built):,} rows"
    return f"{words}{_by_whom({table.name for table in built}, engine)}"


def _spark(job: Job) -> Engine | None:
    """Return Spark where the settings ask for it; its scratch Parquet stands beside the draft and goes with it."""
    if job.request.settings.engine != "spark":
        return None
    from pipelines.spark import Engine

    if job.spark is None:
        if job.draft is None:
            message = "Spark starts after load"
            raise RuntimeError(message)
        job.spark = Engine.open(job.request.settings.spark_master, job.draft.with_suffix(".spark"))
    return job.spark


def _by_whom(names: set[str], engine: Engine | None) -> str:
    """Say what Spark did, what DuckDB, and name what Spark has no words for."""
    if engine is None:
        return ""
    others = names - engine.done
    unknown = sorted(others & set(engine.by_duckdb))
    words = f"; by Spark {len(names & engine.done)}"
    words += f", by DuckDB {len(others)}" if others else ""
    return f"{words}, as Spark has no words for them: {', '.join(unknown)}" if unknown else words


def _validate(job: Job, stage_name: str) -> str:
    return _counted(job, _judged(job, stage_name, job.open_draft))


def _judged(job: Job, stage_name: str, connection: DuckDBPyConnection) -> list[RuleResult]:
    from pipelines import validation

    request, engine = job.request, _spark(job)
    return validation.validate(
        connection,
        stage_name,
        request.run_id,
        job.parameters,
        at=request.started_at,
        count=engine.failing if engine else None,
    )


def _counted(job: Job, results: list[RuleResult]) -> str:
    job.results.extend(results)
    failed = sum(not result.success for result in results)
    words = f"{len(results)} rules, {failed} failed"
    return f"{words}{_by_whom({result.rule_id for result in results}, job.spark)}"


STEPS = (
    Step("land", "收存文件", "land the exports", land),
    Step("read", "读取", "read them", read),
    Step("load", "装载", "open a draft", load),
    Step("stage", "整理单据", "stage documents", stage),
    Step("check staging", "校验单据", "check documents", check_staging),
    Step("mart", "建业务表", "build marts", mart),
    Step("measure", "计算指标", "compute metrics", measure),
    Step("check marts", "校验业务表", "check marts", check_marts),
    Step("reconcile", "勾稽核对", "reconcile", reconcile),
    Step("judge", "发布判定", "judge", judge),
    Step("describe", "写说明", "describe tables", describe),
    Step("publish", "发布", "publish", publish),
    Step("report", "出报告", "make reports", report),
)
