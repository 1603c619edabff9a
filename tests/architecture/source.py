"""Read a project's own files for the architecture checks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file; `name` is its path from the project's root."""

    root: Path
    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(self.root).as_posix()

    @property
    def module(self) -> str:
        parts = self.path.relative_to(self.root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"), self.name)


def python_files(root: Path, *folders: str) -> Iterator[Source]:
    """Yield the Python files below the named folders of `root`, in name order."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            yield Source(root, path)


def imported(source: Source) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted module) of every import, wherever it stands; `from a import b` gives a.b."""
    for node in ast.walk(source.tree):
        yield from names_of(node, source)


def names_of(node: ast.AST, source: Source) -> Iterator[tuple[int, str]]:
    """Yield what one import statement imports, relative ones resolved; nothing for any other node."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield node.lineno, alias.name
    elif isinstance(node, ast.ImportFrom):
        package = node.module or ""
        if node.level:
            is_package = source.path.stem == "__init__"
            kept = source.module.split(".")
            up = node.level - 1 if is_package else node.level
            package = ".".join([*kept[: len(kept) - up], *([package] if package else [])])
        for alias in node.names:
            yield node.lineno, f"{package}.{alias.name}"


def imported_at_once(source: Source) -> Iterator[tuple[int, str]]:
    """Yield what importing the file imports: not what functions do, nor what only type checkers see."""
    pending: list[ast.AST] = list(source.tree.body)
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            pending.extend(node.orelse)
            continue
        yield from names_of(node, source)
        pending.extend(ast.iter_child_nodes(node))


def write(root: Path, name: str, text: str) -> None:
    """Write a sample file of a made-up project."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
