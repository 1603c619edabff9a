"""Alerts: which rules failed in a run, told to whoever asked for their severity."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipelines import delivery, metrics
from pipelines.delivery import Notice, Receipt
from pipelines.errors import ReconciliationFailed

if TYPE_CHECKING:
    from pipelines.job.run import Job
    from pipelines.validation import RuleResult

log = logging.getLogger(__name__)

_WORDS = {
    "zh": {
        "rule": "{rule}：{parts}",
        "rows": "{checked:,} 行中 {failed:,} 行",
        "money": "涉及 {amount:,.2f} {currency}",
        "metrics": "影响：{names}",
        "comma": "，",
        "list": "、",
        "broken": "规则本身无法执行，须修改规则",
        "off": "勾稽不平，未发布：{names}",
        "off_text": "上一次发布原样保留；运行时的屏幕与 ops.reconciliations 说明差在哪里。",
    },
    "en": {
        "rule": "{rule}: {parts}",
        "rows": "{failed:,} of {checked:,} rows",
        "money": "{amount:,.2f} {currency}",
        "metrics": "touches: {names}",
        "comma": "; ",
        "list": ", ",
        "broken": "the rule itself could not be run and must be corrected",
        "off": "A reconciliation is off, nothing was published: {names}",
        "off_text": "What was published stands; the run's screen and ops.reconciliations say where it is off.",
    },
}


def send(
    job: Job,
    error: BaseException | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    waits: Sequence[float] = delivery.WAITS,
) -> tuple[Receipt, ...]:
    """Tell of the rules that failed in a run, published or refused, and of reconciliations that are off.

    A rule is told again when its failing rows or their money change, not while they stay the same. Counts, sums and the
    rule's words go out, no customer's data. What cannot be delivered is logged and undoes nothing.
    """
    lang = job.request.settings.lang
    notices = [_of_rule(result, lang) for result in job.results if not result.success]
    if isinstance(error, ReconciliationFailed):
        notices.append(_of_reconciliation(error, job.request.run_id, lang))
    if not notices:
        return ()
    receipts = delivery.tell(
        job.request.settings, notices, at=job.request.started_at, environment=environment, waits=waits
    )
    for reason in sorted({f"{one.target}: {one.reason}" for one in receipts if one.status == "failed"}):
        log.warning("an alert was not delivered: %s", reason)
    return receipts


def _of_rule(result: RuleResult, lang: str) -> Notice:
    words = _WORDS[lang]
    parts = []
    if result.broken:
        parts.append(words["broken"])
    else:
        parts.append(words["rows"].format(failed=result.failed_count, checked=result.checked_count))
    if result.failed_amount is not None:
        amount, currency = result.failed_amount, result.failed_currency or ""
        parts.append(words["money"].format(amount=amount, currency=currency).strip())
    if result.metrics:
        known = metrics.catalog()
        names = [known[name].label[lang] if name in known else name for name in result.metrics]
        parts.append(words["metrics"].format(names=words["list"].join(names)))
    state = "broken" if result.broken else f"{result.failed_count} rows, {result.failed_amount}"
    return Notice(
        severity="critical" if result.broken else result.severity,
        title=result.words_zh if lang == "zh" else result.words_en,
        text=words["rule"].format(rule=result.rule_id, parts=words["comma"].join(parts)),
        key=f"rule {result.rule_id}: {state}",
    )


def _of_reconciliation(error: ReconciliationFailed, run_id: str, lang: str) -> Notice:
    words = _WORDS[lang]
    title = words["off"].format(names=error.where)
    return Notice("critical", title, words["off_text"], f"reconciliation {run_id}")
