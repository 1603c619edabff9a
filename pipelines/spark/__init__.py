"""Beyond one machine: the same SQL on Spark, equal to the cent."""

from pipelines.spark.building import Engine

__all__ = ["Engine"]
