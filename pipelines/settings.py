"""Settings: one frozen object, from defaults, `salesdesk.toml`, `SALESDESK_*` variables and flags."""

from __future__ import annotations

import itertools
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pipelines import recipients
from pipelines.errors import SettingsError, did_you_mean
from pipelines.recipients import Chat, Mail, Recipient

LossRates = tuple[Decimal, ...] | Literal["own"]
FILE_NAME = "salesdesk.toml"
_PREFIX = "SALESDESK_"
_MONTHS = 12
_LAST_DAY_OF_EVERY_MONTH = 28
# Where the tests look for real exports, and secrets, which no settings object ever holds.
_NOT_SETTINGS = {"SALESDESK_SHARED_DATA", "SALESDESK_MAIL_PASSWORD", "SALESDESK_CHAT_URLS"}
_CHOICES = {
    "lang": ("zh", "en"),
    "aging_basis": ("due", "invoice"),
    "cash_application": ("fifo", "named_only"),
    "engine": ("duckdb", "spark"),
}


@dataclass(frozen=True)
class Settings:
    """Everything a run can be told.

    Dates are business dates in `time_zone`; `known_at` is UTC; gates are shares between 0 and 1, looked at
    once `gate_min_rows` rows are in quarantine; `loss_rates` has a share for each age from not due up, or is "own";
    `keep_snapshots` counts published files, `keep_days` is the age at which they and pages go whatever their count
    (0: never); `month_close_day` 0 means natural months; `holiday_country` empty means that every weekday is worked;
    `notebooks` are run by the scheduled flows.
    """

    home: Path = Path("var")
    company: str = ""
    base_currency: str = ""
    time_zone: str = "Asia/Shanghai"
    as_of: date | None = None
    known_at: datetime | None = None
    lang: str = "zh"
    fiscal_start: int = 1
    month_close_day: int = 0
    holiday_country: str = "CN"
    aging_bounds: tuple[int, ...] = (30, 60, 90, 180, 365)
    aging_basis: str = "due"
    cash_application: str = "fifo"
    loss_rates: LossRates = ()
    conversion_window_days: int = 90
    lapsed_days: int = 180
    default_payment_terms_days: int = 30
    gate_rows: Decimal = Decimal("0.05")
    gate_amount: Decimal = Decimal("0.05")
    gate_min_rows: int = 10
    keep_snapshots: int = 3
    keep_days: int = 0
    memory_limit: str = ""
    engine: str = "duckdb"
    spark_master: str = "local[*]"
    cn_red_up: bool = False
    mail: Mail | None = None
    chat: Chat | None = None
    recipients: tuple[Recipient, ...] = ()
    notebooks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sourced:
    """One setting with where its value came from: `default`, a file, a variable or a flag."""

    name: str
    value: Any
    source: str


def load(
    flags: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    working_folder: Path | None = None,
) -> Settings:
    """Return the settings in force.

    Raises SettingsError for an unknown name or a value that cannot be used.
    """
    return resolve(flags, environment=environment, working_folder=working_folder)[0]


def resolve(
    flags: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    working_folder: Path | None = None,
) -> tuple[Settings, list[Sourced]]:
    """Return the settings in force and, one row a setting, where each value came from."""
    environment = os.environ if environment is None else environment
    folder = working_folder or Path.cwd()
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    home = Path(given.get("home") or environment.get(f"{_PREFIX}HOME") or Settings.home)
    layers: list[tuple[str, dict[str, Any]]] = []
    places = dict.fromkeys((home / FILE_NAME, folder / FILE_NAME))
    layers += [(str(place), _read_toml(place)) for place in places if place.is_file()]
    layers.append(("environment", _from_environment(environment)))
    layers.append(("flag", given))
    settings = Settings()
    sources = {field.name: "default" for field in fields(Settings)}
    for source, values in layers:
        for name, value in values.items():
            settings = replace(settings, **{name: _convert(name, value, source)})
            sources[name] = f"{_PREFIX}{name.upper()}" if source == "environment" else source
    if sources["aging_bounds"] != "flag":  # other bounds asked for once say nothing of the policy
        _require_a_rate_for_each_age(settings, sources["loss_rates"])
    return settings, [Sourced(name, getattr(settings, name), source) for name, source in sources.items()]


def _require_a_rate_for_each_age(settings: Settings, source: str) -> None:
    rates, bounds = settings.loss_rates, settings.aging_bounds
    if rates and rates != "own" and len(rates) != len(bounds) + 2:
        ages = f"not due, {len(bounds)} up to the bounds {', '.join(map(str, bounds))}, one beyond"
        raise _refused("loss_rates", ", ".join(map(str, rates)), source, f"{len(bounds) + 2} rates: {ages}")


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            "The settings file is not readable TOML", where=str(path), found=str(error)
        ) from error
    for name in values:
        _require_known(name, str(path))
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """Take the variables that name a setting; an unknown one is refused, since it is a typing slip."""
    given = {
        variable.removeprefix(_PREFIX).lower(): value
        for variable, value in environment.items()
        if variable.startswith(_PREFIX) and variable not in _NOT_SETTINGS and value != ""
    }
    for name in given:
        _require_known(name, "environment")
    return given


