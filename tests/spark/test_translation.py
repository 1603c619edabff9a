"""DuckDB's SQL told to Spark, as text: what is changed, and what is refused by name."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines import resources, warehouse
from pipelines.spark import macros, translation
from pipelines.spark.calls import NotTranslated
from pipelines.spark.translation import to_spark
from pipelines.warehouse import models

COLUMNS = {"marts.a": ("x", "y"), "marts.b": ("y", "z")}

KEPT = "SELECT * EXCEPT (_is_kept) FROM (SELECT *, COUNT(*) OVER () = 1 AS _is_kept FROM t) AS _all WHERE _is_kept"
BY_NAME = """
SELECT x, y, NULL AS z FROM (SELECT * FROM marts__a AS a) AS _side
UNION ALL SELECT NULL AS x, y, z FROM (SELECT * FROM marts__b AS b) AS _side
"""


def told(sql: str, **parameters: object) -> str:
    return to_spark(sql, parameters, COLUMNS)


@pytest.mark.parametrize(
    ("duckdb", "spark"),
    [
        ("select x from marts.a", "SELECT x FROM marts__a AS a"),
        ("select a.x from marts.a as a", "SELECT a.x FROM marts__a AS a"),
        ("select len(x), length(x) from t", "SELECT SIZE(x), LENGTH(x) FROM t"),
        ("select x::hugeint from t", "SELECT CAST(x AS DECIMAL(38, 0)) FROM t"),
        ("select x // y from t", "SELECT x DIV NULLIF(y, 0) FROM t"),
        ("select x / 7 from t", "SELECT x / 7 FROM t"),
        ("select extract(isodow from d) from t", "SELECT (WEEKDAY(d) + 1) FROM t"),
        (
            "select regexp_full_match(x, '[0-9]{8}') from t",
            "SELECT REGEXP_LIKE(x, CONCAT('^(?:', '[0-9]{8}', ')$')) FROM t",
        ),
        ("select x[:2] from t", "SELECT LEFT(x, 2) FROM t"),
        ("select x[2:] from t", "SELECT SLICE(x, 2, 1000000000) FROM t"),
        (
            "select lag(x) over w from t window w as (partition by y order by z rows unbounded preceding)",
            "SELECT LAG(x) OVER (PARTITION BY y ORDER BY z NULLS LAST) FROM t",
        ),
        ("select * from t qualify count(*) over () = 1", KEPT),
        ("select * from marts.a union all by name select * from marts.b", BY_NAME),
    ],
)
def test_statement_is_told_in_sparks_words(duckdb: str, spark: str) -> None:
    assert told(duckdb).split() == spark.split()


def test_parameters_become_literals() -> None:
    text = told("select $day, $name, $bounds::integer[]", day=date(2026, 1, 31), name="it's", bounds=[30, 60])
    assert text == "SELECT CAST('2026-01-31' AS DATE), 'it\\'s', CAST(ARRAY(30, 60) AS ARRAY<INT>)"


def test_macro_is_said_with_its_arguments_where_it_is_called() -> None:
    with warehouse.connect() as connection:
        connection.execute(
            "create macro twice(a) as 2 * a; create macro eight_times(b) as twice(twice(2 * b))"
        )
        known = macros.known(connection)
    text = to_spark("select eight_times(x + 1) from t", {}, {}, known)
    assert text == "SELECT (((2 * (((2 * ((2 * (x + 1))))))))) FROM t"


def test_rows_numbered_in_no_order_are_numbered_once_before_the_statement() -> None:
    """Spark would put the part in at both its reads, and number its rows anew at each."""
    sql = (
        "with one as (select x from marts.a), numbered as (select x, row_number() over () as n from one), "
        "some as (select n from numbered where x > 1) select * from numbered inner join some using (n)"
    )
    statement = translation.told(translation.parsed(sql), {}, COLUMNS)
    part = (
        "WITH one AS (SELECT x FROM marts__a AS a) "
        "SELECT x, ROW_NUMBER() OVER (ORDER BY 1 NULLS LAST) AS n FROM one"
    )
    assert statement.parts == (("numbered", part),)
    assert statement.statement == (
        "WITH some AS (SELECT n FROM numbered WHERE x > 1) SELECT * FROM numbered INNER JOIN some USING (n)"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "select * from a asof join b on a.x >= b.x and a.y > b.y",
        "pivot t on x using sum(y)",
        "select list_reduce(x, lambda a, b: a + b) from t",
        "select list(x order by y) from t",
        "select list(x order by x desc) from t",
    ],
)
def test_what_spark_does_not_have_is_refused(sql: str) -> None:
    with pytest.raises(NotTranslated):
        told(sql)


def test_every_model_is_told_to_spark() -> None:
    with warehouse.connect() as connection:
        found = models.load_folder(resources.path("sql"), connection)
    refused = set()
    for model in found:
        columns = dict.fromkeys(model.references, ("x",))
        try:
            to_spark(model.sql, dict.fromkeys(model.parameters), columns)
        except NotTranslated:
            refused.add(model.name)
    assert refused == set()
