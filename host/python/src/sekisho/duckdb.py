"""Verdicts as a function of DuckDB."""

from typing import Any

import duckdb
import pyarrow as pa

from .arrow import verdict_type
from .filter import Filter


def register(
    connection: Any = duckdb, name: str = "sekisho_verdict", filter: Filter | None = None
) -> None:
    """Creates the function `name` in a connection: from a record, as text, to its verdict.

    The verdict is a struct, as `sekisho.arrow.verdict_type` describes it, and null for a record that
    is not a sign-in or cannot be read. `filter` is a configured filter, instead of a new one of the
    built-in module.
    """
    signins = filter or Filter()
    empty = pa.table({"verdict": pa.array([], verdict_type(signins.configuration))})
    connection.create_function(
        name,
        lambda records: signins.verdict_array(records),
        ["VARCHAR"],
        connection.from_arrow(empty).types[0],
        type="arrow",
        null_handling="special",
    )
