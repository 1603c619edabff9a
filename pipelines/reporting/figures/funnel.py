"""Leads to orders: how many reached each stage, beside a year ago."""

from __future__ import annotations

from pipelines.reporting import numbers, palette, words
from pipelines.reporting.chart import Funnel, Stage
from pipelines.reporting.review import FunnelStage

SIZES = {"screen": (550, 280), "phone": (332, 250), "print": (342, 190)}


def lead_funnel(
    stages: tuple[FunnelStage, ...], lang: str, *, has_moves: bool = True, is_red_up: bool = False
) -> Funnel:
    """Draw the stages in their order, with the rate of each step and, if asked, how it moved in percentage points."""
    drawn = []
    for index, stage in enumerate(stages):
        step, moved = words.EMPTY, numbers.UNKNOWN_CHANGE
        if index:
            before = stages[index - 1]
            rate = stage.current / before.current if before.current > 0 else None
            step = numbers.rate(rate)
            if has_moves and stage.prior is not None and before.prior:
                moved = numbers.change(rate, stage.prior / before.prior, of_rate=True)
        drawn.append(
            Stage(
                words.text(f"funnel.{stage.key}").of(lang),
                stage.current,
                stage.prior,
                numbers.count(stage.current).of(lang),
                step.of(lang),
                moved.text.of(lang) if moved.points is not None else "",
                palette.of_verdict(palette.verdict(moved.direction, "up", is_red_up=is_red_up)),
            )
        )
    return Funnel("funnel", tuple(drawn), SIZES)
