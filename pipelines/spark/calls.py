"""What the changes of SQL for Spark share: a call of a function by name, and a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.errors import ModelError

if TYPE_CHECKING:
    from sqlglot import exp


class NotTranslated(ModelError):
    """A statement uses something that Spark does not have."""


def call(name: str, *arguments: Any) -> exp.Expr:
    """Return a call of a function that needs no words of its own."""
    from sqlglot import exp

    return exp.Anonymous(this=name, expressions=[exp.convert(each) for each in arguments])


def refuse(node: exp.Expr) -> exp.Expr:
    """Raise NotTranslated, with the words that Spark has none for."""
    raise NotTranslated("Spark has nothing like it", found=" ".join(node.sql("duckdb").split())[:120])
