"""The pages of one run: each a title, perhaps a lead, and numbered sections of cards."""

from pipelines.reporting.pages.desk import daily_desk
from pipelines.reporting.pages.index import index
from pipelines.reporting.pages.page import Page
from pipelines.reporting.pages.quality import data_quality
from pipelines.reporting.pages.receivables import receivables_page
from pipelines.reporting.pages.review import monthly_review

__all__ = ["Page", "daily_desk", "data_quality", "index", "monthly_review", "receivables_page"]
