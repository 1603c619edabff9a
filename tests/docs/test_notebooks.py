"""The notebooks' twins in words say what the notebooks say."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.docs.notebook_twins import NOTEBOOKS, twins


def test_twins_are_those_of_the_notebooks() -> None:
    expected = twins(NOTEBOOKS)
    assert {path for path, text in expected.items() if path.read_text(encoding="utf-8") != text} == set(), (
        "run: make docs"
    )
    assert set((NOTEBOOKS / "text").iterdir()) == set(expected)


def test_twin_of_a_changed_notebook_differs(tmp_path: Path) -> None:
    name = "03_retention"
    shutil.copy(NOTEBOOKS / "jupytext.toml", tmp_path)
    source = (NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8")
    (tmp_path / f"{name}.ipynb").write_text(
        source.replace("lapsed.head", "lapsed.tail").replace("head(10)", "head(9)")
    )
    (text,) = twins(tmp_path).values()
    assert text != (NOTEBOOKS / "text" / f"{name}.md").read_text(encoding="utf-8")
