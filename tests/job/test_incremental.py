"""A build that keeps what has not changed publishes the same as one that builds everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import job, warehouse
from pipelines.errors import PublicationDamaged
from pipelines.settings import Settings
from pipelines.warehouse import models, reuse

if TYPE_CHECKING:
    from pipelines.job.run import Fact

EXPORTS = Path(__file__).parents[1] / "fixtures" / "exports" / "two_months"
TABLES = sorted(EXPORTS.glob("*.csv"))
# A DuckDB file begins with three headers.
_BLOCKS_BEGIN = 3 * 4096
# What tells of the run itself and not of the data.
_OF_THE_RUN = {"ops.runs", "ops.models"}

CONTACTS = "customer_id,contact_date,method,result\nC1,2026-02-20,phone,promised\n"
# Order O2 again at another price, a new one, and one in a currency without a rate: a suite takes that out of staging.
CORRECTED = (
    "order_id,order_date,customer_id,line_no,quantity,unit_price,status,currency\n"
    "O2,2026-01-20,C2,1,10,13.50,completed,CNY\nO9,2026-02-27,C2,1,1,80.00,confirmed,CNY\n"
    "O10,2026-02-26,C1,1,1,9.00,confirmed,USD\n"
)
PAID = "payment_id,payment_date,customer_id,amount,method\nP9,2026-02-27,C2,41.25,transfer\n"
REPAIR = """
- id: p9-was-more
  kind: payments
  key: {payment_id: P9}
  action: override
  column: amount
  expected: "41.25"
  value: "40.25"
  reason: {zh: 银行回单为准, en: The bank's slip says so.}
  who: Li
  when: 2026-03-01
"""


class Quiet:
    """A watcher that says nothing."""

    def started(self, step: job.Step) -> None:
        """Say nothing."""

    def finished(self, fact: Fact) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Drop:
    """What comes on one day: files, a change of settings, of SQL; `kept` must stay, `built` must not."""

    files: tuple[tuple[str, str], ...] = ()
    is_sql_changed: bool = False
    settings: tuple[tuple[str, Any], ...] = ()
    kept: tuple[str, ...] = ()
    built: tuple[str, ...] = ()


DROPS = (
    Drop(),
    Drop(
        files=(("collections.csv", CONTACTS),),
        kept=("staging.stg_orders", "marts.fct_orders", "marts.fct_receivables"),
        built=("staging.stg_collections", "marts.collections_worklist"),
    ),
    Drop(
        files=(("orders_again.csv", CORRECTED),),
        kept=("staging.stg_payments", "staging.stg_customers"),
        built=("staging.stg_orders", "marts.fct_orders", "marts.fct_customer_months"),
    ),
    # stg_orders has lost a row to its suite: it is built again, and what read it then is kept all the same
    Drop(
        settings=(("as_of", date(2026, 3, 31)),),
        kept=("staging.stg_payments", "marts.fct_payment_applications", "marts.order_totals"),
        built=("staging.stg_orders", "marts.fct_receivables"),
    ),
    Drop(
        files=(("payments_more.csv", PAID), ("corrections/payments.yaml", REPAIR)),
        settings=(("lapsed_days", 30),),
        kept=("staging.stg_invoices", "marts.fct_orders"),
        built=("marts.fct_payments", "marts.fct_customer_months"),
    ),
    Drop(
        is_sql_changed=True,
        kept=("staging.stg_invoices", "marts.fct_orders", "marts.fct_receivables", "marts.fct_payments"),
        built=("marts.dim_customers", "marts.collections_worklist", "marts.dim_customer_scores"),
    ),
)


def _take(home: Path, drop: Drop, settings: Settings, number: int, *, full: bool) -> dict[str, str]:
    """Take one drop in and return a digest of every published table and view."""
    moment = datetime(2026, 3, 1, number, tzinfo=UTC)
    exports = [] if number else [*TABLES]
    for name, text in drop.files:
        path = (home if name.startswith("corrections/") else home.parent) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        exports += [path] if path.suffix == ".csv" else []
    request = job.Request(
        replace(settings, home=home),
        tuple(exports),
        f"20260301T{number:02}0000-aaaaaa",
        moment,
        moment.date(),
        full=full,
        until="publish",
    )
    job.run_direct(request, Quiet())
    with warehouse.read(home) as connection:
        names = sorted(models.relations(connection) - _OF_THE_RUN)
        return {name: reuse.content(connection, name) for name in names}


def _built_by(home: Path) -> dict[str, str]:
    with warehouse.read(home) as connection:
        return dict(connection.execute("select relation, built_by from ops.models").fetchall())


def test_incremental_build_publishes_what_a_full_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.job.draft._WORTH_COPYING", 0.01)
    # what asks first whether anything changed reads the files, and this test changes SQL behind their back
    monkeypatch.setattr("pipelines.job.record.is_unchanged", lambda _: False)
    settings = Settings(as_of=date(2026, 2, 28), base_currency="CNY")
    partial, whole = tmp_path / "partial", tmp_path / "whole"
    for number, drop in enumerate(DROPS):
        settings = replace(settings, **dict(drop.settings))
        if drop.is_sql_changed:
            monkeypatch.setattr(models, "load_folder", _changed(models.load_folder))
        kept_some = _take(partial, drop, settings, number, full=False)
        built_all = _take(whole, drop, settings, number, full=True)
        assert kept_some == built_all, f"drop {number}"
        run_id = f"20260301T{number:02}0000-aaaaaa"
        assert set(_built_by(whole).values()) == {run_id}
        by = _built_by(partial)
        assert {name for name in drop.kept if by[name] == run_id} == set(), f"drop {number} kept too little"
        assert {name for name in drop.built if by[name] != run_id} == set(), f"drop {number} kept too much"


def _changed(load_folder: Callable[..., list[models.Model]]) -> Callable[..., list[models.Model]]:
    """Return a loader whose `dim_customers` is another SELECT."""

    def load(*asked: Any) -> list[models.Model]:
        return [
            replace(
                model,
                sql=f"select * replace (upper(customer_name) as customer_name) from ({model.sql})",
                digest="another",
            )
            if model.name == "marts.dim_customers"
            else model
            for model in load_folder(*asked)
        ]

    return load


def test_kept_table_that_is_damaged_is_told_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.job.draft._WORTH_COPYING", 0.01)
    settings = Settings(as_of=date(2026, 2, 28), base_currency="CNY")
    _take(tmp_path / "home", Drop(), settings, 0, full=False)
    _damage(tmp_path / "home" / "warehouse.duckdb", "staging.stg_invoices")
    with pytest.raises(PublicationDamaged, match="build --full"):
        _take(tmp_path / "home", Drop(), replace(settings, as_of=date(2026, 3, 31)), 1, full=False)


def _damage(snapshot: Path, table: str) -> None:
    """Overwrite the bytes of the blocks that hold a table."""
    with warehouse.connect(snapshot, read_only=True) as connection:
        blocks = connection.execute(
            "select distinct block_id from pragma_storage_info($table) where block_id >= 0", {"table": table}
        ).fetchall()
        (size,) = connection.execute("select block_size from pragma_database_size()").fetchall()[0]
    with snapshot.resolve().open("r+b") as held:
        for (block,) in blocks:
            held.seek(_BLOCKS_BEGIN + block * size + size // 2)
            held.write(b"damaged" * 100)


def test_digest_of_a_model_is_of_its_meaning_not_its_layout(tmp_path: Path) -> None:
    texts = {
        "one": "select a from marts.t where a = 1.50\n",
        "same": "-- another head\nselect\n    a\nfrom marts.t\nwhere a = 1.50;\n",
        "other": "select a from marts.t where a = 1.5\n",
    }
    (tmp_path / "marts").mkdir()
    for stem, text in texts.items():
        (tmp_path / "marts" / f"{stem}.sql").write_text(text, encoding="utf-8")
    with warehouse.connect() as connection:
        digests = {one.name: one.digest for one in models.load_folder(tmp_path, connection, ["marts"])}
    assert digests["marts.one"] == digests["marts.same"] != digests["marts.other"]


def test_content_of_a_relation_tells_a_changed_a_missing_and_a_doubled_row() -> None:
    rows = [
        "(1, 'a'), (2, null)",
        "(2, null), (1, 'a')",
        "(1, 'a'), (2, 'b')",
        "(1, 'a')",
        "(1, 'a'), (1, 'a')",
    ]
    with warehouse.connect() as connection:
        first, turned, *others = [reuse.content(connection, f"(values {each})") for each in rows]
    assert first == turned
    assert first not in others
    assert len(set(others)) == len(others)
