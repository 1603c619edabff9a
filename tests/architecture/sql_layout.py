"""The house's SQL layout, told line by line: `python -m tests.architecture.sql_layout` lints sql/.

SQL linters of 2026 cannot parse half of DuckDB's SQL (`$name`, `//`, `end::decimal`), so the rules are
checked on sqlglot's tokens, which know their place.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot.tokenizer_core import Token

PROJECT = Path(__file__).resolve().parents[2]
LINE_LENGTH = 130
INDENT = 4
JOIN_KINDS = {"anti", "asof", "cross", "full", "inner", "left", "outer", "positional", "right", "semi"}
CLAUSE_ENDS = {
    "from",
    "union",
    "except",
    "intersect",
    "where",
    "group",
    "order",
    "having",
    "limit",
    "qualify",
}


def layout_problems(sql: str) -> list[str]:
    """Return `line: problem` for every place where the text leaves the house's layout."""
    from sqlglot import tokenize

    tokens = tokenize(sql, read="duckdb")
    found = [*_line_problems(sql), *_token_problems(sql, tokens), *_item_problems(sql, tokens)]
    return [f"{line}: {text}" for line, text in sorted(set(found))]


def _line_problems(sql: str) -> Iterator[tuple[int, str]]:
    lines = sql.split("\n")
    if lines[-1] != "":
        yield len(lines), "end the file with a line end"
    for number, line in enumerate(lines, start=1):
        if len(line) > LINE_LENGTH:
            yield number, f"{len(line)} characters, at most {LINE_LENGTH}"
        if line != line.rstrip() or "\t" in line:
            yield number, "no tabs, no blanks at the end"
        code = line.lstrip(" ")
        if code.startswith(","):
            yield number, "a comma ends the item before it"
        if code and not code.startswith("--") and (len(line) - len(code)) % INDENT:
            yield number, f"indent by {INDENT}"


def _line(sql: str, token: Token) -> int:
    """Return the token's line; the tokenizer's own count is off after a token of two words."""
    return sql.count("\n", 0, token.start) + 1


def _token_problems(sql: str, tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    for before, token in pairwise([None, *tokens]):
        assert token is not None
        text = sql[token.start : token.end + 1]
        word, last = text.lower(), before.text.lower() if before else ""
        if not text.startswith(("'", '"', "$$")) and text != word:
            yield _line(sql, token), f"write {word}, not {text}"
        if word == "join" and last not in JOIN_KINDS:
            yield _line(sql, token), "say which join: inner, left, semi …"
        if word == "outer":
            yield _line(sql, token), "left join says it all"
        if last == "as" and re.fullmatch(r"[a-z]\d?", word):
            yield _line(sql, token), f"the alias {word} is not a word"
    for token, after in pairwise(tokens):
        # the tokenizer makes one token of these two words
        if token.text.lower() in {"group by", "order by"} and after.text.isdigit():
            yield _line(sql, token), f"{token.text.lower()} names, not numbers"


def _item_problems(sql: str, tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    for position, token in enumerate(tokens):
        if token.text.lower() != "select":
            continue
        items = _item_starts(tokens, position)
        is_one_line = len(items) < 2 or _line(sql, items[-1]) == _line(sql, token)
        if is_one_line:
            continue
        for item in items:
            start_of_line = sql.rfind("\n", 0, item.start) + 1
            if sql[start_of_line : item.start].strip(" ,"):
                yield _line(sql, item), "one select item a line"


def _item_starts(tokens: Sequence[Token], select: int) -> list[Token]:
    """Return the first token of each item of the select list that begins after `tokens[select]`."""
    starts: list[Token] = []
    depth, is_next = 0, True
    for token in tokens[select + 1 :]:
        word = token.text.lower()
        if depth == 0 and (
            word in CLAUSE_ENDS or word.startswith(("group ", "order ")) or word in {")", ";"}
        ):
            break
        if is_next and word not in {"distinct", "all"}:
            starts.append(token)
            is_next = False
        depth += (word in {"(", "[", "{"}) - (word in {")", "]", "}"})
        is_next = is_next or (depth == 0 and word == ",")
    return starts


def folder_problems(root: Path) -> list[str]:
    """Return `file:line: problem` for every SQL file below sql/."""
    return [
        f"{path.relative_to(root).as_posix()}:{problem}"
        for path in sorted((root / "sql").rglob("*.sql"))
        for problem in layout_problems(path.read_text(encoding="utf-8"))
    ]


if __name__ == "__main__":
    found = folder_problems(PROJECT)
    sys.stdout.writelines(f"{problem}\n" for problem in found)
    sys.exit(1 if found else 0)
