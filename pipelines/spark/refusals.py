"""What Spark says when it fails, as one message: a statement refused, memory run out, a Spark that is no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.errors import ModelError

_MORE_MEMORY = (
    "give it more: spark.driver.memory on one machine, spark.executor.memory on a cluster (SPARK_CONF_DIR); "
    "or run with --engine duckdb"
)


@contextmanager
def refusals(relation: str) -> Iterator[None]:
    """Say of which relation Spark gave no answer, and why. Raises ModelError."""
    from py4j.protocol import Py4JError, Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, ConnectionError) as error:
        words = first_words(error)
        if "OutOfMemory" in str(error):
            raise ModelError(
                "Spark ran out of memory", where=relation, found=words, next_step=_MORE_MEMORY
            ) from error
        if not isinstance(error, PySparkException | Py4JJavaError):
            raise ModelError(
                "Spark ended before it answered, killed or short of memory",
                where=relation,
                found=words,
                next_step=_MORE_MEMORY,
            ) from error
        raise ModelError("Spark refused a statement", where=relation, found=words) from error


def first_words(error: Exception) -> str:
    """Return the line of an error that says what it was."""
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    if "Python worker" in lines[0]:
        return lines[-1]
    # of an error that Java had outside any statement the first line says only what was called
    return lines[1].lstrip(": ") if lines[0].startswith("An error occurred") and lines[1:] else lines[0]
