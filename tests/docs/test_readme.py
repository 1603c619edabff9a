"""README.md says what is there: commands, settings, metrics, targets, files."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
import typer

from pipelines.settings import Settings
from tests.docs.metric_table import PROJECT, README, declarations, table, with_table

TEXT = README.read_text(encoding="utf-8")
PAGES = [TEXT, (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")]


def commands() -> set[str]:
    from pipelines.cli.app import app

    click_group = typer.main.get_command(app)
    return set(getattr(click_group, "commands"))  # noqa: B009 - typer's group is typed as a plain command


def section(heading: str) -> str:
    """Return the README's part under one `##` heading."""
    match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert match, f"no section {heading!r}"
    return match[1]


def test_readme_metric_table_is_the_declarations() -> None:
    metrics = declarations(PROJECT / "sql" / "metrics")
    assert with_table(TEXT, metrics) == TEXT, "run: make docs"


def test_readme_commands_are_those_that_exist() -> None:
    told = set(re.findall(r"^\| `salesdesk ([a-z-]+)", section("Commands"), re.MULTILINE))
    assert told == commands()


def test_readme_settings_are_those_that_exist() -> None:
    told = set(re.findall(r"^\| `([a-z_]+)` \|", section("Settings"), re.MULTILINE))
    assert told == {field.name for field in fields(Settings)}


def test_readme_settings_have_the_defaults_told() -> None:
    told = dict(re.findall(r"^\| `([a-z_]+)` \| `([^`]+)` \|", section("Settings"), re.MULTILINE))
    own = {field.name: field.default for field in fields(Settings) if field.default not in {None, "", ()}}
    assert told == {
        name: ",".join(map(str, default)) if isinstance(default, tuple) else str(default)
        for name, default in own.items()
    }


@pytest.mark.parametrize("page", PAGES, ids=["README", "CONTRIBUTING"])
def test_page_names_only_make_targets_that_exist(page: str) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", page)) - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=["README", "CONTRIBUTING"])
def test_page_links_lead_somewhere(page: str) -> None:
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", page) if "://" not in link]
    assert [link for link in links if link and not (PROJECT / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=["README", "CONTRIBUTING"])
def test_page_names_only_folders_that_exist(page: str) -> None:
    named = re.findall(r"`((?:pipelines|sql|expectations|reports|notebooks|tests)/[\w/.-]*)`", page)
    assert [name for name in named if not (PROJECT / name).exists()] == []


def test_metric_table_escapes_what_would_break_a_cell() -> None:
    metric = {
        "name": "share",
        "label": {"zh": "份额", "en": "Share"},
        "words": {"zh": "甲 ÷ 乙", "en": "a |\n b"},
        "unit": "rate",
    }
    assert table([metric]).splitlines()[-1] == "| `share` Share | 份额 | a \\| b | 甲 ÷ 乙 | rate |"


def test_metric_table_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="lost its markers"):
        with_table("# no table here\n", [])
