"""The gates: whether this data may be published, and if not, every reason why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.errors import GateFailed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.settings import Settings
    from pipelines.validation.run import RuleResult


@dataclass(frozen=True)
class Share:
    """Part of a whole: rows of all current files, or money of one kind's current files."""

    of_what: str
    part: Decimal
    whole: Decimal

    @property
    def value(self) -> Decimal:
        """The share, 0 of nothing."""
        return self.part / self.whole if self.whole else Decimal(0)


@dataclass(frozen=True)
class Judgement:
    """A draft that passed its gates: what was quarantined, and how many rules failed without stopping it."""

    rows: Share
    amounts: tuple[Share, ...]
    failed_rules: int

    @property
    def words(self) -> str:
        """One line for the screen."""
        return (
            f"{self.rows.part:,} of {self.rows.whole:,} rows quarantined, "
            f"{self.failed_rules} rules failed without stopping"
        )


def judge(connection: DuckDBPyConnection, results: Sequence[RuleResult], settings: Settings) -> Judgement:
    """Let a draft pass, or raise GateFailed with every reason.

    A draft fails when a critical rule failed, when a rule is broken, when more than `gate_rows` of the rows read are
    quarantined, or more than `gate_amount` of the money of any kind of export. Shares are not looked at below
    `gate_min_rows` quarantined rows: one bad row of five is a clerk's slip, which the badge tells.
    """
    rows, amounts = shares(connection)
    reasons = [_of_rule(result) for result in results if stops(result)]
    if rows.part < settings.gate_min_rows:
        amounts = []
    elif rows.value > settings.gate_rows:
        reasons.append(
            f"{rows.part:,} of {rows.whole:,} rows ({_percent(rows.value)}) are quarantined, "
            f"more than the {_percent(settings.gate_rows)} allowed (gate_rows)"
        )
    reasons += [
        f"{_percent(share.value)} of the money in {share.of_what} ({share.part:,.2f}) is quarantined, "
        f"more than the {_percent(settings.gate_amount)} allowed (gate_amount)"
        for share in amounts
        if share.value > settings.gate_amount
    ]
    if reasons:
        raise GateFailed(
            "The data failed its gates: nothing was published, the former publication stands",
            found="\n            ".join([*reasons, *_money_by_rule(results)]),
            next_step="`salesdesk quarantine` lists the rows; correct the exports and run again",
        )
    return Judgement(rows, tuple(amounts), sum(not result.success for result in results))


def stops(result: RuleResult) -> bool:
    """Whether the rule alone forbids publishing: it is critical and failed, or it could not be run at all."""
    return not result.success and (result.severity == "critical" or result.broken)


def shares(connection: DuckDBPyConnection) -> tuple[Share, list[Share]]:
    """Return the quarantined share of all rows read, and of the money of each kind, in current files.

    Kinds are not added up: an order, its invoice and its payment are the same money. Within a kind the amounts of all
    currencies are taken as they stand; it is a share of what was exported, not a figure.
    """
    found = connection.execute(
        "select kind, sum(rows_read), sum(rows_quarantined), sum(abs(amount_read)), sum(abs(amount_quarantined)) "
        "from ops.files where is_current group by kind order by kind"
    ).fetchall()
    rows = Share(
        "all files",
        Decimal(int(sum(quarantined or 0 for _, _, quarantined, _, _ in found))),
        Decimal(int(sum(read or 0 for _, read, _, _, _ in found))),
    )
    amounts = [
        Share(kind, bad or Decimal(0), money)
        for kind, _, _, money, bad in found
        if money is not None and money > 0
    ]
    return rows, amounts


def _of_rule(result: RuleResult) -> str:
    if result.broken:
        return f"{result.rule_id}: {result.observed}"
    count = (
        f"{result.failed_count:,} of {result.checked_count:,} rows"
        if result.failed_count
        else result.observed
    )
    money = f", {result.failed_amount:,.2f}" if result.failed_amount is not None else ""
    return f"{result.rule_id}: {result.words_en} ({count}{money})"


def _money_by_rule(results: Sequence[RuleResult]) -> list[str]:
    """Say what each quarantining rule took out, the largest sums first."""
    taken = [result for result in results if result.then == "quarantine" and result.failed_count]
    taken.sort(
        key=lambda result: (abs(result.failed_amount or Decimal(0)), result.failed_count), reverse=True
    )
    return [f"quarantined by {_of_rule(result)}" for result in taken[:10]]


def _percent(share: Decimal) -> str:
    return f"{share * 100:.2f} %"
