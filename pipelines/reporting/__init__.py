"""What people read: pages, workbooks and statements made from plain rows, with one set of words in zh and en."""

from pipelines.reporting.facts import Badge, RunFacts
from pipelines.reporting.publication import publish
from pipelines.reporting.review import ReviewData

__all__ = ["Badge", "ReviewData", "RunFacts", "publish"]
