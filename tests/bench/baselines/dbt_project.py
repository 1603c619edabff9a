"""The same models built by dbt: a project is written from them, on a database that holds the same current rows.

Only `dbt run` is timed: landing, reading and finding the current rows come before it, and there are no checks, metrics,
publication or pages after it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import job, warehouse
from pipelines.job.run import opened
from pipelines.job.steps import STEPS
from pipelines.settings import Settings
from pipelines.validation.binding import literal
from tests.bench.processes import Cost, measured

if TYPE_CHECKING:
    from pipelines.warehouse.models import Model

INSTALL = (
    "python -m venv .venv-dbt; .venv-dbt/bin/pip install 'dbt-core<1.11' 'dbt-duckdb<1.11' duckdb==1.5.6"
)
PROJECT = """
name: salesdesk
version: "1.0.0"
profile: salesdesk
flags: {{send_anonymous_usage_stats: false}}
models: {{+materialized: table}}
"""
PROFILE = """
salesdesk:
  target: bench
  outputs:
    bench: {{type: duckdb, path: '{path}', schema: main, threads: 1}}
"""
# Schemas as the models name them, not below the target's.
SCHEMA_NAMES = """
{% macro generate_schema_name(custom_schema_name, node) -%}{{ custom_schema_name or target.schema }}{%- endmacro %}
"""


def command() -> str:
    """Return where dbt is: DBT in the environment, on PATH, or where `INSTALL` puts it; empty where it is nowhere."""
    here = Path(".venv-dbt/bin/dbt").resolve()
    return os.environ.get("DBT") or shutil.which("dbt") or (str(here) if here.is_file() else "")


def prepare(exports: Path, as_of: date, folder: Path) -> tuple[Model, ...]:
    """Write the current rows of the exports to `folder/built.duckdb` and the project beside it; return its models."""
    request = job.Request(
        Settings(home=folder / "home", as_of=as_of),
        (exports,),
        "20261101T000000-000000",
        datetime(2026, 11, 1, tzinfo=UTC),
        date(2026, 11, 1),
    )
    with opened(replace(request, full=True)) as run:
        for step in STEPS[: [each.name for each in STEPS].index("stage")]:
            run.take(step)
        run.open_draft.execute("checkpoint")
        parameters, models, draft = dict(run.parameters), run.models, run.draft
        run.close_draft()
        shutil.copyfile(str(draft), folder / "built.duckdb")
        run.status = "stopped"
    write(models, parameters, folder)
    return models


def write(models: Iterable[Model], parameters: Mapping[str, Any], folder: Path) -> None:
    """Write a project of these models to the folder."""
    (folder / "macros").mkdir(parents=True)
    (folder / "macros" / "schema_names.sql").write_text(SCHEMA_NAMES, encoding="utf-8")
    (folder / "dbt_project.yml").write_text(PROJECT.format(), encoding="utf-8")
    (folder / "profiles.yml").write_text(PROFILE.format(path=folder / "built.duckdb"), encoding="utf-8")
    chosen = list(models)
    names = {model.name for model in chosen}
    for model in chosen:
        schema, stem = model.name.split(".")
        place = folder / "models" / schema
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{stem}.sql").write_text(told(model, names, parameters), encoding="utf-8")


def told(model: Model, names: set[str], parameters: Mapping[str, Any]) -> str:
    """Return a model as dbt's: parameters written in, other models named by `ref`, everything else as it stands."""
    sql = re.sub(r"^\s*--.*$", "", model.sql, flags=re.MULTILINE)
    sql = re.sub(r"\$([a-z_]+)\b", lambda found: literal(parameters[found[1]]), sql)
    read = sorted(model.references & names, key=len, reverse=True)
    if read:
        pattern = rf"\b(?:{'|'.join(map(re.escape, read))})\b"
        sql = re.sub(
            pattern, lambda found: f"{{% endraw %}}{{{{ ref('{found[0].split('.')[1]}') }}}}{_as(found)}", sql
        )
    schema = model.name.split(".")[0]
    return f"{{{{ config(schema='{schema}') }}}}\n{{% raw %}}\n{sql}\n{{% endraw %}}\n"


def _as(found: re.Match[str]) -> str:
    """Keep the table's own name where the query gives it none: dbt names it with its database."""
    after = found.string[found.end() :].lstrip()
    named = re.match(r"as\b", after)
    return "{% raw %}" if named else f" as {found[0].split('.')[1]}{{% raw %}}"


def run(folder: Path, log: Path) -> Cost:
    """Build the project and return what it took."""
    quiet = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}
    return measured(
        [command(), "run", "--project-dir", str(folder), "--profiles-dir", str(folder)], log, quiet
    )


def differences(folder: Path, home: Path, models: Iterable[Model]) -> list[str]:
    """Return the models of which dbt's table is not the published one, row by row."""
    found = []
    with warehouse.read(home) as connection:
        connection.execute(f"attach '{folder / 'built.duckdb'}' as other (read_only)")
        for model in models:
            row = connection.execute(
                f"select count(*) from ((from {model.name} except all from other.{model.name}) "
                f"union all (from other.{model.name} except all from {model.name}))"
            ).fetchone()
            if row != (0,):
                found.append(f"{model.name}: {row}")
    return found
