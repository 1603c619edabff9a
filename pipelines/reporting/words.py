"""Words people read, in Chinese and English, from the catalogs under `reports/words`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from pipelines import resources
from pipelines.errors import SettingsError, did_you_mean

if TYPE_CHECKING:
    from babel import Locale

LANGUAGES = ("zh", "en")
_LOCALES = {"zh": "zh_CN", "en": "en"}
_PLURAL_FORMS = {"one", "other"}  # of Chinese and English, as CLDR names them
_STRONG = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True)
class Text:
    """One piece of text in both languages. Text from data is the same in both."""

    zh: str
    en: str

    def of(self, lang: str) -> str:
        """Return the text in `lang`, zh or en."""
        return self.zh if lang == "zh" else self.en

    def map(self, change: Callable[[str], str]) -> Text:
        """Return both languages changed by the same function."""
        return Text(change(self.zh), change(self.en))

    @property
    def is_same(self) -> bool:
        """True when both languages read the same, so that a page prints it once."""
        return self.zh == self.en


EMPTY = Text("", "")


def same(text: object) -> Text:
    """Return text that is not translated: a name or a code from the data."""
    return Text(str(text), str(text))


@cache
def catalog(lang: str) -> Mapping[str, str | Mapping[str, str]]:
    """Return the catalog of one language: key to text, or to its plural forms.

    Raises SettingsError for a language without a catalog.
    """
    import yaml

    if lang not in LANGUAGES:
        raise SettingsError(
            "There are no words in that language.", found=lang, expected=" or ".join(LANGUAGES)
        )
    file = resources.path("reports") / "words" / f"{lang}.yaml"
    flat: dict[str, str | Mapping[str, str]] = {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where it was compiled
    _flatten(yaml.load(file.read_text(encoding="utf-8"), loader), "", flat)  # noqa: S506 - both are safe
    return flat


def _flatten(node: Mapping[str, Any], prefix: str, into: dict[str, str | Mapping[str, str]]) -> None:
    for name, value in node.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping) and not set(value) <= _PLURAL_FORMS:
            _flatten(value, f"{key}.", into)
        elif isinstance(value, Mapping):
            into[key] = {form: str(words) for form, words in value.items()}
        else:
            into[key] = str(value)


def _template(lang: str, key: str, count: int | None) -> str:
    words = catalog(lang)
    if key not in words:
        raise SettingsError(
            "A word is missing from the catalog.",
            where=f"reports/words/{lang}.yaml",
            found=key,
            hint=did_you_mean(key, words),
        )
    entry = words[key]
    if isinstance(entry, str):
        return entry
    form = _plural_form(lang, 0 if count is None else count)
    return entry.get(form, entry["other"])


@cache
def locale(lang: str) -> Locale:
    """Return Babel's locale of a language; finding one takes longer than using it a hundred times."""
    from babel import Locale

    return Locale.parse(_LOCALES[lang])


@cache
def _plural_rule(lang: str) -> Callable[[int], str]:
    return locale(lang).plural_form


@lru_cache(4096)
def _plural_form(lang: str, count: int) -> str:
    return _plural_rule(lang)(count)


def has(key: str) -> bool:
    """Say whether both catalogs have the key."""
    return all(key in catalog(lang) for lang in LANGUAGES)


def text(key: str, count: int | None = None, **values: Text | str | int) -> Text:
    """Return the words of `key` in both languages, with `values` filled in; `count` picks the plural form."""
    return _filled(key, count, values) if values or count is not None else _bare(key)


@cache
def _bare(key: str) -> Text:
    return _filled(key, None, {})


def _filled(key: str, count: int | None, values: Mapping[str, Text | str | int]) -> Text:
    filled = [
        _template(lang, key, count).format(**{name: _in(value, lang) for name, value in values.items()})
        for lang in LANGUAGES
    ]
    return Text(filled[0].replace("**", ""), filled[1].replace("**", ""))


def rich(key: str, count: int | None = None, **values: Text | str | int) -> Text:
    """As `text`, but `**…**` in the catalog becomes bold; values from data are escaped, never markup."""
    from markupsafe import Markup, escape

    filled = []
    for lang in LANGUAGES:
        template = _STRONG.sub(r"<b>\1</b>", str(escape(_template(lang, key, count))))
        # the template is the catalog's, escaped; format() of markup escapes the values
        marked = Markup(template)  # noqa: S704
        filled.append(marked.format(**{name: _in(value, lang) for name, value in values.items()}))
    return Text(filled[0], filled[1])


def joined(parts: list[Text], key: str = "list.comma") -> Text:
    """Return several texts as one, with the separator of the catalog between them."""
    separator = text(key)
    return Text(separator.zh.join(p.zh for p in parts), separator.en.join(p.en for p in parts))


def _in(value: Text | str | int, lang: str) -> str:
    return value.of(lang) if isinstance(value, Text) else str(value)
