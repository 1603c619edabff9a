"""Models that Spark only spreads: rows of one key hang on no other's, and each part is made by DuckDB's own words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pipelines import warehouse
from pipelines.spark.types import spark_type

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

# The key of each such model. application_rounds is a recursion whose step has parts of its own, which Spark refuses.
KEYS = {"marts.application_rounds": "account_no"}


def spread(
    session: SparkSession, sql: str, key: str, views: Mapping[str, str], shape: list[tuple[str, str]]
) -> DataFrame:
    """Return a model's rows: the two relations it reads, by name their views, are spread by their column `key`.

    There are as many parts as Spark's shuffles have; one is made by one Python worker, which must have salesdesk.
    """
    (one, left), (other, right) = views.items()
    shown = ", ".join(f'"{name}"::{kind} as "{name}"' for name, kind in shape)
    statement = f"select {shown} from ({sql})"

    def part(of_one: pa.Table, of_other: pa.Table) -> pa.Table:
        return made(statement, {one: of_one, other: of_other})

    number = int(session.conf.get("spark.sql.shuffle.partitions") or 1)
    sides = [
        session.table(view).selectExpr(f"pmod(hash({key}), {number}) as _part", "*").groupBy("_part")
        for view in (left, right)
    ]
    schema = ", ".join(f"`{name}` {spark_type(kind)}" for name, kind in shape)
    return sides[0].cogroup(sides[1]).applyInArrow(part, schema)


def made(statement: str, tables: Mapping[str, pa.Table]) -> pa.Table:
    """Return what DuckDB answers of tables alone, on one thread."""
    with (
        TemporaryDirectory() as spill,
        warehouse.connect(spill_folder=Path(spill), is_small=True) as connection,
    ):
        for number, (relation, table) in enumerate(tables.items()):
            connection.register(f"part_{number}", table)
            connection.execute(f"create schema if not exists {relation.split('.', maxsplit=1)[0]}")
            connection.execute(f"create table {relation} as from part_{number}")
        return connection.execute(statement).to_arrow_table()
