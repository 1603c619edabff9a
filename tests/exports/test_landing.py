"""The landing: bytes kept once, nothing half, nothing unreadable."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipelines import exports
from pipelines.errors import AmbiguousExport, LandingDamaged, SalesdeskError, UnreadableExport
from pipelines.settings import Settings
from tests.exports.desk import FIRST_LOAD, Desk

ORDERS = "order_id,order_date,customer_id,amount\nA1,2026-03-01,C1,5\n"


def test_land_keeps_the_bytes_under_their_hash(desk: Desk) -> None:
    path = desk.write("订单 3月.csv", ORDERS)

    (landed,) = desk.land(path)

    assert landed.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert landed.path.read_bytes() == path.read_bytes()
    assert landed.path.name == "订单 3月.csv"
    assert landed.is_new


def test_land_of_known_bytes_is_not_new(desk: Desk) -> None:
    path = desk.write("orders.csv", ORDERS)
    desk.land(path)

    (again,) = desk.land(path)

    assert not again.is_new
    assert again.loaded_at == FIRST_LOAD


def test_land_of_known_bytes_copies_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.write("orders.csv", ORDERS)
    desk.land(path)
    renamed = desk.write("again/orders of March.csv", ORDERS)
    monkeypatch.delattr("pipelines.exports.landing._copy")

    (again,) = desk.land(renamed)

    assert (again.name, again.is_new) == ("orders.csv", False)


def test_land_of_other_bytes_of_a_known_size_is_new(desk: Desk) -> None:
    desk.land(desk.write("orders.csv", ORDERS))

    (other,) = desk.land(desk.write("again/orders.csv", ORDERS.replace("A1", "A7")))

    assert other.is_new
    assert len(exports.landed_files(desk.home)) == 2


def test_land_of_a_folder_leaves_out_hidden_and_unfinished_files(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.write("a/orders.csv", ORDERS)
    for name in (".orders.csv", "orders.csv.part", "~$orders.xlsx", "orders.tmp"):
        desk.write(f"a/{name}", "half")

    landed = desk.land(desk.folder / "exports")

    assert [file.name for file in landed] == ["orders.csv"]
    assert caplog.text.count("left out") == 4


def test_land_leaves_papers_of_a_folder_out_and_takes_one_given_by_name(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.write("a/orders.csv", ORDERS)
    paper = desk.write("a/README.md", "# what these are")

    assert [file.name for file in desk.land(desk.folder / "exports" / "a")] == ["orders.csv"]
    assert "README.md" in caplog.text
    assert [file.name for file in desk.land(paper)] == ["README.md"]


@pytest.mark.parametrize("what", ["missing", "empty folder", "empty file"])
def test_land_of_nothing_is_refused_and_lands_nothing(desk: Desk, what: str) -> None:
    good = desk.write("good/orders.csv", ORDERS)
    bad = desk.folder / what
    if what == "empty folder":
        bad.mkdir()
    if what == "empty file":
        bad.write_bytes(b"")

    with pytest.raises(UnreadableExport) as refused:
        desk.land(good, bad)

    assert what in str(refused.value)
    assert exports.landed_files(desk.home) == []


def test_land_of_a_file_that_grows_while_it_is_copied_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = desk.write("orders.csv", ORDERS)

    class Growing:
        """A hash while whose first piece is worked on another row is written to the export."""

        pieces = 0

        def update(self, _piece: bytes) -> None:
            self.pieces += 1
            if self.pieces == 1:
                with export.open("a", encoding="utf-8") as still_written:
                    still_written.write("A9,2026-03-09,C9,1\n")

    # The first piece is worked on before a third is read.
    monkeypatch.setattr("pipelines.exports.landing._CHUNK", 16)
    monkeypatch.setattr("pipelines.exports.landing.hashlib.sha256", Growing)

    with pytest.raises(UnreadableExport, match="still being written"):
        desk.land(export)

    assert exports.landed_files(desk.home) == []


def test_read_of_an_unknown_file_among_good_ones_names_it_and_lands_none(desk: Desk) -> None:
    desk.give(("before.csv", ORDERS))

    with pytest.raises(UnreadableExport) as refused:
        desk.give(("orders2.csv", ORDERS.replace("A1", "A2")), ("recipes.csv", "dish,minutes\nsoup,20\n"))

    assert "recipes.csv" in str(refused.value)
    assert [file.name for file in exports.landed_files(desk.home)] == ["before.csv"]
    assert desk.rows("select order_id from raw.orders") == [("A1",)]


def test_read_of_several_unknown_files_names_them_all(desk: Desk) -> None:
    with pytest.raises(SalesdeskError) as refused:
        desk.give(("soup.csv", "dish,minutes\nsoup,20\n"), ("tea.csv", "leaf,grams\ngreen,20\n"))

    assert "soup.csv" in str(refused.value)
    assert "tea.csv" in str(refused.value)


def test_read_of_undecided_dates_is_refused(desk: Desk) -> None:
    with pytest.raises(AmbiguousExport, match="Day and month"):
        desk.give(("orders.csv", "order_id,order_date,customer_id,amount\nA1,03/04/2026,C1,5\n"))


def test_read_of_dates_proved_by_one_value_reads_the_others_alike(desk: Desk) -> None:
    desk.give(
        ("orders.csv", "order_id,order_date,customer_id,amount\nA1,03/04/2026,C1,5\nA2,25/04/2026,C1,5\n")
    )

    assert desk.rows("select strftime(order_date, '%m-%d') from raw.orders order by all") == [
        ("04-03",),
        ("04-25",),
    ]


def test_read_again_makes_no_new_twin(desk: Desk) -> None:
    first = desk.give(("orders.csv", ORDERS))

    assert exports.read(desk.home, Settings(home=desk.home)) == first


def test_read_after_a_changed_mapping_makes_a_new_twin(desk: Desk) -> None:
    mapping = """
