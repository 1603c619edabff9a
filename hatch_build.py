"""What pyproject.toml cannot say: a wheel carries the resource folders, an editable install does not.

An editable install reads them from the checkout; a copy beside it would grow stale unseen.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("sql", "expectations", "reports", "notebooks")


class ResourceFolders(BuildHookInterface):  # type: ignore[type-arg] # generic over a config we do not read
    """Put the resource folders where `pipelines.resources` looks first."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folders to include; `version` is `standard` or `editable`."""
        if version != "editable":
            build_data["force_include"].update(
                {folder: f"pipelines/_resources/{folder}" for folder in FOLDERS}
            )
