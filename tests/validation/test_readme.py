"""What expectations/README.md says is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from pipelines import resources
from pipelines.validation import suites
from tests.validation.suite_files import COUNTS_ROWS, rule


def _sample() -> dict[str, Any]:
    text = (resources.path("expectations") / "README.md").read_text(encoding="utf-8")
    found = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert found
    sample: dict[str, Any] = yaml.safe_load(found[1])
    return sample


def test_readme_sample_is_a_suite(tmp_path: Path) -> None:
    sample = _sample()
    counting = {key: value for key, value in COUNTS_ROWS.items() if key != "id"}
    sample["rules"].append(rule("rows", **counting))
    path = tmp_path / "stg_orders.yaml"
    path.write_text(yaml.safe_dump(sample, allow_unicode=True), encoding="utf-8")
    assert suites.load(path).rules[0].predicate == "shipped_date >= order_date"


def test_readme_sample_is_the_rule_of_the_project() -> None:
    (shown,) = _sample()["rules"]
    kept = {
        each.name: each for each in suites.load(resources.path("expectations") / "stg_orders.yaml").rules
    }[shown["id"]]
    assert (kept.predicate, kept.severity, kept.then, kept.words_en) == (
        *(shown["predicate"], shown["severity"], shown["then"], shown["why"]["en"]),
    )
