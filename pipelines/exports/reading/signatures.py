"""Tell what a file is from its bytes, and whether that is what its name says."""

from __future__ import annotations

import zipfile
from pathlib import Path

from pipelines.errors import UnreadableExport

_NAMES = {
    ".csv": "text", ".tsv": "text", ".txt": "text", ".tab": "text",
    ".xlsx": "spreadsheet", ".xlsm": "spreadsheet", ".xlsb": "spreadsheet", ".xls": "spreadsheet",
    ".ods": "spreadsheet", ".parquet": "parquet", ".json": "json", ".jsonl": "json", ".ndjson": "json",
    ".sqlite": "sqlite", ".sqlite3": "sqlite", ".db": "sqlite", ".gz": "gzip", ".zip": "zip",
}  # fmt: skip
_WORDS = {
    "text": "delimited text", "spreadsheet": "a spreadsheet", "parquet": "Parquet", "json": "JSON", "sqlite": "SQLite",
    "gzip": "gzip", "zip": "a zip archive", "html": "a web page", "pdf": "a PDF", "image": "an image", "xml": "XML",
    "spreadsheet xml": "an XML spreadsheet",
}  # fmt: skip
# What programs write into a file that they call .xls: a spreadsheet program opens it all the same.
_CALLED_SPREADSHEET = ("html", "spreadsheet xml")
_PAGE_MARKS = (
    "<!doctype html",
    "<html",
    "<table",
    "<meta",
    "<head",
    "<style",
    "<body",
    "<div",
    "<center",
    "<!--",
)
_SIGNATURES = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "spreadsheet",
    b"\x1f\x8b": "gzip",
    b"PAR1": "parquet",
    b"SQLite format 3\0": "sqlite",
    b"%PDF": "pdf",
    b"\x89PNG": "image",
    b"\xff\xd8\xff": "image",
    b"GIF8": "image",
}


def kind_of(path: Path, where: str, name: str = "") -> str:
    """Return what the bytes are: text, spreadsheet, parquet, json, sqlite, gzip, zip, html or spreadsheet xml.

    Raises UnreadableExport when the file is empty or missing, is none of these, or its name says something else.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as error:
        raise UnreadableExport(
            "The export cannot be opened.",
            where=where,
            found=error.strerror or str(error),
            expected="a file that can be read",
            next_step="Check the path and the permissions.",
        ) from error
    if not size:
        raise UnreadableExport(
            "The export is empty.",
            where=where,
            found="0 bytes",
            expected="a header row and rows below it",
            next_step="Export it again; the program that wrote it gave nothing.",
        )
    found = _from_bytes(path, head)
    said = _NAMES.get(Path(name or path.name).suffix.lower())
    if _is_called_spreadsheet(found, said, name or path.name):
        return found
    if (found, said) == ("zip", "spreadsheet") and not zipfile.is_zipfile(path):
        raise _cut_off(where)
    if found not in set(_NAMES.values()) or (said and said != found):
        raise UnreadableExport(
            "The file is not what its name says." if said else "The file is no export that can be read.",
            where=where,
            found=_WORDS[found],
            expected=_WORDS[said] if said else "CSV, XLSX, XLS, ODS, Parquet, JSON, SQLite, .gz or .zip",
            next_step="Open it in its own program and save it as CSV or XLSX, or correct the ending of its name.",
        )
    return found


def _is_called_spreadsheet(found: str, said: str | None, name: str) -> bool:
    if found == "text":
        return name.lower().endswith(".xls")
    return found in _CALLED_SPREADSHEET and said in (None, "spreadsheet")


def _cut_off(where: str) -> UnreadableExport:
    return UnreadableExport(
        "The workbook is damaged or cut off.",
        where=where,
        found="a workbook without its end",
        expected="a whole workbook",
        next_step="Copy, download or export it again.",
    )


def _from_bytes(path: Path, head: bytes) -> str:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path)
    for mark, kind in _SIGNATURES.items():
        if head.startswith(mark):
            return kind
    return _text_kind(head.removeprefix(b"\xef\xbb\xbf").lstrip())


def _text_kind(text: bytes) -> str:
    marked = text[:2] in (b"\xff\xfe", b"\xfe\xff")
    words = (text.decode("utf-16", "ignore") if marked else text.decode("latin-1")).lstrip().lower()
    if words.startswith("<?xml"):
        if "urn:schemas-microsoft-com:office:spreadsheet" in words and "<html" not in words:
            return "spreadsheet xml"
        return "html" if "<html" in words else "xml"
    if words.startswith(_PAGE_MARKS):
        return "html"
    if words[:1] == "{" or (words[:1] == "[" and words[1:].lstrip()[:1] in ("{", "]")):
        return "json"
    return "text"


def _zip_kind(path: Path) -> str:
    """Tell an Office or OpenDocument spreadsheet from a plain archive by the members it must have."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "zip"
    office = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
    return "spreadsheet" if names & office else "zip"
