"""One published HOME for the tests of the command line, and the command itself in this process."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import main, published
from tests.operations.home import copied


@dataclass(frozen=True)
class Answer:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of `--format json`, with exact decimals."""
        assert self.code == 0, self.err
        found: list[dict[str, Any]] = json.loads(self.out, parse_float=Decimal)
        return found


Salesdesk = Callable[..., Answer]


@pytest.fixture(scope="session")
def two_months(published_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """HOME after a run on the fixture of two months, as of 2026-02-28; tests ask it, or write drafts into it."""
    return copied(published_home, tmp_path_factory.mktemp("two_months") / "home")


@pytest.fixture
def salesdesk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Salesdesk:
    """The command as a function of its arguments, without a process of its own."""

    def run(*arguments: str | Path) -> Answer:
        monkeypatch.setattr(sys, "argv", ["salesdesk", *map(str, arguments)])
        # this is for a process that ends: other tests in this one want pandas, and their memory back
        monkeypatch.setattr(published, "spare", lambda _: None)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Answer(int(ended.value.code or 0), told.out, told.err)

    return run
