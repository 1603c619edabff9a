"""Exports in: recognise, land, read into typed twins, load as raw relations.

An analyst or a flow needs three calls: `land`, `read`, `load`.
"""

from pipelines.exports.contract_documents import examine as examine_documents
from pipelines.exports.inspection import Inspection, inspect
from pipelines.exports.landing import LandedFile, land, landed_files
from pipelines.exports.load import load
from pipelines.exports.reader import read, unread
from pipelines.exports.readings import Reading

__all__ = [
    "Inspection",
    "LandedFile",
    "Reading",
    "examine_documents",
    "inspect",
    "land",
    "landed_files",
    "load",
    "read",
    "unread",
]
