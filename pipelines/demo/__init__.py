"""Seeded demo exports of a company that exists nowhere, with a ledger of what is true about them."""

from pipelines.demo.generator import write_exports
from pipelines.demo.ledger import DemoLedger

__all__ = ["DemoLedger", "write_exports"]
