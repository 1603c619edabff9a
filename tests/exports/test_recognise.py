"""Recognition: kind and columns from the header, in zh or en, in any order; what is ambiguous is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import AmbiguousExport, MappingError, SalesdeskError, UnreadableExport
from pipelines.exports import mapping
from pipelines.exports.declarations import kinds, normalise
from pipelines.exports.recognise import recognise


def _kind(header: str) -> str:
    (feed,) = recognise(header.split(","), "export.csv", "", ()).feeds
    return feed.kind


@pytest.mark.parametrize("name", sorted(kinds()))
def test_recognise_of_a_kinds_own_names_gives_the_kind(name: str) -> None:
    header = list(kinds()[name].names)

    (feed,) = recognise(header, "export.csv", "", ()).feeds

    assert feed.kind == name
    assert {ours: rule.headers for ours, rule in feed.columns.items()} == {ours: (ours,) for ours in header}


@pytest.mark.parametrize("name", sorted(kinds()))
def test_recognise_of_a_kinds_chinese_names_gives_the_kind(name: str) -> None:
    columns = kinds()[name].columns

    (feed,) = recognise([column.label.zh for column in reversed(columns)], "导出.csv", "", ()).feeds

    assert feed.kind == name
    assert set(feed.columns) == {column.name for column in columns}


@pytest.mark.parametrize("name", sorted(kinds()))
def test_kind_declares_each_header_for_one_column_only(name: str) -> None:
    headers = [header for column in kinds()[name].columns for header in column.headers]

    assert len(headers) == len(set(headers))


@pytest.mark.parametrize("name", sorted(kinds()))
def test_kind_declares_only_columns_it_has(name: str) -> None:
    kind = kinds()[name]
    named = {*kind.required, *kind.document, *kind.document_otherwise, *kind.needs, *kind.words}
    named |= {column for group in kind.one_of for column in group}

    assert named <= set(kind.names)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Order Date,OrderID,Customer_ID,Amount", "orders"),
        ("订单编号,下单日期,客户编码,商品名称,数量,单价（元）", "orders"),
        ("Sales document,Document date,Sold-to party,Material,Order quantity,Net value", "orders"),
        ("order_id,order_date,customer_id,status", "order_headers"),
        ("order_id,line_no,product_id,quantity,unit_price", "order_lines"),
        ("发票号码,开票日期,购买方名称,金额,税额", "invoices"),
        ("payment_id,payment_date,customer_id,amount,invoice_id", "payments"),
        ("收款单号,收款日期,客户名称,收款金额,收款方式", "payments"),
        ("order_id,return_date,quantity,product_id,reason", "returns"),
        ("order_id,shipped_date,carrier,tracking_no", "deliveries"),
        ("lead_id,created_date,customer_id,channel,status", "leads"),
        ("order_id,score", "reviews"),
        ("客户编号,客户名称,电话,地区", "customers"),
        ("invoice_id,due_date,amount,instalment_no", "instalments"),
        ("日期,币种,汇率", "fx_rates"),
        ("客户编号,截止日期,期末余额", "ledger_balances"),
        ("月份,目标金额,地区", "targets"),
    ],
)
def test_recognise_of_usual_headers_gives_the_kind(header: str, kind: str) -> None:
    assert _kind(header) == kind


def test_recognise_takes_the_customers_name_as_number_only_where_no_number_is() -> None:
    (named,) = recognise(["订单号", "订单日期", "客户名称", "金额"], "a.csv", "", ()).feeds
    (numbered,) = recognise(["订单号", "订单日期", "客户编号", "客户名称", "金额"], "a.csv", "", ()).feeds

    assert named.columns["customer_id"].headers == ("客户名称",)
    assert numbered.columns["customer_id"].headers == ("客户编号",)


@pytest.mark.parametrize("currency", ["Order Currency", "订单币种", "Transaction currency"])
def test_recognise_takes_the_currency_under_its_longer_names(currency: str) -> None:
    (feed,) = recognise(
        ["Order Number", "Order Date", "Customer Id", "Total", currency], "o.csv", "", ()
    ).feeds

    assert feed.columns["currency"].headers == (currency,)


def test_recognise_of_an_unknown_header_names_what_is_near() -> None:
    with pytest.raises(UnreadableExport) as refused:
        _kind("order_id,order_dat,customer_id,amount")

    assert "orders (lacks order_date)" in str(refused.value)
    assert "order_date" in refused.value.hint
    assert "inspect" in refused.value.next_step


def test_recognise_of_a_header_that_fits_two_kinds_is_refused() -> None:
    with pytest.raises(AmbiguousExport, match="several kinds"):
        _kind("单号,日期,客户")


def test_recognise_never_takes_dated_lines_for_lines_without_their_header() -> None:
    with pytest.raises(UnreadableExport, match="fits no kind"):
        recognise(["Sales order", "Document date", "Order quantity", "Unit price"], "lines.csv", "", ())


@pytest.mark.parametrize("side", ["借贷标志", "收/支", "支出金额", "Debit/Credit"])
def test_recognise_never_takes_money_out_for_receipts(side: str) -> None:
    with pytest.raises(UnreadableExport, match=f"a meaning for {side}"):
        recognise(["交易流水号", "交易日期", "客户名称", "金额", side], "流水.csv", "", ())


def test_recognise_with_a_common_name_among_unknown_ones_is_refused() -> None:
    with pytest.raises(SalesdeskError):
        _kind("日期,币种,汇率,凭证字,凭证号,科目,摘要栏,借方,贷方")


MAPPING = """
source: mine
label: {{zh: 我的, en: mine}}
match: {{headers: [SO, Day, Client, Value]}}
feeds:
  - kind: orders
    columns: {{order_id: SO, order_date: Day, customer_id: Client, {amount}}}
