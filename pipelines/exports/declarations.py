"""What kinds of exports there are: `kinds/<kind>.yaml`, read once."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pipelines.exports.traditional import simplified

_FOLDER = Path(__file__).resolve().parent / "kinds"

# Types by name: the same suffix means the same type in every kind.
_TYPES: tuple[tuple[str, str], ...] = (
    (r".*_date|period_start", "date"),
    (r"amount|.*_amount|balance|credit_limit|budget", "decimal(18, 4)"),
    (r"unit_price", "decimal(18, 6)"),
    (r"quantity|quantity_.*", "decimal(18, 4)"),
    (r"tax_rate|discount_rate", "decimal(9, 6)"),
    (r"rate", "decimal(18, 8)"),
    (r"line_no|instalment_no|step_no|.*_days|broken_promises|score", "integer"),
    (r"is_.*|price_includes_tax|pays_in_full", "boolean"),
)
_CODE = re.compile(r".*_(id|no|code)|phone|reference|document_sha256")
# What a `%` or a share means: 13 % is 0.13. Other decimals take no percent sign.
_SHARES = frozenset({"tax_rate", "discount_rate"})


@dataclass(frozen=True)
class Words:
    """A text in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True)
class Column:
    """One column of a kind: its type, its words, and the headers it is known by.

    `headers` are certain names, best first; `weak` names count only when no certain name stands in the header.
    Where it `nets_refunds`, a refund noted inside the number, as in 131.77(已退款89.84), is taken off.
    """

    name: str
    sql_type: str
    label: Words
    headers: tuple[str, ...]
    weak: tuple[str, ...]
    is_personal: bool
    nets_refunds: bool = False

    @property
    def is_code(self) -> bool:
        """Whether the text is an identifier: folded to half width, guarded against spreadsheet damage."""
        return self.sql_type == "varchar" and bool(_CODE.fullmatch(self.name))

    @property
    def is_share(self) -> bool:
        """Whether the number is a share, so that 13 % and 13 mean 0.13."""
        return self.name in _SHARES


@dataclass(frozen=True)
class Kind:
    """One kind of export.

    `document` names the columns that say which document a row belongs to, `document_otherwise` those used where the
    first are empty. Kinds of one `family` hold the same documents, as a `whole` or in `parts`. A file is only taken for
    a kind that `yields_to` no other that fits, and, where `is_mostly_known`, when half of its headers are known: such
    kinds have common names. Nor is it when a header it does not know holds one of the words in `not_beside`: it is more
    than this kind. `money` is the SQL expression of what a row is worth, for the accounts of quarantine.
    `line` are the columns that a document's rows hold each for itself, the others are the document's own. `words` maps
    column → normalised word → our word.
    """

    name: str
    label: Words
    grain: Words
    columns: tuple[Column, ...]
    document: tuple[str, ...]
    document_otherwise: tuple[str, ...]
    required: tuple[str, ...]
    one_of: tuple[tuple[str, ...], ...]
    needs: tuple[str, ...]
    yields_to: tuple[str, ...]
    is_mostly_known: bool
    not_beside: tuple[str, ...]
    family: str
    side: str
    money: str
    line: tuple[str, ...]
    words: dict[str, dict[str, str]]

    def column(self, name: str) -> Column:
        """Return the column called `name`."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in declared order."""
        return tuple(column.name for column in self.columns)


@lru_cache(8192)  # the same few hundred headers and words are compared again and again
def normalise(text: str) -> str:
    """Return a header or word as it is compared: half width, lower case, simplified, letters and digits only."""
    folded = simplified(unicodedata.normalize("NFKC", text).casefold())
    return "".join(character for character in folded if character.isalnum())


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind by name, in alphabetical order of names."""
    return {path.stem: _kind(path.stem, yaml_documents(path)[0]) for path in sorted(_FOLDER.glob("*.yaml"))}


def yaml_documents(path: Path) -> list[Any]:
    """Return the documents of a YAML file, by the parser written in C where it is there: seven times faster."""
    import yaml

    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    # Both loaders build plain values only.
    return list(yaml.load_all(path.read_text(encoding="utf-8"), Loader=loader))


def sql_type(name: str) -> str:
    """Return the SQL type that a column name stands for."""
    return next((found for pattern, found in _TYPES if re.fullmatch(pattern, name)), "varchar")


def _kind(name: str, told: dict[str, Any]) -> Kind:
    return Kind(
        name=name,
        label=Words(**told["label"]),
        grain=Words(**told["grain"]),
        columns=tuple(_column(column, words) for column, words in told["columns"].items()),
        document=tuple(told["document"]),
        document_otherwise=tuple(told.get("document_otherwise", ())),
        required=tuple(told["required"]),
        one_of=tuple(tuple(group) for group in told.get("one_of", ())),
        needs=tuple(told.get("needs", ())),
        yields_to=tuple(told.get("yields_to", ())),
        is_mostly_known=bool(told.get("mostly_known", False)),
        not_beside=tuple(normalise(word) for word in told.get("not_beside", ())),
        family=told.get("family", name),
        side=told.get("side", "whole"),
        money=told.get("money", ""),
        line=tuple(told.get("line", ())),
        words={column: word_table(words) for column, words in told.get("words", {}).items()},
    )


def word_table(words: dict[str, list[str]]) -> dict[str, str]:
    """Return normalised word → our word, from our word → the words it is known by."""
    table: dict[str, str] = {}
    for ours, others in words.items():
        for word in (ours, *others):
            table[normalise(word)] = ours
    return table


def _column(name: str, told: dict[str, Any]) -> Column:
    label = Words(told["zh"], told["en"])
    certain = (name, label.zh, label.en, *told.get("also", ()))
    return Column(
        name=name,
        sql_type=sql_type(name),
        label=label,
        headers=tuple(dict.fromkeys(normalise(header) for header in certain)),
        weak=tuple(dict.fromkeys(normalise(header) for header in told.get("weak", ()))),
        is_personal=bool(told.get("pii", False)),
        nets_refunds=bool(told.get("nets_refunds", False)),
    )
