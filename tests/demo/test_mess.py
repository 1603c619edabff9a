"""The faults of a messy demo: each is in the rows it says, and nowhere else."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipelines.demo import faults, write_exports
from pipelines.errors import UsageError

ORDERS, SEED = 2000, 5


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean") / "exports"
    write_exports(folder, orders=ORDERS, seed=SEED)
    return folder


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("messy") / "exports"
    write_exports(folder, orders=ORDERS, seed=SEED, mess=True)
    return folder


def described(folder: Path) -> dict[str, dict[str, Any]]:
    entries = json.loads((folder.parent / "truth" / "faults.json").read_text(encoding="utf-8"))
    return {entry["name"]: entry for entry in entries}


def lines(path: Path) -> list[str]:
    """Return the file's lines, whatever a fault did to its encoding."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    return text.splitlines()


def test_faults_are_many_and_say_what_should_happen() -> None:
    known = faults.known()
    assert len(known) >= 40
    assert len({fault.name for fault in known}) == len(known)
    for fault in known:
        assert fault.outcome in {"quarantine", "flag", "reconciliation", "superseded", "harmless"}
        assert bool(fault.reason) == (fault.outcome not in {"superseded", "harmless"})
        assert all((fault.zh, fault.en)), fault.name
        assert all(isinstance(change, str | dict) for change in fault.cells.values()), fault.name


def test_mess_describes_every_fault_with_the_rows_it_touched(messy: Path) -> None:
    entries = described(messy)
    assert set(entries) == {fault.name for fault in faults.known()}
    assert [name for name, entry in entries.items() if not entry["touched"]] == []


def test_mess_changes_the_rows_it_says_and_no_others(clean: Path, messy: Path) -> None:
    told = {(row["file"], row["line"]) for entry in described(messy).values() for row in entry["touched"]}
    left_out = Counter(
        row["file"] for row in described(messy)["payments_day_missing"]["touched"] if row["line"] == 0
    )
    for path in clean.iterdir():
        before, after = lines(path), lines(messy / path.name)
        kept = Counter(before)
        changed = []
        for number, line in enumerate(after, start=1):
            if kept[line]:
                kept[line] -= 1
            else:
                changed.append(number)
        copies = [
            row for entry in described(messy).values() for row in entry["touched"] if row["file"] == path.name
        ]
        assert {(path.name, number) for number in changed} <= told, path.name
        assert sum(kept.values()) == left_out[path.name] + sum(
            1 for row in copies if row["line"] in changed and not is_copy(messy, row)
        )


def is_copy(folder: Path, row: dict[str, Any]) -> bool:
    """Tell whether a touched row stands after the one it was copied from."""
    for entry in described(folder).values():
        places = [other["line"] for other in entry["touched"]]
        if row in entry["touched"] and entry["name"] in COPIES:
            return bool(row["line"] == max(places))
    return False


COPIES = {fault.name for fault in faults.known() if fault.action == "copy"}


def test_mess_of_one_fault_touches_the_same_rows_as_among_all(messy: Path, tmp_path: Path) -> None:
    name = "payment_sign_flipped"
    write_exports(tmp_path / "exports", orders=ORDERS, seed=SEED, mess=[name])
    alone = described(tmp_path / "exports")
    assert list(alone) == [name]
    keys = [row["key"] for row in alone[name]["touched"]]
    assert keys == [row["key"] for row in described(messy)[name]["touched"]]


def test_mess_of_no_fault_leaves_no_list_behind(tmp_path: Path) -> None:
    write_exports(tmp_path / "exports", orders=ORDERS, seed=SEED, mess=["file_doubled", "file_reexported"])
    assert (tmp_path / "exports" / "orders_copy.csv").exists()
    write_exports(tmp_path / "exports", orders=ORDERS, seed=SEED)
    assert not (tmp_path / "truth" / "faults.json").exists()
    assert {path.name for path in (tmp_path / "exports").iterdir()} & {
        "orders_copy.csv",
        "payments_again.csv",
    } == set()


def test_mess_in_a_demo_too_small_for_it_says_how_many_orders_it_needs(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too small") as raised:
        write_exports(tmp_path / "exports", orders=20, mess=True)
    assert "2,000" in str(raised.value)


@pytest.mark.parametrize(
    ("name", "cell", "found"),
    [
        ("order_id_full_width", 0, "ＳＯ"),
        ("order_date_untypable", 2, "2026-13-45"),
        ("invoice_number_scientific", 0, "1.23E+19"),
        ("payment_doubled", 0, "B"),
        ("customer_name_formula", 1, "=1+1"),
    ],
)
def test_mess_puts_the_fault_into_its_cell(messy: Path, name: str, cell: int, found: str) -> None:
    row = described(messy)[name]["touched"][-1]
    assert found in lines(messy / row["file"])[row["line"] - 1].split(",")[cell]


def test_mess_of_a_broken_tax_number_changes_the_check_character_alone(clean: Path, messy: Path) -> None:
    row = described(messy)["customer_tax_id_broken"]["touched"][0]
    broken = lines(messy / "customers.csv")[row["line"] - 1].split(",")[2]
    right = next(line.split(",")[2] for line in lines(clean / "customers.csv") if line.startswith(row["key"]))
    assert broken[:-1] == right[:-1]
    assert broken != right