"""


def _mapping(folder: Path, amount: str) -> mapping.Mapping:
    path = folder / "mine.yaml"
    path.write_text(MAPPING.format(amount=amount), encoding="utf-8")
    (found,) = mapping.read(path)
    return found


def test_recognise_by_mapping_ignores_case_and_punctuation_of_headers(tmp_path: Path) -> None:
    found = recognise(["so", "DAY", "*Client", "Value "], "a.csv", "", [_mapping(tmp_path, "amount: Value")])

    assert found.source == "mine"
    assert found.feeds[0].columns["customer_id"].headers == ("*Client",)


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("amont: Value", "did you mean amount"),
        ("amount: {form: Value}", "from"),
        ("amount: {expression: 'read_text(\"Value\")'}", "read_text"),
        ("amount: {expression: '(select 1)'}", "subquery"),
        ("amount: {expression: 'cast(\"Value\" as integer)'}", "try_cast"),
        ("amount: {from: Value, scale: 0}", "scale"),
        ("quantity: Value", "unit_price"),
        ("amount: {from: Value, constant: 3}", "one of from, constant"),
        ("amount: {lookup: {kind: ordrs, by: SO, take: [amount]}}", "did you mean orders"),
    ],
)
def test_mapping_that_cannot_be_used_says_why(tmp_path: Path, amount: str, told: str) -> None:
    with pytest.raises(MappingError) as refused:
        _mapping(tmp_path, amount)

    assert told in str(refused.value)


def test_mapping_of_the_user_wins_over_the_shipped_one(tmp_path: Path) -> None:
    text = (mapping.SHIPPED / "uci_online_retail.yaml").read_text(encoding="utf-8")
    (tmp_path / "ours.yaml").write_text(text.replace("GBP", "EUR"), encoding="utf-8")

    found = {one.source: one for one in mapping.mappings(tmp_path)}

    assert found["uci_online_retail"].feeds[0].columns["currency"].constant == "EUR"


def test_mappings_shipped_have_sources_of_their_own() -> None:
    sources = [one.source for path in mapping.SHIPPED.glob("*.yaml") for one in mapping.read(path)]

    assert len(sources) == len(set(sources))


def test_normalise_folds_width_case_and_punctuation() -> None:
    assert normalise(" Order_ID（编号）") == "orderid编号"
    assert normalise("ＯＲＤＥＲ－ｉｄ") == "orderid"
