"""Run a notebook on the published file with its parameters given, and make one page of it that asks for nothing."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import resources
from pipelines.analysis.frames import records
from pipelines.analysis.opening import about, read
from pipelines.errors import SalesdeskError, UsageError, did_you_mean
from pipelines.reporting import notebook_page
from pipelines.reporting.notebook_page import Cell, Output

if TYPE_CHECKING:
    from nbformat import NotebookNode

_FIGURE = "application/vnd.plotly.v1+json"
_GIVEN_BY_US = ("home", "run_id")


class NotebookStopped(SalesdeskError):
    """A notebook's own code raised an error, or one of its tie-outs does not hold."""

    exit_code = 1


def find(name: str) -> Path:
    """Return a notebook by its number, its stem or its path. Raises UsageError with the nearest names."""
    if name.endswith(".ipynb") and Path(name).is_file():
        return Path(name)
    known = {path.stem: path for path in sorted(resources.path("notebooks").glob("*.ipynb"))}
    stem = name.removesuffix(".ipynb")
    found = [path for each, path in known.items() if each == stem or each.partition("_")[0] == stem.zfill(2)]
    if not found:
        raise UsageError("There is no such notebook", found=name, hint=did_you_mean(stem, known))
    return found[0]


def parameters(notebook: NotebookNode) -> dict[str, Any]:
    """Return the parameters of a notebook and their defaults, from the cell tagged `parameters`."""
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    return {
        target.id: ast.literal_eval(node.value)
        for cell in cells
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def publish_all(names: Sequence[str], home: Path, lang: str = "") -> list[Path]:
    """Run notebooks on the newest snapshot, each with a page of its own; return the paths.

    One that stops does not keep the others from running. Raises NotebookStopped afterwards, naming every one that
    stopped, and what `publish` raises.
    """
    pages, stopped = [], []
    for name in names:
        try:
            pages.append(publish(name, home, {}, lang=lang))
        except NotebookStopped as error:
            stopped.append(error)
    if len(stopped) > 1:
        raise NotebookStopped(f"{len(stopped)} notebooks stopped", found="\n".join(map(str, stopped)))
    if stopped:
        raise stopped[0]
    return pages


def publish(
    name: str, home: Path, given: Mapping[str, str], run_id: str | None = None, *, lang: str = ""
) -> Path:
    """Run a notebook on one snapshot and write its page to `reports/notebooks/<run_id>/`; return its path.

    `lang` is for notebooks that have such a parameter and are not given one. The run is pinned: a publication meanwhile
    changes nothing. Raises UsageError for an unknown notebook or parameter or when the notebooks' extra is not
    installed, NothingPublished without a publication, and NotebookStopped, with the cell, when its own code raises.
    """
    path = find(name)
    _require_installed()
    import nbformat

    known = parameters(nbformat.read(path, as_version=4))  # type: ignore[no-untyped-call] # it has no types
    _require_known(path, given, known)
    with read(home, run_id) as connection:
        (run,) = records(about(connection))
    spoken = {"lang": lang} if lang else {}
    chosen = {**spoken, **given, "home": str(home.resolve()), "run_id": run["run_id"]}
    folder: Path = home / "reports" / "notebooks" / run["run_id"]
    folder.mkdir(parents=True, exist_ok=True)
    asked = "".join(f"--{key}-{value}" for key, value in sorted(given.items()))
    target = folder / f"{path.stem}{_as_file_name(asked)}.html"
    executed = execute(path, {key: value for key, value in chosen.items() if key in known})
    facts = {"run": run["run_id"], "as of": given.get("as_of", str(run["as_of"])), **given}
    draft = target.with_name(f".{target.name}.draft")
    draft.write_text(notebook_page.html(path.stem, facts, cells(executed)), encoding="utf-8", newline="\n")
    draft.replace(target)
    return target


def execute(path: Path, given: Mapping[str, Any]) -> NotebookNode:
    """Return the notebook as papermill ran it, in this interpreter, its figures kept as plotly's own data.

    Raises NotebookStopped, with the cell and the error, when its code raises.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    with _kernel_environment():
        try:
            executed: NotebookNode = papermill.execute_notebook(
                str(path),
                None,
                parameters=dict(given),
                kernel_name="python3",
                progress_bar=False,
                log_output=False,
                # the kernel is reached through files only this user can open, not through a port
                config=Config({"KernelManager": {"transport": "ipc"}}),
            )
        except PapermillExecutionError as error:
            raise NotebookStopped(
                "A notebook stopped",
                where=f"{path.name}, cell {error.cell_index}",
                found=f"{error.ename}: {error.evalue}",
                next_step="run it in JupyterLab (make lab) to look into it; no page was written",
            ) from error
    return executed


def cells(notebook: NotebookNode) -> Iterator[Cell]:
    """Yield the words, code and outputs of an executed notebook, as a page shows them."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield Cell(words=cell.source)
        elif cell.source.strip():
            yield Cell(code=cell.source, outputs=tuple(_outputs(cell)))


def _outputs(cell: NotebookNode) -> Iterator[Output]:
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if _FIGURE in data:
            yield Output(figure=dict(data[_FIGURE]))
        elif "text/html" in data:
            yield Output(table=data["text/html"])
        elif "text/plain" in data:
            yield Output(text=data["text/plain"])
        elif output.output_type == "stream":
            yield Output(text=output.text)


@contextmanager
def _kernel_environment() -> Iterator[None]:
    """Let the kernel find this very package, and plotly hand over data instead of a script."""
    package = str(Path(__file__).resolve().parents[2])
    told = {
        "PYTHONPATH": os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PLOTLY_RENDERER": "plotly_mimetype",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "PLOOMBER_STATS_ENABLED": "false",
    }
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _require_installed() -> None:
    from importlib.util import find_spec

    missing = [name for name in ("papermill", "nbformat", "ipykernel", "sql") if find_spec(name) is None]
    if missing:
        raise UsageError(
            "Running notebooks needs packages that are not installed",
            found=f"{', '.join(missing)} missing in {sys.prefix}",
            next_step="pip install 'salesdesk[notebooks]', or in a checkout: make test",
        )


def _require_known(path: Path, given: Mapping[str, str], known: Mapping[str, Any]) -> None:
    for name in given:
        if name in _GIVEN_BY_US:
            raise UsageError(f"{name} is given by --{name.replace('_', '-')}, not by --param", found=name)
        if name not in known:
            raise UsageError(
                "The notebook has no such parameter",
                where=path.name,
                found=name,
                hint=did_you_mean(name, [each for each in known if each not in _GIVEN_BY_US]),
            )


def _as_file_name(text: str) -> str:
    return "".join(character if character.isalnum() or character in "-_." else "_" for character in text)
