"""Who is told and who gets the pages: the tables [mail], [chat] and [[recipients]] of `salesdesk.toml`.

Secrets are never in the file: the mail password is SALESDESK_MAIL_PASSWORD, the chats are SALESDESK_CHAT_URLS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, get_args, get_type_hints

from pipelines.errors import SettingsError, did_you_mean

THRESHOLDS = ("critical", "warning", "info")
SECURITIES = ("starttls", "tls", "none")
LANGUAGES = ("", "zh", "en")
RHYTHMS = ("run", "day", "week", "month")
PAGES = ("monthly-review", "receivables", "daily-desk", "data-quality")
BOOKS = ("aging", "worklist", "metrics", "quarantine")
# What can be narrowed to the customers of one sales rep; the rest shows the whole company.
OF_A_REP = ("receivables", "daily-desk", "aging", "worklist")
_CHOICES = {
    "threshold": THRESHOLDS,
    "security": SECURITIES,
    "lang": LANGUAGES,
    "every": RHYTHMS,
    "pages": PAGES,
    "books": BOOKS,
}
_ADDRESSES = {"sender", "address", "alerts_to"}
_PORTS = range(1, 65536)


@dataclass(frozen=True)
class Mail:
    """The mail server, and who is told by mail when something goes wrong.

    `threshold` is the least severity told to `alerts_to`; `user` empty means no login.
    """

    host: str
    sender: str
    port: int = 587
    security: str = "starttls"
    user: str = ""
    alerts_to: tuple[str, ...] = ()
    threshold: str = "warning"

    def __str__(self) -> str:
        """Name the server, for `salesdesk config`."""
        return f"{self.host}:{self.port} ({self.security})"


@dataclass(frozen=True)
class Chat:
    """What chats are told: notices from `threshold` on, and with `figures` each publication's key figures.

    `lang` empty means the language of the pages.
    """

    threshold: str = "warning"
    figures: bool = True
    lang: str = ""

    def __str__(self) -> str:
        """Say what is told, for `salesdesk config`."""
        return f"from {self.threshold}{', figures' if self.figures else ''}"


@dataclass(frozen=True)
class Recipient:
    """One person who gets pages by mail after a publication.

    `pages` and `books` are file names without their ends; without any, the monthly review. `sales_reps` narrows
    everything to what these sold. `every` says how often: each run, or once a day, week or month under review.
    `lang` empty means the language of the pages.
    """

    address: str
    name: str = ""
    lang: str = ""
    pages: tuple[str, ...] = ()
    books: tuple[str, ...] = ()
    sales_reps: tuple[str, ...] = ()
    every: str = "run"

    @property
    def files(self) -> tuple[str, ...]:
        """Return what is attached: the pages and books asked for, else what usually helps."""
        usual = ("receivables", "worklist") if self.sales_reps else ("monthly-review",)
        return self.pages + self.books or usual

    def __str__(self) -> str:
        """Name the address, for `salesdesk config`."""
        return self.address


def mail(value: Any) -> Mail:
    """Return [mail] as settings; raises SettingsError naming the key that cannot be used."""
    return Mail(**_checked("[mail]", Mail, value))


def chat(value: Any) -> Chat:
    """Return [chat] as settings; raises SettingsError naming the key that cannot be used."""
    return Chat(**_checked("[chat]", Chat, value))


def recipients(value: Any) -> tuple[Recipient, ...]:
    """Return [[recipients]] as settings; raises SettingsError naming the key that cannot be used."""
    if not isinstance(value, list | tuple):
        raise _refused("[[recipients]]", value, "tables written [[recipients]]")
    found = tuple(Recipient(**_checked("[[recipients]]", Recipient, one)) for one in value)
    addresses = [one.address.casefold() for one in found]
    for one in found:
        whole = sorted(set(one.files) - set(OF_A_REP)) if one.sales_reps else ()
        if whole:
            raise _refused(
                f"[[recipients]] {one.address}", whole[0], f"for sales_reps, of {', '.join(OF_A_REP)}"
            )
    twice = sorted({address for address in addresses if addresses.count(address) > 1})
    if twice:
        raise _refused("[[recipients]]", twice[0], "each address once, with all its pages")
    return found


def _checked(table: str, kind: type, value: Any) -> dict[str, Any]:
    """Return the keys of one table in the types of `kind`."""
    if not isinstance(value, Mapping):
        raise _refused(table, value, f"a table {table} in salesdesk.toml")
    known = {field.name: field for field in fields(kind)}
    for name in value:
        if name not in known:
            raise SettingsError(
                "Unknown setting", where=table, found=str(name), hint=did_you_mean(str(name), known)
            )
    for name, field in known.items():
        if _is_needed(field) and not value.get(name):
            raise SettingsError(f"{table} lacks {name}", where="salesdesk.toml", expected=f"{name} = …")
    types = get_type_hints(kind)
    return {name: _cell(f"{table} {name}", name, types[name], given) for name, given in value.items()}


def _is_needed(field: Field[Any]) -> bool:
    return field.default is MISSING


def _cell(where: str, name: str, kind: Any, given: Any) -> Any:
    if get_args(kind):  # tuple[str, ...]
        parts = [given] if isinstance(given, str) else given
        if not isinstance(parts, list | tuple):
            raise _refused(where, given, 'a list such as ["a", "b"]')
        return tuple(_cell(where, name, str, part) for part in parts)
    if type(given) is not kind:
        raise _refused(where, given, {str: "a text", int: "a whole number", bool: "true or false"}[kind])
    if name in _CHOICES and given not in _CHOICES[name]:
        raise _refused(where, given, " or ".join(choice for choice in _CHOICES[name] if choice))
    if name in _ADDRESSES and not _is_address(given):
        raise _refused(where, given, "an address such as desk@example.com")
    if name == "port" and given not in _PORTS:
        raise _refused(where, given, "a port from 1 to 65535")
    return given


def _is_address(text: str) -> bool:
    """Whether a text is one plain mail address; nothing that could end a header or name a second one passes."""
    name, at, domain = text.partition("@")
    return bool(name and at and domain) and text.isascii() and not set(text) & set(' \t\r\n,;<>"@') - {"@"}


def _refused(where: str, found: Any, expected: str) -> SettingsError:
    return SettingsError(
        f"{where} cannot be used", where="salesdesk.toml", found=repr(found), expected=expected
    )
