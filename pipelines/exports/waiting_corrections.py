"""Tell of corrections that wait: the file they name, or the kind they are for, has not been loaded."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from pipelines.errors import did_you_mean
from pipelines.exports.corrections import Correction, is_of
from pipelines.exports.numbering import Numbered

log = logging.getLogger(__name__)


def tell(repairs: Sequence[Correction], everything: Sequence[Numbered]) -> None:
    """Warn of each correction that no file loaded so far can have: it may wait, or its file is misspelt."""
    for one in repairs:
        for why in _reasons(one, everything):
            log.warning("the correction %s (%s) is not applied: %s", one.id, one.path, why)


def _reasons(one: Correction, everything: Sequence[Numbered]) -> Iterator[str]:
    if not one.file:
        if all(given.reading.kind != one.kind for given in everything):
            yield f"no {one.kind} have been loaded"
        return
    named = [given for given in everything if is_of(one, given)]
    if not named:
        names = {given.file.name for given in everything}
        yield f"no file {one.file} has been loaded; {did_you_mean(one.file, names)}"
    elif all(given.reading.kind != one.kind for given in named):
        read_as = ", ".join(sorted({given.reading.kind or "no export" for given in named}))
        yield f"{one.file} was read as {read_as}, not as {one.kind}"
