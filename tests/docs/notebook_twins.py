"""The notebooks' twins in words, in which a change can be read line by line."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
NOTEBOOKS = PROJECT / "notebooks"


def twins(folder: Path) -> dict[Path, str]:
    """Return, for each notebook of the folder, the path of its twin and what stands in it."""
    import jupytext
    from jupytext.config import load_jupytext_configuration_file

    chosen = load_jupytext_configuration_file(str(folder / "jupytext.toml"))
    found = {}
    for path in sorted(folder.glob("*.ipynb")):
        notebook = jupytext.read(path)
        chosen.set_default_format_options(notebook.metadata.setdefault("jupytext", {}))
        notebook.metadata["jupytext"] |= {
            "notebook_metadata_filter": chosen.notebook_metadata_filter,
            "cell_metadata_filter": chosen.cell_metadata_filter,
        }
        found[folder / "text" / f"{path.stem}.md"] = jupytext.writes(notebook, fmt="md")
    return found


if __name__ == "__main__":
    for path, text in twins(NOTEBOOKS).items():
        path.write_text(text, encoding="utf-8")
