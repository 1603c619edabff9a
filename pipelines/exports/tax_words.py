"""Headers that say of an amount that its tax is in it: 单价(含税), 价税合计, Amount incl. VAT."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.exports.declarations import Column, Kind, Words, kinds, normalise
from pipelines.exports.mapping import Feed, Rule

# Put before a name, for comparing: a header 金额(含税) is compared as this and 金额.
MARK = "含税"
_SAYS = re.compile(
    r"(?<![不未非无])含\s*(?:增值)?税(?!率|额|项|种)|(?<![不未非无])含稅"
    r"|\b(?:incl(?:uding|usive\s+of)?|inc|with)\b\.?\s*(?:of\s+)?(?:sales\s+)?(?:vat|gst|tax(?:es)?)\b"
    r"|\b(?:vat|gst|tax)[\s-]*incl(?:uded|usive)?\b",
    re.IGNORECASE,
)
_TOTALS = ("价税合计", "價稅合計")
_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")


def without_mark(header: str) -> str:
    """Return a header that says tax is included as it is compared, MARK first; nothing for any other.

    Names that ask whether it is, such as 单价含税 over 是 and 否, are no such header.
    """
    rest = normalise(_BRACKETS.sub("", _SAYS.sub("", header)))
    if (
        not rest
        or not _SAYS.search(header)
        or (normalise(header) in _questions() and not _BRACKETS.search(header))
    ):
        return ""
    return MARK + rest


def includes_tax(header: str) -> bool:
    """Tell whether a header says of its amounts that tax is in them."""
    return bool(without_mark(header)) or any(word in header for word in _TOTALS)


def names(kind: Kind, column: Column) -> list[str]:
    """Return what a header that says tax is included is compared with for a column, best first.

    Where a kind tells gross from net, such an amount is the gross one.
    """
    known = [*column.headers, *column.weak]
    if "gross_amount" in kind.names and column.name == "net_amount":
        return []
    if column.name == "gross_amount":
        known += kind.column("net_amount").headers
    return [MARK + name for name in known]


def rule(kind: Kind, columns: dict[str, Rule]) -> Rule | None:
    """Return the rule that says tax is included where the header of what lines are counted by says so."""
    if "price_includes_tax" not in kind.names or "price_includes_tax" in columns:
        return None
    has_price = "quantity" in columns and "unit_price" in columns
    headers = columns.get("unit_price" if has_price else "amount", Rule()).headers
    return Rule(constant="true") if headers and includes_tax(headers[0]) else None


def notes(feeds: Sequence[Feed]) -> tuple[Words, ...]:
    """Say where amounts include tax and nothing tells how much: they count with tax in them."""
    told = Words(
        "金额含税，而文件没有税率或税额：按含税计入",
        "amounts include tax, and the file has neither a tax rate nor an amount of tax: they count with tax in them",
    )
    return tuple(
        told
        for feed in feeds
        if feed.columns.get("price_includes_tax", Rule()).constant == "true"
        and not {"tax_rate", "tax_amount"} & feed.columns.keys()
    )


def _questions() -> tuple[str, ...]:
    return kinds()["orders"].column("price_includes_tax").headers
