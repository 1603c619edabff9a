"""The headers of SQL files become comments on what they make."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import resources
from pipelines.warehouse import comments, models

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HEADER = """-- One row is one order; it's shown once.
-- - is_late: delivered after its promise;
--   null when not due.
-- - net_amount, tax_amount: of valid lines.
"""


def built(connection: DuckDBPyConnection, folder: Path) -> list[models.Model]:
    (folder / "marts").mkdir()
    (folder / "marts" / "fct_orders.sql").write_text(
        HEADER + "select 'A' as order_id, true as is_late, 1.5 as net_amount, 2.5 as tax_amount",
        encoding="utf-8",
    )
    (folder / "macros").mkdir()
    (folder / "macros" / "doubled.sql").write_text(
        "-- Twice the value.\ncreate or replace macro doubled(value) as 2 * value;\n", encoding="utf-8"
    )
    found = models.load_folder(folder, connection, ("marts",))
    models.build(connection, found, {})
    models.create_macros(connection, folder / "macros")
    return found


def test_describe_comments_tables_columns_and_macros(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    found = built(connection, tmp_path)
    # the table, its four columns and the macro; the view is not there
    words = {"order_id": "订单编号 · order number", "is_late": "never: the header says more"}
    made = comments.describe(
        connection, found, folder=tmp_path, columns=words, views={"metrics.none": "not built"}
    )
    assert made == 6
    table = connection.execute(
        "select comment from duckdb_tables() where table_name = 'fct_orders'"
    ).fetchone()
    assert table == (comments.header(HEADER),)
    columns = connection.execute(
        "select column_name, comment from duckdb_columns() where table_name = 'fct_orders' order by column_index"
    ).fetchall()
    assert columns == [
        ("order_id", "订单编号 · order number"),
        ("is_late", "delivered after its promise; null when not due."),
        ("net_amount", "of valid lines."),
        ("tax_amount", "of valid lines."),
    ]
    macro = connection.execute(
        "select comment from duckdb_functions() where function_name = 'doubled'"
    ).fetchone()
    assert macro == ("Twice the value.",)


def test_every_published_model_has_a_header(connection: DuckDBPyConnection) -> None:
    found = models.load_folder(resources.path("sql"), connection)
    silent = [model.name for model in found if not comments.header(model.path.read_text(encoding="utf-8"))]
    assert silent == []


def test_describe_of_some_schemas_leaves_the_others(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    found = built(connection, tmp_path)
    # the table and its three columns that the header tells of; then the macro
    made = [
        comments.describe(connection, found, folder=tmp_path, schemas=(schema,))
        for schema in ("marts", "main", "ops")
    ]
    assert made == [4, 1, 0]
