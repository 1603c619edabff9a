"""Time 15 rules on order lines against one SQL pass of the same checks: `python -m tests.bench.validation`.

The failing rows of each rule are compared first. A hundredth of the rows, at most 100,000, are bad; each goes to
quarantine by key. Each turn runs in a process of its own, on a file, in a transaction that is rolled back, so that its
peak memory is its own and the next turn finds the same rows.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from pipelines import validation, warehouse
from pipelines.validation import failures, lean_import, vocabulary

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_BAD = 100_000
_ROWS = """
    create schema staging;
    create table staging.stg_customers as select 'C' || range as customer_id from range(50000);
    create table staging.stg_orders as
    with numbered as (
        select
            range as n,
            (hash(range) >> 8)::bigint as h,
            range % ($lines // least(greatest($lines // 100, 1), $most_bad)) = 7 as is_bad,
            h % 7 as fault
        from range($lines)
    )
    select
        1::integer as file_no,
        n + 2 as source_row,
        'SO' || lpad((n // 2)::varchar, 10, '0') as order_id,
        (n % 2 + 1)::integer as line_no,
        case
            when is_bad and fault = 0 then null
            when is_bad and fault = 1 then 'X' || h % 50000
            else 'C' || h % 50000
        end as customer_id,
        'P' || (h % 900) as product_id,
        date '2024-01-01' + (n % 900)::integer as order_date,
        date '2024-01-03' + (n % 900)::integer - if(is_bad and fault = 2, 9, 0) as shipped_date,
        case when is_bad and fault = 3 then 'mislaid' when h % 2 = 0 then 'shipped' else 'completed' end as status,
        if(is_bad and fault = 4, 'RMB?', 'CNY') as currency,
        (1 + h % 20)::decimal(18, 4) as quantity,
        (10 + h % 5000 / 100)::decimal(18, 4) as unit_price,
        (quantity * unit_price)::decimal(18, 4) as gross_amount,
        0::decimal(18, 4) as discount_amount,
        (gross_amount + if(is_bad and fault >= 5, 0.01, 0))::decimal(18, 4) as net_amount,
        0.13::decimal(9, 6) as tax_rate
    from numbered;
"""
_NOT_NULL = "expect_column_values_to_not_be_null"
_BETWEEN = "expect_column_values_to_be_between"
_REGEX = "expect_column_values_to_match_regex"
# Fourteen rules on rows as suite and, by hand, as the condition of a failing row; the fifteenth counts the rows.
RULES: dict[str, tuple[dict[str, Any], str]] = {
    "order_id_given": ({"expectation": _NOT_NULL, "column": "order_id"}, "order_id is null"),
    "order_date_given": ({"expectation": _NOT_NULL, "column": "order_date"}, "order_date is null"),
    "customer_given": ({"expectation": _NOT_NULL, "column": "customer_id"}, "customer_id is null"),
    "amount_known": ({"expectation": _NOT_NULL, "column": "net_amount"}, "net_amount is null"),
    "line_once": (
        {"expectation": vocabulary.UNIQUE_TOGETHER, "column_list": ["order_id", "line_no"]},
        "(order_id, line_no) in (select (order_id, line_no) from repeated)",
    ),
    "status_known": (
        {
            "expectation": "expect_column_values_to_be_in_set",
            "column": "status",
            "value_set": ["confirmed", "shipped", "completed", "cancelled"],
        },
        "status not in ('confirmed', 'shipped', 'completed', 'cancelled')",
    ),
    "currency_code": (
        {"expectation": _REGEX, "column": "currency", "regex": "^[A-Z]{3}$"},
        "not regexp_full_match(currency, '[A-Z]{3}')",
    ),
    "order_id_form": (
        {"expectation": _REGEX, "column": "order_id", "regex": "^SO[0-9]{10}$"},
        "not regexp_full_match(order_id, 'SO[0-9]{10}')",
    ),
    "quantity_sign": ({"expectation": _BETWEEN, "column": "quantity", "min_value": 0}, "quantity < 0"),
    "price_sign": ({"expectation": _BETWEEN, "column": "unit_price", "min_value": 0}, "unit_price < 0"),
    "tax_rate_plausible": (
        {"expectation": _BETWEEN, "column": "tax_rate", "min_value": 0, "max_value": 0.3},
        "tax_rate < 0 or tax_rate > 0.3",
    ),
    "shipped_after_ordered": (
        {"predicate": "shipped_date >= order_date", "columns": ["order_date", "shipped_date"]},
        "shipped_date < order_date",
    ),
    "net_adds_up": (
        {"predicate": "net_amount = gross_amount - discount_amount", "columns": ["net_amount"]},
        "net_amount <> gross_amount - discount_amount",
    ),
    "customer_on_file": (
        {
            "predicate": "customer_id in (select customer_id from staging.stg_customers)",
            "columns": ["customer_id"],
        },
        "customer_id is not null and customer_id not in (select customer_id from staging.stg_customers)",
    ),
}


@dataclass(frozen=True)
class Turn:
    """One measured turn: wall and processor seconds of the verdicts and of the keys, peak memory in MB, what failed."""

    name: str
    seconds: float
    cpu_seconds: float
    keys_seconds: float
    keys_cpu_seconds: float
    peak: int
    failed: dict[str, int]


class Clock:
    """Adds up wall and processor seconds of what it is put around."""

    def __init__(self) -> None:
        self.seconds = self.cpu_seconds = 0.0

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return the same work, timed."""

        def timed(*args: Any, **named: Any) -> Any:
            begin, cpu = time.perf_counter(), time.process_time()
            try:
                return work(*args, **named)
            finally:
                self.seconds += time.perf_counter() - begin
                self.cpu_seconds += time.process_time() - cpu

        return timed


def by_hand(connection: DuckDBPyConnection, _folder: Path) -> tuple[dict[str, int], Clock, Clock]:
    """Count the failing rows of every rule in one SELECT; no keys."""
    counts = ", ".join(
        f"count(*) filter (where {condition}) as {name}" for name, (_, condition) in RULES.items()
    )
    # A repeated key is looked for among integer hashes first, as anyone would who has waited for the other way.
    pass_ = (
        "with repeated as (select order_id, line_no from staging.stg_orders where hash(order_id, line_no) in "
        "(select hash(order_id, line_no) from staging.stg_orders group by all having count(*) > 1) "
        f"group by all having count(*) > 1) select {counts}, count(*) as row_count from staging.stg_orders"
    )
    clock = Clock()
    row = clock.around(lambda: connection.execute(pass_).fetchone())()
    return dict(zip(RULES, row[:-1], strict=True)), clock, Clock()


def by_suite(connection: DuckDBPyConnection, folder: Path) -> tuple[dict[str, int], Clock, Clock]:
    """Validate by the suite; what finds, counts and moves the failing rows is timed apart."""
    lean_import.engine()
    whole, keys = Clock(), Clock()
    failures.collect, failures.write = keys.around(failures.collect), keys.around(failures.write)
    results = whole.around(validation.validate)(connection, "staging", "bench", folder=folder)
    whole.seconds -= keys.seconds
    whole.cpu_seconds -= keys.cpu_seconds
    found = {result.rule_id.split(".")[1]: result.failed_count for result in results if result.then != "stop"}
    return found, whole, keys


def write_suite(folder: Path) -> None:
    """Write the fifteen rules as a suite; each sends its failing rows to quarantine."""
    why = {"zh": "基准", "en": "Benchmark."}
    usual = {"severity": "warning", "then": "quarantine", "why": why}
    count = {"id": "rows", "expectation": "expect_table_row_count_to_be_between", "min_value": 1}
    rules = [
        {**count, "severity": "critical", "then": "stop", "why": why},
        *({"id": name, **written, **usual} for name, (written, _) in RULES.items()),
    ]
    declared = {
        "table": "staging.stg_orders",
        "key": ["order_id", "line_no"],
        "amount": "net_amount",
        "currency": "currency",
        "rules": rules,
    }
    (folder / "stg_orders.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")


def measured(work: Callable[..., Any], *arguments: Any) -> Any:
    """Do work in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def prepare(database: Path, lines: int) -> None:
    """Write the order lines."""
    with warehouse.connect(database, memory_limit="2GB") as connection:
        for statement in _ROWS.replace("$lines", str(lines)).replace("$most_bad", str(MOST_BAD)).split(";\n"):
            if statement.strip():
                connection.execute(statement)
        connection.execute("checkpoint")


def turn(name: str, database: Path, folder: Path) -> Turn:
    """Take one turn in a transaction that is rolled back."""
    work = {"by hand": by_hand, "by suite": by_suite}[name]
    with warehouse.connect(database, memory_limit="2GB") as connection:
        failures.create_tables(connection)
        connection.execute("begin")
        failed, clock, keys = work(connection, folder)
        connection.execute("rollback")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Turn(name, clock.seconds, clock.cpu_seconds, keys.seconds, keys.cpu_seconds, peak, failed)


def table(turns: list[Turn]) -> str:
    """Return the turns as a table; ratios are to the fastest pass by hand."""
    base = min(turn.seconds for turn in turns if turn.name == "by hand")
    cpu = min(turn.cpu_seconds for turn in turns if turn.name == "by hand")
    names = ("s", "ratio", "cpu s", "ratio", "keys s", "ratio", "cpu s", "ratio")
    lines = [f"{'':10}{''.join(f'{name:>8}' for name in names)}{'peak MB':>9}"]
    for one in turns:
        figures = (
            *(one.seconds, one.seconds / base, one.cpu_seconds, one.cpu_seconds / cpu),
            *(one.keys_seconds, one.keys_seconds / base, one.keys_cpu_seconds, one.keys_cpu_seconds / cpu),
        )
        lines.append(f"{one.name:10}{''.join(f'{figure:>8.2f}' for figure in figures)}{one.peak:>9,}")
    return "\n".join(lines)


def main() -> None:
    """Write order lines, take turns, compare what failed, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where to work; default: a temporary folder")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as scratch:
        folder = Path(scratch)
        database = folder / "orders.duckdb"
        write_suite(folder)
        measured(prepare, database, chosen.lines)
        turns = [
            measured(turn, name, database, folder)
            for _ in range(chosen.turns)
            for name in ("by hand", "by suite")
        ]
    if any(one.failed != turns[0].failed for one in turns):
        sys.exit(f"the verdicts differ: {[one.failed for one in turns]}")
    bad = sum(turns[0].failed.values())
    sys.stdout.write(
        f"{chosen.lines:,} rows, {bad:,} failures, the same by hand and by suite\n{table(turns)}\n"
    )


if __name__ == "__main__":
    main()
