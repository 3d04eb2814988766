"""Attempts and findings as rows."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pyarrow as pa

from ..errors import FilterError

_TEXT = pa.string()
_TEXTS = pa.list_(pa.string())

TYPE = pa.schema(
    [
        ("type", _TEXT),
        ("first_time", pa.timestamp("us", "UTC")),
        ("last_time", pa.timestamp("us", "UTC")),
        ("events", _TEXTS),
        # Of an attempt.
        *((name, _TEXT) for name in ("outcome", "reason", "principal", "mfa", "user_exists")),
        *((name, _TEXT) for name in ("account", "principal_id", "user", "source_ip", "identity")),
        ("failures_before", pa.int32()),
        ("flags", _TEXTS),
        ("follows", _TEXT),
        ("rules", _TEXTS),
        ("silenced", _TEXTS),
        # Of a finding.
        ("rule", _TEXT),
        ("severity", _TEXT),
        ("key", pa.map_(_TEXT, _TEXT)),
        ("count", pa.int64()),
        ("id", _TEXT),
        ("state", _TEXT),
        ("matches", pa.int64()),
        # All of it, as JSON.
        ("line", _TEXT),
    ]
)


def rows(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row for each line, with the fields of `TYPE`."""
    return [_row(line) for line in lines]


def error_line(error: FilterError) -> dict[str, Any]:
    """The line for a record that could not be added to the stream."""
    return {"type": "error", "code": error.code, "message": str(error)}


def _row(line: dict[str, Any]) -> dict[str, Any]:
    row = {name: line.get(name) for name in TYPE.names}
    for name in ("first_time", "last_time"):
        row[name] = _time(row[name])
    if row["severity"] is not None and not isinstance(row["severity"], str):
        row["severity"] = json.dumps(row["severity"])
    row["line"] = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    return row


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
