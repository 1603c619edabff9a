"""What pyproject.toml cannot say: a wheel carries the resource folders, an editable install does not.

An editable install reads them from the checkout; a copy beside it would grow stale unseen.
"""

from __future__ import annotations

import runpy
from pathlib import Path
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
            # a wheel far from its checkout can still say in `ops.runs` which commit it is of
            if (Path(self.root) / ".git").exists():
                resources = runpy.run_path(str(Path(self.root) / "pipelines" / "resources.py"))
                told = Path(self.directory) / "commit"
                told.parent.mkdir(parents=True, exist_ok=True)
                told.write_text(resources["described_by_git"](Path(self.root)), encoding="utf-8")
                build_data["force_include"][str(told)] = "pipelines/_resources/commit"
