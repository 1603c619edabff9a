"""The declarations themselves: complete in both languages, refused with hints when they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import MetricError
from pipelines.metrics import catalog, find
from pipelines.metrics.catalog import read
from pipelines.metrics.definition import Metric

NAMED_IN_REPORTS = {
    "revenue",
    "gross_revenue",
    "discounts",
    "returned_amount",
    "cancelled_amount",
    "orders",
    "buying_customers",
    "order_value",
    "customer_spend",
    "gross_order_value",
    "conversion",
    "conversion_throughput",
    "retention",
    "repeat_rate",
    "invoiced",
    "collected",
    "collected_per_order",
    "receivables",
    "overdue",
    "overdue_share",
    "completion_rate",
    "on_time_rate",
    "delivery_days",
    "csat",
}
DECLARATION = """
name: {name}
label: {{zh: 甲, en: A}}
words: {{zh: 甲, en: A}}
leaves_out: {{zh: 无, en: nothing}}
unit: count
base: marts.fct_orders
date: order_date
numerator: count(*)
dimensions: {{region: region}}
additive_over: [time]
better: up
owner: sales
version: 1
"""


def _declare(folder: Path, text: str, name: str = "visits") -> dict[str, Metric]:
    (folder / f"{name}.yaml").write_text(text.format(name=name), encoding="utf-8")
    return read(folder)


def test_catalog_has_every_metric_that_reports_name() -> None:
    assert set(catalog()) >= NAMED_IN_REPORTS


@pytest.mark.parametrize("metric", catalog().values(), ids=lambda metric: metric.name)
def test_metric_says_everything_in_both_languages(metric: Metric) -> None:
    for words in (metric.label, metric.words, metric.leaves_out):
        assert all(words[lang].strip() for lang in ("zh", "en"))


@pytest.mark.parametrize("metric", catalog().values(), ids=lambda metric: metric.name)
def test_metric_that_is_a_ratio_is_never_additive(metric: Metric) -> None:
    assert not (metric.is_ratio and metric.additive_over)


def test_find_of_a_misspelt_metric_names_the_nearest() -> None:
    with pytest.raises(MetricError, match="did you mean conversion"):
        find("convertion")


def test_metric_made_of_others_keeps_only_the_slices_they_share() -> None:
    assert "product_category" in find("revenue").dimensions
    assert "product_category" not in find("order_value").dimensions


def test_metric_with_another_computation_has_another_fingerprint(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    one = _declare(first, DECLARATION)["visits"]
    other = _declare(second, DECLARATION + "where: is_valid\n")["visits"]
    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (DECLARATION + "colour: red\n", "Unknown key"),
        (DECLARATION.replace("owner: sales\n", ""), "owner"),
        (DECLARATION.replace("unit: count", "unit: cuont"), "did you mean count"),
        (
            DECLARATION.replace("words: {{zh: 甲, en: A}}", "words: {{zh: 甲}}"),
            "words must be said in zh and en",
        ),
        (DECLARATION.replace("numerator: count(*)", "numerator: [{{metric: orders}}]"), "unknown metric"),
        (DECLARATION.replace("numerator: count(*)", "numerator: [{{metric: visits}}]"), "cycle"),
        (DECLARATION.replace("numerator: count(*)", "numerator: [{{valeu: 1}}]"), "did you mean value"),
        (DECLARATION.replace("base: marts.fct_orders\n", ""), "base"),
        (DECLARATION.replace("name: {name}", "name: other"), "named as its file"),
        ("- a\n- b\n", "must be a mapping"),
        ("name: [\n", "not readable YAML"),
    ],
)
def test_declaration_that_cannot_be_used_is_refused_with_the_reason(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(MetricError, match=message):
        _declare(tmp_path, text)
