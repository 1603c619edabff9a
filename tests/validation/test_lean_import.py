"""Great Expectations without what no suite uses, and what gives way when it is used after all."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.validation import lean_import

_FRESH = """
import sys
from pipelines import validation
from pipelines.validation import lean_import

assert "great_expectations" not in sys.modules
validation.prepare()
engine = lean_import.engine()
assert engine is sys.modules["pipelines.validation.engine"]
assert [name for name in ("altair", "scipy.stats") if name in sys.modules] == []

from great_expectations.expectations.core import expect_column_kl_divergence_to_be_less_than as divergence
assert round(divergence.stats.entropy([0.5, 0.5], base=2), 6) == 1
import scipy.stats
assert divergence.stats.entropy is scipy.stats.entropy

import great_expectations as gx
import pandas
from great_expectations.datasource import fluent

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


def test_import_leaves_out_what_no_suite_uses_until_it_is_asked_for() -> None:
    done = subprocess.run([sys.executable, "-c", _FRESH], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0


@pytest.fixture
def unheard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A library that nothing has imported."""
    (tmp_path / "unheard_of.py").write_text("answer = 42\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(lean_import, "_UNUSED", ("unheard_of",))
    monkeypatch.delitem(sys.modules, "unheard_of", raising=False)
    return "unheard_of"


def test_stand_in_gives_way_at_its_first_use(unheard: str) -> None:
    with lean_import._standing_in():
        stand_in = sys.modules[unheard]
        assert stand_in.answer == 42
        assert sys.modules[unheard] is not stand_in
    assert sys.modules[unheard].answer == 42
    del sys.modules[unheard]


def test_stand_in_is_gone_afterwards_and_works_on(unheard: str) -> None:
    with lean_import._standing_in():
        stand_in = sys.modules[unheard]
    assert unheard not in sys.modules
    assert stand_in.answer == 42
    with pytest.raises(AttributeError, match="question"):
        _ = stand_in.question
    del sys.modules[unheard]


def test_library_that_is_imported_already_keeps_its_place(unheard: str) -> None:
    library = __import__(unheard)
    with lean_import._standing_in():
        assert sys.modules[unheard] is library
    assert sys.modules.pop(unheard) is library


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