source: values
label: {{zh: 值, en: values}}
match: {{headers: [SO, Day, Client, Value]}}
feeds:
  - kind: orders
    columns: {{order_id: SO, order_date: Day, customer_id: Client, amount: {{from: Value, scale: {scale}}}}}
"""
    desk.mapping("values.yaml", mapping.format(scale=1))
    desk.give(("orders.csv", "SO,Day,Client,Value\nA1,2026-03-01,C1,500\n"))
    desk.mapping("values.yaml", mapping.format(scale=0.01))

    (reading,) = exports.read(desk.home, Settings(home=desk.home))

    assert str(reading.amount_read) == "5.0000"


def test_read_of_damaged_bytes_says_so(desk: Desk) -> None:
    (landed,) = desk.land(desk.write("orders.csv", ORDERS))
    landed.path.chmod(0o600)
    landed.path.write_text("shorter")

    with pytest.raises(LandingDamaged):
        exports.landed_files(desk.home)


def test_land_after_a_killed_run_clears_what_it_left(desk: Desk) -> None:
    half = desk.home / "landing" / ".incoming" / "x"
    half.mkdir(parents=True)
    (half / "orders.csv").write_text("half")

    desk.land(desk.write("orders.csv", ORDERS))

    assert not (desk.home / "landing" / ".incoming").exists()
    assert len(exports.landed_files(desk.home)) == 1


def test_inspect_of_an_unknown_file_drafts_a_mapping(desk: Desk) -> None:
    path = desk.write("weird.csv", "SO,Day,Client,Value\nA1,2026-03-01,C1,500\n")
    draft = desk.folder / "weird.yaml"

    told = str(exports.inspect(path, desk.home, write_mapping=draft))

    assert "fits no kind" in told
    assert 'headers: ["SO", "Day", "Client", "Value"]' in draft.read_text(encoding="utf-8")


def test_inspect_of_a_known_file_says_which_header_is_which_column(desk: Desk) -> None:
    path = desk.write("订单.csv", '订单编号,下单日期,客户编码,金额\nA1,2026年3月1日,C1,"1,000.00"\n')

    told = str(exports.inspect(path, desk.home))

    assert "order_id                 ← 订单编号" in told
    assert Path(path).name in told
