"""What judges the forms: the schema of OCSF, and the fields of ECS."""

import csv
import ipaddress
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

OCSF = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.8.0"))

TYPES: dict[str, type] = {
    "keyword": str,
    "match_only_text": str,
    "wildcard": str,
    "long": int,
    "float": float,
    "boolean": bool,
}


class OcsfJudge:
    """Finds what is wrong with events of OCSF."""

    def __init__(self) -> None:
        self.validators: dict[tuple[int, tuple[str, ...]], Draft202012Validator] = {}

    def faults(self, event: dict[str, Any]) -> list[str]:
        profiles = tuple(event["metadata"].get("profiles", []))
        key = (event["class_uid"], profiles)
        if key not in self.validators:
            name = OCSF.lookup_class_name_from_uid(event["class_uid"])
            self.validators[key] = Draft202012Validator(OCSF.get_class_schema(name, list(profiles)))
        errors = self.validators[key].iter_errors(event)
        return [f"{error.json_path}: {error.message}" for error in errors]


class EcsJudge:
    """Finds what is wrong with events of ECS, by the names and types of its fields."""

    def __init__(self) -> None:
        with (Path(os.environ["SEKISHO_DATA"]) / "ecs_fields.csv").open(encoding="utf-8") as file:
            self.fields = {row["field"]: row for row in csv.DictReader(file)}

    def faults(self, event: dict[str, Any]) -> list[str]:
        return [fault for path, value in leaves(event, "") for fault in self._field(path, value)]

    def _field(self, path: str, value: Any) -> Iterator[str]:
        # The values of labels are keywords of any name.
        field = {"type": "keyword"} if path.startswith("labels.") else self.fields.get(path)
        if field is None:
            yield f"{path}: no such field"
            return
        if field.get("normalization") == "array" and not isinstance(value, list):
            yield f"{path}: not an array"
        # Any field of Elasticsearch may have several values.
        for one in value if isinstance(value, list) else [value]:
            if not is_of_type(one, field["type"]):
                yield f"{path}: {one!r} is no {field['type']}"


def leaves(value: dict[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for key, member in value.items():
        if isinstance(member, dict):
            yield from leaves(member, f"{above}{key}.")
        else:
            yield above + key, member


def is_of_type(value: Any, name: str) -> bool:
    if name == "ip":
        return isinstance(value, str) and bool(ipaddress.ip_address(value))
    if name == "date":
        return isinstance(value, str) and bool(datetime.fromisoformat(value.replace("Z", "+00:00")))
    return isinstance(value, TYPES[name])


ADDED = {
    "eventTime": "2026-01-02T03:04:05Z",
    "sourceIPAddress": "192.0.2.10",
    "recipientAccountId": "111122223333",
}


def completed(value: Any) -> Any:
    """The input with a time, an address and an account where its records lack them."""
    if isinstance(value, list):
        return [completed(one) for one in value]
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            return json.dumps(completed(json.loads(value)))
        except ValueError:
            return value
    if not isinstance(value, dict):
        return value
    members = {key: completed(member) for key, member in value.items()}
    if not {"eventSource", "eventName"} <= members.keys():
        return members
    return members | {key: added for key, added in ADDED.items() if not is_usable(members, key)}


def is_usable(record: dict[str, Any], key: str) -> bool:
    text = record.get(key)
    if key != "eventTime":
        return isinstance(text, str) and text != ""
    try:
        return text.endswith("Z") and bool(datetime.fromisoformat(text.replace("Z", "+00:00")))
    except (AttributeError, ValueError):
        return False
