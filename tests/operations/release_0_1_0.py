"""A HOME as release 0.1.0 left it, from a frozen description: never change it, add a later release beside it.

Two months of the small company were landed and published. Its twins are left out, as in a restored backup; its January
revenue was published as 360, so that the upgrade restates it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from pipelines import warehouse
from tests.operations.home import TABLES

RUN_ID = "20261125T130354-7c0043"
_JOURNAL = {
    "run_id": RUN_ID,
    "started_at": "2026-11-25 13:03:54.425547",
    "finished_at": "2026-11-25 13:04:06.106547",
    "status": "published",
    "as_of": "2026-02-28",
    "known_at": None,
    "base_currency": "CNY",
    "fingerprint": "a11e5eacc00ca029d41791fe3859560f00d10c4dc5d1fbbd4c81d22cb0400067",
    "files": 6,
    "rows_read": 15,
    "rows_quarantined": 0,
    "seconds": "11.681",
    "peak_memory_bytes": 456437760,
    "versions": '{"python": "3.11.7", "salesdesk": "0.1.0", "duckdb": "1.5.6"}',
    "message": "",
}
# What a later release reads of a former publication, as 0.1.0 wrote it.
_PUBLISHED = """
create schema ops;
create schema metrics;
create table ops.runs (
    run_id varchar, started_at timestamp, finished_at timestamp, status varchar, as_of date, known_at timestamp,
    base_currency varchar, fingerprint varchar, files integer, rows_read bigint, rows_quarantined bigint,
    seconds decimal(12, 3), peak_memory_bytes bigint, versions varchar, message varchar
);
insert into ops.runs values (
    '20261125T130354-7c0043', '2026-11-25 13:03:54.425547', '2026-11-25 13:04:06.106547', 'published', '2026-02-28',
    null, 'CNY', 'a11e5eacc00c', 6, 15, 0, 11.681, 456437760, '{}', ''
);
create table ops.files (
    file_no integer, file_id varchar, file_name varchar, source_part varchar, kind varchar, mapping varchar,
    loaded_at timestamp, is_current boolean, rows_read bigint, rows_loaded bigint, rows_quarantined bigint,
    rows_superseded bigint, rows_skipped bigint, amount_read decimal(18, 4), amount_quarantined decimal(18, 4),
    encoding varchar, header_row integer
);
create table ops.flagged_rows (
    run_id varchar, table_name varchar, rule_id varchar, severity varchar, file_no integer, source_row bigint,
    document_key varchar, column_name varchar, found varchar, amount decimal(18, 4), currency varchar
);
create table ops.quarantine (
    file_no integer, file_name varchar, source_part varchar, source_row bigint, kind varchar, document_key varchar,
    column_name varchar, found varchar, expected varchar, reason_code varchar, reason_en varchar, reason_zh varchar,
    amount decimal(18, 4), currency varchar, rule_id varchar, run_id varchar, opened_at timestamp,
    closed_at timestamp, closed_by_file varchar, status varchar
);
create table ops.expectation_results (
    run_id varchar, table_name varchar, rule_id varchar, expectation varchar, severity varchar, success boolean,
    checked_count bigint, failed_count bigint, failed_amount decimal(18, 4), observed varchar, words_en varchar,
    words_zh varchar, checked_at timestamp, consequence varchar, metrics varchar[], is_broken boolean
);
insert into ops.expectation_results values (
    '20261125T130354-7c0043', 'staging.stg_orders', 'orders-are-there', 'ExpectTableRowCountToBeBetween', 'critical',
    true, 4, 0, null, '4', 'There are orders.', '有订单。', '2026-11-25 13:04:01', 'stop', ['revenue'], false
);
create table ops.reconciliations (
    run_id varchar, check_name varchar, severity varchar, difference_count bigint, sample varchar, passed boolean
);
create table ops.restatements (
    run_id varchar, previous_run_id varchar, metric varchar, grain varchar, period_start date,
    old_value decimal(28, 8), new_value decimal(28, 8), cause varchar
);
create table metrics.metric_values (
    metric varchar, grain varchar, period_start date, segment_count integer, region varchar, sales_rep varchar,
    channel varchar, product_category varchar, currency varchar, numerator decimal(38, 4),
    denominator decimal(38, 4), value decimal(38, 6), is_complete boolean
);
insert into metrics.metric_values values
    ('revenue', 'month', '2026-01-01', 0, null, null, null, null, null, 360, null, 360, true);
"""


def home(root: Path) -> Path:
    """Write the HOME and return its folder."""
    for position, export in enumerate(TABLES, start=1):
        _landed(root / "landing", export, position)
    snapshot = root / "snapshots" / f"warehouse-{RUN_ID}.duckdb"
    snapshot.parent.mkdir()
    with warehouse.connect(snapshot) as connection:
        connection.execute(_PUBLISHED)
        hashes = [hashlib.sha256(export.read_bytes()).hexdigest() for export in TABLES]
        for sha256 in hashes:
            connection.execute("insert into ops.files (file_id) values ($sha256)", {"sha256": sha256})
    (root / "warehouse.duckdb").symlink_to(snapshot.relative_to(root))
    pages = root / "reports" / RUN_ID
    pages.mkdir(parents=True)
    (pages / "index.html").write_text("<!doctype html><title>0.1.0</title>", encoding="utf-8")
    (root / "reports" / "latest").symlink_to(RUN_ID)
    (root / "runs.jsonl").write_text(json.dumps(_JOURNAL) + "\n", encoding="utf-8")
    return root


def _landed(landing: Path, export: Path, position: int) -> None:
    sha256 = hashlib.sha256(export.read_bytes()).hexdigest()
    place = landing / sha256[:2] / sha256
    (place / "bytes").mkdir(parents=True)
    shutil.copy(export, place / "bytes")
    receipt = {
        "sha256": sha256,
        "name": export.name,
        "size": export.stat().st_size,
        "loaded_at": "2026-11-25T13:03:54.425547+00:00",
        "position": position,
    }
    (place / "receipt.json").write_text(json.dumps(receipt, indent=1), encoding="utf-8")
