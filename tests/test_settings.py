"""Settings come from defaults, file, variables and flags, each over the one before, and say which."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.errors import SettingsError
from pipelines.recipients import Chat, Mail, Recipient
from pipelines.settings import load, resolve


def test_settings_without_anything_are_the_defaults(tmp_path: Path) -> None:
    settings = load({}, environment={}, working_folder=tmp_path)
    assert (settings.lang, settings.aging_bounds, settings.as_of) == ("zh", (30, 60, 90, 180, 365), None)


def test_settings_later_layers_win_and_name_their_source(tmp_path: Path) -> None:
    (tmp_path / "salesdesk.toml").write_text('lang = "en"\nlapsed_days = 60\naging_bounds = [10, 20]\n')
    environment = {"SALESDESK_LAPSED_DAYS": "70", "SALESDESK_AS_OF": "2026-01-31"}
    settings, sourced = resolve({"as_of": "2026-02-28"}, environment=environment, working_folder=tmp_path)
    assert (settings.lang, settings.lapsed_days) == ("en", 70)
    assert (settings.as_of, settings.aging_bounds) == (date(2026, 2, 28), (10, 20))
    sources = {each.name: each.source for each in sourced}
    assert sources["lang"] == str(tmp_path / "salesdesk.toml")
    assert (sources["lapsed_days"], sources["as_of"]) == ("SALESDESK_LAPSED_DAYS", "flag")
    assert sources["fiscal_start"] == "default"


def test_settings_file_in_working_folder_wins_over_the_one_in_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "salesdesk.toml").write_text('company = "from home"\nlapsed_days = 10\n')
    (tmp_path / "salesdesk.toml").write_text('company = "from here"\n')
    settings = load({"home": home}, environment={}, working_folder=tmp_path)
    assert (settings.company, settings.lapsed_days) == ("from here", 10)


def test_settings_known_at_with_offset_becomes_utc(tmp_path: Path) -> None:
    settings = load({"known_at": "2026-01-01T08:00:00+08:00"}, environment={}, working_folder=tmp_path)
    assert settings.known_at == datetime(2026, 1, 1, tzinfo=UTC)


def test_settings_loss_rates_are_exact_and_one_for_each_age(tmp_path: Path) -> None:
    rates = (Decimal(0), Decimal("0.01"), Decimal("0.25"), Decimal(1))
    (tmp_path / "salesdesk.toml").write_text("aging_bounds = [30, 60]\nloss_rates = [0, 0.01, 0.25, 1]\n")
    assert load({}, environment={}, working_folder=tmp_path).loss_rates == rates
    # Other bounds asked for once leave the policy as it is.
    asked = load({"aging_bounds": "10"}, environment={}, working_folder=tmp_path)
    assert (asked.aging_bounds, asked.loss_rates) == ((10,), rates)
    own = load({}, environment={"SALESDESK_LOSS_RATES": "own"}, working_folder=tmp_path)
    assert own.loss_rates == "own"
    with pytest.raises(SettingsError) as caught:
        load({}, environment={"SALESDESK_LOSS_RATES": "0,0.5,1"}, working_folder=tmp_path)
    assert "4 rates: not due, 2 up to the bounds 30, 60, one beyond" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lang", "fr"),
        ("as_of", "31.12.2026"),
        ("loss_rates", "0,0.1,1.2,0,0,0,0"),
        ("loss_rates", "0,0.1"),
        ("loss_rates", "none"),
        ("aging_bounds", "30,20"),
        ("aging_bounds", "0,30"),
        ("aging_bounds", ""),
        ("fiscal_start", 13),
        ("month_close_day", 29),
        ("gate_rows", "1.5"),
        ("gate_amount", "lots"),
        ("lapsed_days", 0),
        ("time_zone", "Mars/Base"),
        ("keep_snapshots", "2.5"),
        ("cash_application", "guess"),
    ],
)
def test_settings_value_out_of_bounds_is_refused_by_name(name: str, value: object, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"The setting {name} cannot be used") as caught:
        load({name: value}, environment={}, working_folder=tmp_path)
    assert caught.value.expected


def test_settings_unknown_variable_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load({}, environment={"SALESDESK_AS_OFF": "2026-01-01"}, working_folder=tmp_path)
    assert "as_of" in caught.value.hint


def test_settings_broken_toml_is_refused_by_file(tmp_path: Path) -> None:
    (tmp_path / "salesdesk.toml").write_text("lang = zh")
    with pytest.raises(SettingsError) as caught:
        load({}, environment={}, working_folder=tmp_path)
    assert caught.value.where == str(tmp_path / "salesdesk.toml")


DESK = """
[mail]
host = "smtp.example.com"
sender = "desk@example.com"
alerts_to = "ops@example.com"
[chat]
threshold = "critical"
[[recipients]]
address = "wang@example.com"
lang = "zh"
pages = ["receivables"]
sales_reps = ["王强"]
"""


def test_settings_tables_tell_who_is_told(tmp_path: Path) -> None:
    (tmp_path / "salesdesk.toml").write_text(DESK, encoding="utf-8")
    settings = load({}, environment={"SALESDESK_MAIL_PASSWORD": "secret"}, working_folder=tmp_path)
    assert settings.mail == Mail("smtp.example.com", "desk@example.com", alerts_to=("ops@example.com",))
    assert settings.chat == Chat(threshold="critical")
    assert settings.recipients == (
        Recipient("wang@example.com", lang="zh", pages=("receivables",), sales_reps=("王强",)),
    )
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("host =", "hots =", "did you mean host"),
        ('host = "smtp.example.com"', "", r"\[mail\] lacks host"),
        ('"ops@example.com"', '"ops@example.com, boss@example.com"', "an address such as"),
        ('"wang@example.com"', '"wang@example.com\\r\\nBcc: a@b.c"', "an address such as"),
        ('"critical"', '"loud"', "critical or warning or info"),
        ('lang = "zh"', 'lang = "fr"', "zh or en"),
        ('["receivables"]', "[7]", "a text"),
        ("[[recipients]]", "[recipients]", r"tables written \[\[recipients\]\]"),
        ("[chat]", 'port = "587"\n[chat]', "a whole number"),
        ("[chat]", "port = 0\n[chat]", "a port from 1"),
        (
            "[[recipients]]",
            '[[recipients]]\naddress = "Wang@example.com"\n[[recipients]]',
            "each address once",
        ),
    ],
)
def test_settings_table_that_cannot_be_used_is_refused_by_key(
    was: str, becomes: str, told: str, tmp_path: Path
) -> None:
    assert was in DESK
    (tmp_path / "salesdesk.toml").write_text(DESK.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load({}, environment={}, working_folder=tmp_path)
    assert re.search(told, str(caught.value))
