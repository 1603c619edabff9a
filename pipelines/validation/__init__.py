"""Every table is checked before anything is published; a figure carries the state of its data."""

from pipelines.validation.badge import Badge, badge
from pipelines.validation.checks import Reconciliation, run_checks
from pipelines.validation.engine_process import peak_memory, prepare
from pipelines.validation.gates import Judgement, judge
from pipelines.validation.run import RuleResult, validate

__all__ = [
    "Badge",
    "Judgement",
    "Reconciliation",
    "RuleResult",
    "badge",
    "judge",
    "peak_memory",
    "prepare",
    "run_checks",
    "validate",
]
