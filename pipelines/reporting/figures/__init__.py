"""One function a question, from plain rows to a chart; pages draw it as SVG or with plotly, notebooks with plotly."""

from pipelines.reporting.figures.aging import aging_trend
from pipelines.reporting.figures.bridge import order_to_cash
from pipelines.reporting.figures.funnel import lead_funnel
from pipelines.reporting.figures.order_value import order_value
from pipelines.reporting.figures.speed import days_outstanding
from pipelines.reporting.figures.trend import trend
from pipelines.reporting.interactive import nothing_to_draw, plotly_figure

__all__ = [
    "aging_trend",
    "days_outstanding",
    "lead_funnel",
    "nothing_to_draw",
    "order_to_cash",
    "order_value",
    "plotly_figure",
    "trend",
]
