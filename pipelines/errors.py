"""Every error a user can meet, as one tree: what, where, found, expected, what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known names, or all of them when none is near."""
    choices = sorted(set(known))
    near = get_close_matches(name, choices, n=3, cutoff=0.5)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"known: {', '.join(choices)}" if choices else "none is known yet"


class SalesdeskError(Exception):
    """An error that tells a user what happened and what to do next.

    `exit_code` is the process exit code: 1 when data failed its gates, 2 for usage or unreadable input.
    """

    exit_code = 2

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        found: str = "",
        expected: str = "",
        next_step: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.found = found
        self.expected = expected
        self.next_step = next_step
        self.hint = hint

    def __str__(self) -> str:
        """Lay the parts out one a line, leaving out those that are empty."""
        parts = [
            ("where", self.where),
            ("found", self.found),
            ("expected", self.expected),
            ("hint", self.hint),
            ("next", self.next_step),
        ]
        return "\n".join([self.what, *(f"  {name + ':':<10}{text}" for name, text in parts if text)])


class UsageError(SalesdeskError):
    """The command was asked for something it cannot do."""


class SettingsError(SalesdeskError):
    """A setting is unknown or its value cannot be used."""


class UnreadableExport(SalesdeskError):
    """An export is missing, empty, truncated or not what its name says."""


class AmbiguousExport(SalesdeskError):
    """An export's header fits no kind, or more than one."""


class MappingError(SalesdeskError):
    """A mapping or a correction cannot be used as written."""


class LandingDamaged(SalesdeskError):
    """The landing's bytes or receipts are not what was once landed."""


class ModelError(SalesdeskError):
    """An SQL model is unreadable, part of a cycle, or names a relation that does not exist."""


class SuiteError(SalesdeskError):
    """An expectation suite cannot be used as written."""


class MetricError(SalesdeskError):
    """A metric, dimension or grain is unknown, or the question makes no sense for it."""


class WarehouseBusy(SalesdeskError):
    """Another run holds the warehouse."""


class NewerHome(SalesdeskError):
    """HOME was written by a newer release, whose layout this one does not know."""


class NothingPublished(SalesdeskError):
    """There is no publication to read, or the one asked for is gone."""


class PublicationDamaged(SalesdeskError):
    """The published file cannot be read."""


class GateFailed(SalesdeskError):
    """Data failed its gates: nothing was published and the former publication stands."""

    exit_code = 1


class ReconciliationFailed(GateFailed):
    """A reconciliation is off: nothing was published and the former publication stands."""
