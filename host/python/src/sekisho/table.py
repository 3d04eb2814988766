"""CSV files with records."""

import csv
import json
from collections.abc import Iterable, Iterator

_DELIMITERS = ",\t;"
_RECORD_COLUMNS = {"@message", "raw", "eventjson", "cloudtrailevent"}
"""Columns that have whole records."""

_OBJECT_COLUMNS = {
    "useridentity",
    "requestparameters",
    "responseelements",
    "additionaleventdata",
    "serviceeventdetails",
}
"""Columns of a record that are JSON themselves."""

_VALUE_BYTES = 16 * 1024 * 1024


def delimiter_of(header: str, first_row: str) -> str | None:
    """The delimiter of a table of records with this header, or none if it is something else."""
    if header.lstrip().startswith(("{", "[", '"{')):
        return None
    delimiter = next((one for one in _DELIMITERS if one in header), ",")
    names = {_plain(name) for name in next(csv.reader([header], delimiter=delimiter), [])}
    has_records = {"eventsource", "eventname"} <= names or names & _RECORD_COLUMNS
    begins_with_object = f'{delimiter}"{{' in first_row or first_row.startswith('"{')
    return delimiter if has_records or begins_with_object else None


def rows(lines: Iterable[str], delimiter: str) -> Iterator[bytes]:
    """Each row as JSON: the one record in it, or an object with its values."""
    csv.field_size_limit(_VALUE_BYTES)
    for row in csv.DictReader(lines, delimiter=delimiter, strict=True):
        values = {name: value for name, value in row.items() if name and value}
        records = [value for name, value in values.items() if _is_record(name, value)]
        yield (records[0] if len(records) == 1 else json.dumps(_as_columns(values))).encode()


def _as_columns(values: dict[str, str]) -> dict[str, str]:
    """The values under names that no record has, whose objects are not texts."""
    own = ("eventSource", "eventName")
    return {name.lower() if name in own else name: value for name, value in values.items()}


def _is_record(name: str, value: str) -> bool:
    is_object = value.lstrip().startswith("{") and "eventSource" in value
    return is_object and _plain(name) not in _OBJECT_COLUMNS


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