def _require_known(name: str, source: str) -> None:
    names = [field.name for field in fields(Settings)]
    if name not in names:
        raise SettingsError("Unknown setting", where=source, found=name, hint=did_you_mean(name, names))


def _convert(name: str, value: Any, source: str) -> Any:
    _require_known(name, source)
    kind = next(str(field.type) for field in fields(Settings) if field.name == name)
    try:
        converted = _as_zone(value) if name == "time_zone" else _CONVERTERS[kind](value)
    except (ValueError, TypeError, InvalidOperation, KeyError) as error:
        raise _refused(name, value, source, kind) from error
    if name in _CHOICES and converted not in _CHOICES[name]:
        raise _refused(name, value, source, " or ".join(_CHOICES[name]))
    if not _is_sound(name, converted):
        raise _refused(name, value, source, _BOUNDS_IN_WORDS.get(name, "a value above 0"))
    return converted


_BOUNDS_IN_WORDS = {
    "aging_bounds": "rising whole days above 0, such as 30,60,90",
    "loss_rates": "shares from 0 to 1, such as 0,0.05,0.2, or own",
    "fiscal_start": "a month from 1 to 12",
    "month_close_day": "a day from 0 (natural months) to 28",
    "gate_rows": "a share from 0 to 1",
    "gate_amount": "a share from 0 to 1",
    "time_zone": "an IANA time zone such as Asia/Shanghai",
}


def _is_sound(name: str, value: Any) -> bool:
    sound: bool = _SOUND.get(name, _always)(value)
    return sound


def _always(_: object) -> bool:
    return True


def _is_rising(bounds: tuple[int, ...]) -> bool:
    return bool(bounds) and bounds[0] > 0 and all(low < high for low, high in itertools.pairwise(bounds))


_SOUND: dict[str, Callable[[Any], bool]] = {
    "aging_bounds": _is_rising,
    "loss_rates": lambda rates: rates == "own" or all(rate.is_finite() and 0 <= rate <= 1 for rate in rates),
    "fiscal_start": lambda month: 1 <= month <= _MONTHS,
    "month_close_day": lambda day: 0 <= day <= _LAST_DAY_OF_EVERY_MONTH,
    "gate_rows": lambda share: 0 <= share <= 1,
    "gate_amount": lambda share: 0 <= share <= 1,
    "default_payment_terms_days": lambda days: days >= 0,
    "conversion_window_days": lambda days: days >= 1,
    "lapsed_days": lambda days: days >= 1,
    "gate_min_rows": lambda count: count >= 1,
    "keep_snapshots": lambda count: count >= 1,
    "keep_days": lambda days: days >= 0,
}


def _refused(name: str, value: Any, source: str, expected: str) -> SettingsError:
    return SettingsError(
        f"The setting {name} cannot be used",
        where=source,
        found=repr(value),
        expected=_READABLE.get(expected, expected),
    )


_READABLE = {
    "date | None": "a date such as 2026-10-31",
    "datetime | None": "a UTC time such as 2026-10-31T08:00:00",
    "bool": "true or false",
    "int": "a whole number",
    "Decimal": "a number such as 0.02",
    "LossRates": "numbers such as 0,0.05,0.2, or own",
    "tuple[int, ...]": "whole numbers such as 30,60,90",
    "tuple[str, ...]": "names in quotation marks, such as 01,03",
}


def _as_date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value).strip())


def _as_moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _as_integer(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError(value)
    return int(value)


def _as_integers(value: Any) -> tuple[int, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(_as_integer(part) for part in parts)


def _as_words(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not all(isinstance(part, str) for part in parts):
        raise ValueError(value)
    return tuple(word for part in parts if (word := part.strip()))


def _as_switch(value: Any) -> bool:
    switches = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    return value if isinstance(value, bool) else switches[str(value).strip().lower()]


def _as_decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def _as_rates(value: Any) -> LossRates:
    parts = value.split(",") if isinstance(value, str) else value
    return "own" if parts == ["own"] else tuple(_as_decimal(part) for part in parts)


def _as_zone(value: Any) -> str:
    return ZoneInfo(str(value)).key


_CONVERTERS: dict[str, Any] = {
    "Path": Path,
    "str": str,
    "date | None": _as_date,
    "datetime | None": _as_moment,
    "bool": _as_switch,
    "int": _as_integer,
    "tuple[int, ...]": _as_integers,
    "Decimal": _as_decimal,
    "LossRates": _as_rates,
    "Mail | None": recipients.mail,
    "Chat | None": recipients.chat,
    "tuple[Recipient, ...]": recipients.recipients,
    "tuple[str, ...]": _as_words,
}
