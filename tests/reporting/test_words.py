from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from pipelines import resources
from pipelines.errors import SettingsError
from pipelines.reporting import words

ROOM = Path(words.__file__).parent
CHINESE = re.compile(r"[\u3400-\u9fff]")
KEY = re.compile(r"""(?:words\.(?:text|rich|has)|\bw)\(\s*f?["']([^"']+)["']""")


def forms(entry: str | Mapping[str, str]) -> Iterator[str]:
    yield from [entry] if isinstance(entry, str) else entry.values()


def names_in(entry: str | Mapping[str, str]) -> set[str]:
    return {name for form in forms(entry) for _, name, _, _ in string.Formatter().parse(form) if name}


def sources() -> Iterator[tuple[str, str]]:
    templates = resources.path("reports") / "templates"
    for path in [*sorted(ROOM.rglob("*.py")), *sorted(templates.glob("*.j2"))]:
        yield path.name, path.read_text(encoding="utf-8")


def test_catalogs_have_the_same_keys() -> None:
    assert set(words.catalog("zh")) == set(words.catalog("en"))


def test_catalogs_fill_in_the_same_names() -> None:
    zh, en = words.catalog("zh"), words.catalog("en")
    differing = {key for key in zh if names_in(zh[key]) != names_in(en[key])}
    # Chinese says 环比 where English names the month
    assert differing == {"versus.month", "versus.month_flat"}


def test_catalogs_have_every_plural_form_of_their_language() -> None:
    plurals = [entry for entry in words.catalog("en").values() if not isinstance(entry, str)]
    assert plurals
    assert all(set(entry) == {"one", "other"} for entry in plurals)


def test_words_of_the_code_and_templates_are_in_the_catalogs() -> None:
    known = words.catalog("zh")
    missing = []
    for name, text in sources():
        for key in KEY.findall(text):
            pattern = re.compile(re.sub(r"\\\{[^}]*\\\}", "[a-z0-9_]+", re.escape(key)) + r"\Z")
            if not any(pattern.match(entry) for entry in known) and not key.endswith("."):
                missing.append((name, key))
    assert missing == []


def test_words_in_chinese_stand_in_no_code_and_no_template() -> None:
    allowed = re.compile(r'"""[\s\S]*?"""|#.*')
    found = [name for name, text in sources() if CHINESE.search(allowed.sub("", text))]
    assert found == []


def test_plural_form_follows_the_count() -> None:
    assert words.text("card.refused.title", 1, n=1).en.startswith("1 row quarantined")
    assert words.text("card.refused.title", 2, n=2).en.startswith("2 rows quarantined")


def test_rich_words_escape_what_comes_from_data() -> None:
    text = words.rich("message.figure", label="<script>", value="1 & 2", preliminary="", tail="")
    assert text.en == "&lt;script&gt; <b>1 &amp; 2</b>."


def test_rich_words_leave_braces_and_stars_of_data_alone() -> None:
    text = words.rich("message.figure", label="{tail} **x**", value="1", preliminary="", tail="")
    assert text.en == "{tail} **x** <b>1</b>."


def test_missing_key_names_the_nearest_ones() -> None:
    with pytest.raises(SettingsError, match=r"card\.refused\.title"):
        words.text("card.refused.titel")
