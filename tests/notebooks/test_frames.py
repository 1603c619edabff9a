"""Frames are exact, say what they are, hint at slips, and tie-outs see what is missing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines import analysis
from pipelines.analysis import parquet
from pipelines.errors import MetricError, ModelError, NothingPublished, UsageError
from pipelines.warehouse import Home, publication
from pipelines.warehouse.comments import dictionary
from tests.architecture.source import PROJECT
from tests.notebooks.conftest import salesdesk
from tests.packaging.test_help import SLOW

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

pytestmark = pytest.mark.slow
TWO_LANGUAGES = re.compile(r".*[\u4e00-\u9fff].* · .*[A-Za-z]{2}.*")


def test_analysis_import_loads_nothing_heavy() -> None:
    code = "import sys; from pipelines import analysis; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) & SLOW == set()


def test_query_frame_is_exact_and_adds_up_in_pandas(published: DuckDBPyConnection) -> None:
    frame = analysis.query(published, "revenue", by="region")
    total = published.execute("select sum(value) from metrics.revenue where segment_count = 0").fetchone()
    assert str(frame["value"].dtype) == "decimal128(38, 6)[pyarrow]"
    assert total is not None
    assert frame["value"].sum() == total[0]
    assert isinstance(frame["value"].sum(), Decimal)


def test_query_frame_tells_definition_and_completeness(published: DuckDBPyConnection) -> None:
    frame = analysis.query(published, "order_value", as_of="2026-03-15")
    told = frame.attrs["definitions"]["order_value"]
    assert told["label"] == {"zh": "笔单价", "en": "Order value"}
    assert told["words"]["en"] == "revenue ÷ orders"
    assert (told["unit"], frame.attrs["base_currency"]) == ("money", "CNY")
    assert str(frame.attrs["as_of"]) == "2026-03-15"
    assert frame.attrs["is_complete"] is False
    assert not frame["is_complete"].iloc[-1]


def test_tie_out_sees_a_missing_slice_and_a_missing_bucket(published: DuckDBPyConnection) -> None:
    regions = analysis.query(published, "revenue", by="region", grain="all")
    assert analysis.tie_out(published, regions).empty
    lost = analysis.tie_out(published, regions.iloc[1:])
    assert lost["expected"][0] - lost["found"][0] == regions["numerator"][0]
    aging = analysis.aging(published, as_of="2026-05-20", basis="invoice", bounds=(10, 20), by="region")
    assert analysis.tie_out(published, aging).empty
    assert len(analysis.tie_out(published, aging.iloc[1:])) == 1


def test_receivables_frames_tell_speed_and_accounts_that_add_up(published: DuckDBPyConnection) -> None:
    months = analysis.receivables(published)
    last = months[months["currency"] == "CNY"].iloc[-1]
    totals = published.execute(
        "select opening_amount, closing_amount from marts.receivable_totals where currency = 'CNY' "
        "order by month_end desc limit 1"
    ).fetchone()
    assert (last["opening"], last["closing"]) == totals
    # Days delinquent are those beyond the best possible, and the frame keeps six decimals of each.
    assert abs(last["dso"] - last["bpdso"] - last["days_delinquent"]) <= Decimal("0.000002")
    accounts = analysis.reconciliation(published, start="2026-02-01", end="2026-02-28")
    assert not accounts["difference_amount"].any()
    aging = analysis.aging(published, as_of="2026-02-28", by="currency")
    for currency, closing in accounts.groupby("currency")["closing_amount"].sum().items():
        assert closing == aging[aging["slice"] == currency]["amount"].sum()


def test_slips_are_told_with_the_nearest_names(published: DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(MetricError, match="did you mean revenue"):
        analysis.query(published, "revenu")
    with pytest.raises(UsageError, match="as_of is not a date"):
        analysis.query(published, "revenue", as_of="31.10.2026")
    with pytest.raises(ModelError, match="fct_orders"):
        analysis.table(published, "select * from marts.fct_order")
    with pytest.raises(UsageError, match="lapsed"):
        analysis.customers(published, customer_class="lapse")
    with pytest.raises(UsageError, match="no figure of its own"):
        analysis.figure(analysis.files(published))
    with pytest.raises(UsageError, match="at most 6"):
        analysis.figure(analysis.query(published, "revenue", by="sales_rep"))
    with pytest.raises(NothingPublished, match="SALESDESK_HOME"):
        analysis.read(tmp_path)


def test_frame_plots_as_the_reports_draw_it(published: DuckDBPyConnection) -> None:
    frame = analysis.query(published, "revenue")
    assert frame.plot(lang="en").to_dict() == analysis.figure(frame, "en").to_dict()
    assert frame.tail(3).plot().to_dict() == analysis.figure(frame.tail(3)).to_dict()


def test_metric_of_an_older_publication_is_told(demo_home: Path, tmp_path: Path) -> None:
    from pipelines.warehouse import connect

    shutil.copy((demo_home / "warehouse.duckdb").resolve(), tmp_path / "older.duckdb")
    with connect(tmp_path / "older.duckdb") as older:
        older.execute("alter table marts.fct_reviews rename to reviews_of_then")
        with pytest.raises(MetricError, match=r"(?s)fct_reviews.*salesdesk build"):
            analysis.query(older, "csat")
        assert not analysis.query(older, "revenue").empty


def test_refresh_turns_to_a_newer_publication_only(demo_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo_home, home, symlinks=True)
    connection = analysis.read(home)
    assert analysis.refresh(connection, home) is connection
    draft = publication.new_draft(Home(home), "29990101T000000-aaaaaa")
    shutil.copy(home / "warehouse.duckdb", draft)
    publication.publish(Home(home), draft, "29990101T000000-aaaaaa", keep=2)
    with analysis.refresh(connection, home) as newer:
        assert newer is not connection
        row = newer.execute(
            "select path from duckdb_databases() where database_name = current_database()"
        ).fetchone()
        assert row is not None
        assert row[0].endswith("29990101T000000-aaaaaa.duckdb")


def test_frame_without_rows_is_drawn_as_words(published: DuckDBPyConnection) -> None:
    frame = analysis.aging(published, as_of="2001-01-01")
    assert frame.empty
    drawn = frame.plot(lang="en").to_dict()
    assert drawn["layout"]["annotations"][0]["text"] == "Nothing to draw: what was asked for has no row."


def test_home_of_the_environment_is_read_by_default(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESDESK_HOME", str(demo_home))
    with analysis.read() as connection:
        assert len(analysis.about(connection)) == 1


def test_published_file_refuses_writing(published: DuckDBPyConnection) -> None:
    import duckdb

    with pytest.raises(duckdb.Error, match="read-only"):
        published.execute("delete from marts.fct_orders")


def test_export_writes_exact_parquet_and_refuses_unknown_tables(
    published: DuckDBPyConnection, tmp_path: Path
) -> None:
    import pyarrow.parquet as pq

    written = list(parquet.export(published, tmp_path / "out", ["fct_orders", "metrics.metric_values"]))
    assert [path.name for _, _, path in written] == ["fct_orders.parquet", "metrics.metric_values.parquet"]
    orders = pq.read_table(written[0][2])
    assert str(orders.schema.field("base_net_amount").type) == "decimal128(18, 4)"
    row = published.execute("select count(*), sum(base_net_amount) from marts.fct_orders").fetchone()
    assert row == (
        orders.num_rows,
        sum(value for value in orders["base_net_amount"].to_pylist() if value is not None),
    )
    with pytest.raises(UsageError, match=r"did you mean marts\.fct_orders"):
        list(parquet.export(published, tmp_path / "none", ["fct_order"]))
    assert not (tmp_path / "none").exists()


def test_every_published_table_and_column_has_words(published: DuckDBPyConnection) -> None:
    relations = published.execute(
        "select schema_name || '.' || table_name, comment from duckdb_tables() where not internal union all "
        "select schema_name || '.' || view_name, comment from duckdb_views() where not internal"
    ).fetchall()
    assert [name for name, words in relations if not words] == []
    columns = published.execute(
        "select schema_name || '.' || table_name || '.' || column_name from duckdb_columns() "
        "where not internal and coalesce(comment, '') = '' order by all"
    ).fetchall()
    assert columns == [], "say them in sql/dictionary.yaml, or in the header of the file that makes them"


def test_dictionary_says_each_column_in_zh_and_en() -> None:
    words = dictionary(PROJECT / "sql")["columns"]
    assert [name for name, said in words.items() if not TWO_LANGUAGES.fullmatch(said)] == []


def test_export_and_reference_commands_say_where(demo_home: Path, tmp_path: Path) -> None:
    said = salesdesk("export", tmp_path / "parquet", "--tables", "dim_dates", "--home", demo_home)
    assert said.strip() == str(tmp_path / "parquet" / "dim_dates.parquet")
    pages = salesdesk("reference", "--home", demo_home).split()
    assert [Path(page).name for page in pages] == ["tables.html", "metrics.html"]
    tables, catalog = (Path(page).read_text(encoding="utf-8") for page in pages)
    assert "<code>marts.fct_orders</code>" in tables
    assert "笔单价 · Order value <code>order_value</code>" in catalog
