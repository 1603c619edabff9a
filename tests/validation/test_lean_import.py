"""Great Expectations without what no suite uses, and what gives way when it is used after all."""

from __future__ import annotations

import gc
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.validation import lean_import, stand_ins

_FRESH = """
import sys
from pipelines import validation
from pipelines.validation import lean_import

assert "great_expectations" not in sys.modules
engine = lean_import.engine()
assert engine is sys.modules["pipelines.validation.engine"]
left_out = "altair docstring_parser duckdb jsonschema jinja2 pandas pyarrow requests scipy.stats sqlalchemy.orm"
assert [name for name in left_out.split() if name in sys.modules] == []

from great_expectations.expectations.core import expect_column_kl_divergence_to_be_less_than as divergence
assert round(divergence.stats.entropy([0.5, 0.5], base=2), 6) == 1
import scipy.stats
assert divergence.stats.entropy is scipy.stats.entropy

import great_expectations as gx
import pandas
from great_expectations import render
from great_expectations.core import http
from great_expectations.datasource import fluent

assert render.DefaultJinjaPageView().render
assert http.create_session("token").headers["Gx-Version"] == gx.__version__
pandas_source = "great_expectations.datasource.fluent.pandas_datasource"
assert pandas_source not in sys.modules
assert fluent.PandasDatasource is sys.modules[pandas_source].PandasDatasource
from great_expectations.data_context.types.base import ProgressBarsConfig
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = ProgressBarsConfig(globally=False)
asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": pandas.DataFrame({"a": [1, None]})})
assert not batch.validate(gx.expectations.ExpectColumnValuesToNotBeNull(column="a")).success
try:
    fluent.NoSuchDatasource
except AttributeError as error:
    assert "NoSuchDatasource" in str(error)
else:
    raise AssertionError
"""


def test_import_leaves_out_what_no_suite_uses_until_it_is_asked_for(tmp_path: Path) -> None:
    # where it is installed, it ends a process that has no main module
    (tmp_path / "pyspark.py").write_text("raise SystemExit(1)", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _FRESH],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.stderr == ""
    assert done.returncode == 0


@pytest.fixture
def unheard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A library that nothing has imported."""
    text = "answer = 42\nclass Thing:\n    pass\n"
    (tmp_path / "unheard_of.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "unheard_of", raising=False)
    yield "unheard_of"
    sys.modules.pop("unheard_of", None)


def test_stand_in_gives_way_at_its_first_use(unheard: str) -> None:
    stand_in = stand_ins.library(unheard)
    with stand_ins.in_place([stand_in]):
        assert sys.modules[unheard] is stand_in
        assert stand_in.answer == 42
        assert sys.modules[unheard] is not stand_in
    assert sys.modules[unheard].answer == 42


def test_stand_in_is_gone_afterwards_and_works_on(unheard: str) -> None:
    stand_in = stand_ins.library(unheard)
    with stand_ins.in_place([stand_in]):
        pass
    assert unheard not in sys.modules
    assert stand_in.answer == 42
    with pytest.raises(AttributeError, match="question"):
        _ = stand_in.question


def test_library_that_is_imported_already_keeps_its_place(unheard: str) -> None:
    library = __import__(unheard)
    with stand_ins.in_place([stand_ins.library(unheard)]), stand_ins.missing([unheard]):
        assert sys.modules[unheard] is library
    assert sys.modules[unheard] is library


def test_library_that_is_missing_is_there_again_afterwards(unheard: str) -> None:
    with stand_ins.missing([unheard]), pytest.raises(ImportError, match=unheard):
        __import__(unheard)
    assert __import__(unheard).answer == 42


def test_class_of_a_library_that_is_not_imported_has_no_instances_until_it_is(unheard: str) -> None:
    stand_in = stand_ins.library(unheard, ("Thing",))
    with stand_ins.in_place([stand_in]):
        assert not isinstance(42, stand_in.Thing)
        assert sys.modules[unheard] is stand_in
        thing = stand_in.Thing()
    assert type(thing) is sys.modules[unheard].Thing
    assert isinstance(thing, stand_in.Thing)
    assert not isinstance(42, stand_in.Thing)


def test_name_out_of_a_placeholder_is_the_real_one_when_it_is_called_or_asked_for(unheard: str) -> None:
    with stand_ins.in_place([stand_ins.placeholder(unheard)]):
        from unheard_of import Thing  # type: ignore[import-not-found]

        package: Any = type(sys)("package")
        package.Thing = Thing
    assert unheard not in sys.modules
    thing = Thing()
    assert type(thing) is sys.modules[unheard].Thing
    stand_ins.ask_later(package)
    assert package.Thing is type(thing)


@pytest.mark.parametrize(
    "value",
    [None, 0, 1.5, math.nan, Decimal("NaN"), Decimal("1.10"), "", True, date(2026, 2, 28), [None, 1]],
    ids=repr,
)
def test_null_is_what_pandas_takes_for_null(value: Any) -> None:
    import pandas as pd

    assert str(lean_import._is_null(value)) == str(pd.isna(value))


def test_class_that_takes_fields_over_leaves_those_of_its_base_alone() -> None:
    import pydantic.v1 as pydantic

    class Base(pydantic.BaseModel):
        amount: int = 1
        names: list[str] = []  # pydantic copies it

    with lean_import._with_plain_copies():

        class Changed(Base):
            class Config:
                fields = {"amount": {"alias": "money", "exclude": True}}  # noqa: RUF012  # as pydantic wants it

            @pydantic.validator("amount")
            def _doubled(cls, value: int) -> int:  # noqa: N805  # pydantic's own way
                return value * 2

    assert Changed.parse_obj({"money": 3}).amount == 6
    assert Changed.parse_obj({"money": 3}).dict() == {"names": []}
    assert Base(amount=3).dict() == {"amount": 3, "names": []}
    Changed().names.append("b")
    assert Changed().names == Base().names == []


def test_collector_waits_while_much_is_made_and_leaves_it_alone_afterwards() -> None:
    before = gc.get_freeze_count()
    with lean_import._without_collecting():
        assert not gc.isenabled()
        made = [[number] for number in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(made)


def test_engine_that_is_imported_already_keeps_nothing_from_the_collector() -> None:
    lean_import.engine()
    frozen = gc.get_freeze_count()
    made = [[number] for number in range(1000)]
    lean_import.engine()
    assert gc.isenabled()
    assert gc.get_freeze_count() < frozen + len(made)
