"""Columns of Arrow: records in, verdicts out."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .errors import FilterError

_TEXTS = ["kind", "outcome", "reason", "principal", "mfa", "user_exists"]
_IDENTITY = ["identity", "user", "role", "account", "role_account", "source_ip", "factor", "through"]

ProcessMany = Callable[[Iterable[bytes]], Iterable[tuple[int, Any]]]
"""`Filter.process_many`."""


def verdict_type(configuration: Mapping[str, Any] | None = None) -> pa.DataType:
    """The type of a column of verdicts, with this configuration.

    A struct of the six strings of each verdict; `rules` and `silenced`, lists of strings;
    `silenced_by`, a list of numbers; and with `"identity": True`, the struct `identity`. With
    another form than `verdict`, a string of JSON.
    """
    settings = configuration or {}
    if settings.get("form", "verdict") != "verdict":
        return pa.string()
    fields = [pa.field(name, pa.string()) for name in _TEXTS]
    fields += [pa.field(name, pa.list_(pa.string())) for name in ("rules", "silenced")]
    fields.append(pa.field("silenced_by", pa.list_(pa.int32())))
    if settings.get("identity"):
        identity = pa.struct([pa.field(name, pa.string()) for name in _IDENTITY])
        fields.append(pa.field("identity", identity))
    return pa.struct(fields)


def verdict_columns(
    process_many: ProcessMany, configuration: Mapping[str, Any], records: pa.Array
) -> tuple[pa.Array, pa.Array]:
    """The verdicts on the records in a column, and the codes of their errors."""
    if isinstance(records, pa.ChunkedArray):
        records = records.combine_chunks()
    rows = pc.indices_nonzero(records.is_valid()).to_pylist()
    verdicts: dict[int, Any] = {}
    errors: dict[int, str] = {}
    for index, result in process_many(records.cast(pa.large_binary()).drop_null().to_pylist()):
        if isinstance(result, FilterError):
            errors[rows[index]] = result.code
        else:
            verdicts[rows[index]] = result
    of_verdicts = verdict_type(configuration)
    if of_verdicts == pa.string():
        verdicts = {row: json.dumps(event) for row, event in verdicts.items()}
    return _column(verdicts, of_verdicts, len(records)), _column(errors, pa.string(), len(records))


def _column(values: Mapping[int, Any], of_type: pa.DataType, length: int) -> pa.Array:
    """A column with values in some of its rows, and null in the others."""
    places: list[int | None] = [None] * length
    for place, row in enumerate(values):
        places[row] = place
    return pa.array(list(values.values()), of_type).take(pa.array(places, pa.int32()))
