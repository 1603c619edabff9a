"""Time the main job on Spark and DuckDB, and compare what they publish: `python -m tests.bench.spark --lines 100000`.

Each engine runs as a process of its own on the same demo exports; Spark runs on this machine, in all its cores. Peak
memory is that of the process and all below it. Nothing is asserted about time: read the ratios. A table that differs
ends with exit code 1.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from datetime import date
from pathlib import Path

from tests.bench.main_job import exports_of
from tests.bench.processes import ProcessFailed, measured
from tests.spark.comparison import compare


def run(engine: str, exports: Path, as_of: date, home: Path, memory: str) -> None:
    """Run the main job with an engine in `home` and print what it took; Spark's driver gets `memory`."""
    command = [sys.executable, "-m", "pipelines", "run", str(exports), "--direct", "--home", str(home)]
    command += ["--as-of", as_of.isoformat(), "--engine", engine]
    apart = os.environ.get("PYSPARK_FOLDER", "")
    told = {
        "PYSPARK_SUBMIT_ARGS": f"--driver-memory {memory} pyspark-shell",
        "PYTHONPATH": os.pathsep.join(filter(None, (apart, os.environ.get("PYTHONPATH", "")))),
    }
    try:
        cost = measured(command, None, told)
    except ProcessFailed as failed:
        sys.exit(f"{engine}: {failed}")
    sys.stdout.write(
        f"{engine}: {cost.seconds:.1f} s wall, {cost.cpu_seconds:.1f} CPU s, peak {cost.peak:,} MB\n"
    )
    lines = [json.loads(line) for line in (home / "steps.jsonl").read_text(encoding="utf-8").splitlines()]
    for line in lines:
        if line["run_id"] == lines[-1]["run_id"]:
            sys.stdout.write(f"  {line['step']}: {line['seconds']:.1f} s; {line['words']}\n")
    sys.stdout.flush()


def main() -> None:
    """Run both engines, or Spark alone beside a HOME that DuckDB made before, and compare what they published."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000, help="order lines of the demo exports to write")
    parser.add_argument("--exports", type=Path, help="ready demo exports instead")
    parser.add_argument("--home", type=Path, help="a HOME that DuckDB published from these exports already")
    parser.add_argument("--memory", default="4g", help="what Spark's driver may take, such as 4g")
    parser.add_argument("--folder", type=Path, help="where to work; default: a temporary folder")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as scratch:
        exports, as_of = exports_of(chosen.lines, chosen.exports, Path(scratch))
        home = chosen.home or Path(scratch) / "duckdb"
        if chosen.home is None:
            run("duckdb", exports, as_of, home, chosen.memory)
        run("spark", exports, as_of, Path(scratch) / "spark", chosen.memory)
        found = compare(home, Path(scratch) / "spark")
    sys.stdout.write(f"{found.tables} tables compared, {len(found.different)} differ\n")
    for table, rows in found.different.items():
        sys.stdout.write(f"  {table}: {rows:,} rows on one side alone\n")
    sys.exit(1 if found.different else 0)


if __name__ == "__main__":
    main()
