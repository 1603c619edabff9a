"""Notebooks as files: stripped, without logic of their own, tied out, said in two languages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source import PROJECT

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
NAMES = [path.stem for path in NOTEBOOKS]
# What decides a figure belongs to SQL and the metrics.
PANDAS = re.compile(
    r"\.(agg|aggregate|apply|assign|cumsum|describe|groupby|join|map|mean|median|melt|merge|pivot\w*|quantile|resample"
    r"|rolling|sum|transform|value_counts)\b"
)
SQL = re.compile(
    r"\b(avg|count|max|min|median|quantile\w*|sum)\s*\(|\b(group by|having|join|over\s*\()", re.IGNORECASE
)
LOGIC = re.compile(r"^\s*(def|class|for|while|if|try|with|lambda)\b|\blambda\b", re.MULTILINE)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[a-z]{4,}")


def cells(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return found


def problems(notebook: list[dict[str, Any]]) -> list[str]:
    """Return everything about the cells of a notebook that the house does not want."""
    found = []
    for number, cell in enumerate(notebook):
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            if cell["outputs"] or cell["execution_count"] is not None:
                found.append(f"cell {number}: strip its outputs")
            found += [
                f"cell {number}: {what}: {match.group().strip()}"
                for what, pattern in (("an aggregate", PANDAS), ("an aggregate", SQL), ("logic", LOGIC))
                if (match := pattern.search(source))
            ]
        elif not source.startswith("## ") and not (CHINESE.search(source) and ENGLISH.search(source)):
            found.append(f"cell {number}: say it in zh and en")
    return found


def test_notebooks_are_all_there() -> None:
    assert [name[:2] for name in NAMES] == ["01", "02", "03", "04", "05", "06"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_notebook_is_stripped_and_has_no_logic(path: Path) -> None:
    assert problems(cells(path)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_notebook_has_parameters_and_ends_with_tie_outs(path: Path) -> None:
    notebook = cells(path)
    tagged = [cell for cell in notebook if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1
    assert {"home", "run_id", "lang"} <= set(
        re.findall(r"^(\w+) =", "".join(tagged[0]["source"]), re.MULTILINE)
    )
    assert "assert analysis.tie_out(" in "".join(notebook[-1]["source"])
    assert [cell["id"] for cell in notebook] == sorted({cell["id"] for cell in notebook})


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_notebook_draws_every_frame_it_ties_out_or_shows_it(path: Path) -> None:
    code = "\n".join("".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == "code")
    assert code.count("analysis.figure(") >= 1


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ({"cell_type": "code", "source": ["x"], "outputs": [{}], "execution_count": None}, "strip"),
        ({"cell_type": "code", "source": ["x"], "outputs": [], "execution_count": 3}, "strip"),
        (
            {"cell_type": "code", "source": ["f.groupby('a')"], "outputs": [], "execution_count": None},
            "aggregate",
        ),
        (
            {"cell_type": "code", "source": ["'select SUM(a)'"], "outputs": [], "execution_count": None},
            "aggregate",
        ),
        ({"cell_type": "code", "source": ["for x in y:\n"], "outputs": [], "execution_count": None}, "logic"),
        ({"cell_type": "markdown", "source": ["only English"]}, "zh and en"),
    ],
)
def test_bad_cell_is_told(cell: dict[str, Any], expected: str) -> None:
    assert [problem for problem in problems([cell]) if expected in problem]
