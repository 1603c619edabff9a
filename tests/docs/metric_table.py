"""The metric table of README.md, made from the declarations that the figures are computed from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[2]
README = PROJECT / "README.md"
BEGIN = "<!-- metrics: begin; `make docs` writes this from sql/metrics/*.yaml -->"
END = "<!-- metrics: end -->"


def declarations(folder: Path) -> list[dict[str, Any]]:
    """Return every metric declaration of the folder, by name."""
    found = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml"))]
    return sorted(found, key=lambda each: str(each["name"]))


def table(metrics: list[dict[str, Any]]) -> str:
    """Return the Markdown table: name, labels, formula in both languages, unit."""
    lines = ["| metric | 名称 | in words | 口径 | unit |", "|---|---|---|---|---|"]
    lines.extend(
        "| {} |".format(
            " | ".join(
                _cell(part)
                for part in (
                    f"`{metric['name']}` {metric['label']['en']}",
                    metric["label"]["zh"],
                    metric["words"]["en"],
                    metric["words"]["zh"],
                    metric["unit"],
                )
            )
        )
        for metric in metrics
    )
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def with_table(readme: str, metrics: list[dict[str, Any]]) -> str:
    """Return the README with the part between its markers written anew."""
    before, separator, rest = readme.partition(BEGIN)
    _, closing, after = rest.partition(END)
    if not separator or not closing:
        message = f"{README.name} has lost its markers {BEGIN} … {END}"
        raise ValueError(message)
    return f"{before}{BEGIN}\n{table(metrics)}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(
        with_table(README.read_text(encoding="utf-8"), declarations(PROJECT / "sql" / "metrics")),
        encoding="utf-8",
    )
