"""What a row should have been, in a rule's own terms."""

from __future__ import annotations

from typing import Any

from pipelines.validation import vocabulary
from pipelines.validation.suites import Rule

IN_CHINESE = {
    "expect_column_values_to_not_be_null": "须有值",
    "expect_column_values_to_be_null": "须为空",
    "expect_column_values_to_be_unique": "不得重复",
    "expect_compound_columns_to_be_unique": "合起来不得重复",
    "expect_column_values_to_be_between": "须在范围内",
    "expect_column_values_to_be_in_set": "须为其中之一",
    "expect_column_values_to_not_be_in_set": "不得为其中之一",
    "expect_column_values_to_match_regex": "须符合格式",
    "expect_column_values_to_not_match_regex": "不得符合格式",
    "expect_column_values_to_match_regex_list": "须符合格式",
    "expect_column_values_to_not_match_regex_list": "不得符合格式",
    "expect_column_values_to_match_like_pattern": "须符合样式",
    "expect_column_values_to_not_match_like_pattern": "不得符合样式",
    "expect_column_value_lengths_to_be_between": "长度须在范围内",
    "expect_column_value_lengths_to_equal": "长度须为",
    vocabulary.GREATER: "前者须大于后者",
    vocabulary.EQUAL: "两者须相等",
}
_ARGUMENTS_IN_CHINESE = {
    "min_value": "最小",
    "max_value": "最大",
    "strict_min": "不含最小值",
    "strict_max": "不含最大值",
}


def expected(rule: Rule) -> str:
    """Return what a row should have been, in the rule's own terms; a predicate's name says it, its SQL does not."""
    if rule.expectation == vocabulary.ROWS_SATISFY:
        return rule.name.replace("_", " ")
    words = rule.expectation.removeprefix("expect_").removeprefix("column_").removeprefix("values_to_")
    words = words.removeprefix("be_").replace("not_be_", "not_").replace("_", " ")
    shown = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in _arguments(rule).items())
    return f"{words}: {shown}" if shown else words


def expected_zh(rule: Rule) -> str:
    """Return the same in Chinese; a predicate by the rule's name, as the rule's own words say what is wrong."""
    if rule.expectation not in IN_CHINESE:
        return f"符合规则 {rule.name}"
    shown = "，".join(
        f"{_ARGUMENTS_IN_CHINESE.get(key, '')} {value}".strip() for key, value in _arguments(rule).items()
    )
    return f"{IN_CHINESE[rule.expectation]}：{shown}" if shown else IN_CHINESE[rule.expectation]


def _arguments(rule: Rule) -> dict[str, Any]:
    columns = vocabulary.FORMS[rule.expectation].columns
    return {key: value for key, value in rule.arguments.items() if key not in (*columns, "predicate")}
