"""Tell whether `raw.<kind>` holds what it held in another build, without reading its rows."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipelines.exports.numbering import Numbered
from pipelines.exports.sql_text import literal, name
from pipelines.warehouse import reuse

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_RELATION = re.compile(r"\braw\.(\w+)")
# Shared by all kinds: what of them a kind depends on is told by its readings and its own superseded documents.
_SHARED = {"twins", "superseded", "repeats"}


def digests(connection: DuckDBPyConnection, readings: Mapping[str, Sequence[Numbered]]) -> dict[str, str]:
    """Return a digest of each relation of `raw` named, by the readings it is made from.

    Two builds that agree in it hold the same rows there. A view's digest is over its text, its readings, the documents
    that later files replace, and what it looks up in; a table's is over its rows. Views name twins by their full path:
    a HOME that was moved differs in all.
    """
    views = dict(
        connection.execute("select view_name, sql from duckdb_views() where schema_name = 'raw'").fetchall()
    )
    found: dict[str, str] = {}

    def digest(relation: str) -> str:
        if relation in found:
            return found[relation]
        if relation not in views:
            found[relation] = reuse.content(connection, f"raw.{name(relation)}")
            return found[relation]
        text = views[relation]
        others = sorted(set(_RELATION.findall(text)) - {*_SHARED, relation})
        kind = relation.removeprefix("all_")
        parts = [
            text,
            *(
                f"{one.reading.key} {one.file_no} {one.rank} {one.reading.first_row}"
                for one in readings[kind]
            ),
            _superseded(connection, kind) if "raw.superseded" in text else "",
            reuse.content(connection, "raw.repeats") if "raw.repeats" in text else "",
            *(digest(other) for other in others),
        ]
        found[relation] = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
        return found[relation]

    return {f"raw.{relation}": digest(relation) for relation in readings}


def _superseded(connection: DuckDBPyConnection, kind: str) -> str:
    return reuse.content(
        connection, f"(select file_no, document from raw.superseded where kind = {literal(kind)})"
    )
