"""Verdicts, attempts and findings as events of ECS and OCSF, as their schemas judge them."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from conftest import CASES, DIST, Row
from judges import EcsJudge, OcsfJudge, completed

from sekisho import Filter, FilterError, Module

RULES = {
    "rules": [
        {"id": "failed", "pattern": {"attempt": {"outcome": ["failure"]}}},
        {
            "id": "often",
            "severity": "high",
            "correlation": {
                "type": "event_count",
                "rules": ["failed"],
                "group-by": ["account", "identity", "source_ip"],
                "timespan": "15m",
                "condition": {"gte": 2},
            },
        },
    ],
    "findings": "lifecycle",
}


def _rows(folder: Path) -> list[dict[str, Any]]:
    lines = (path.read_text(encoding="utf-8").splitlines() for path in sorted(folder.glob("*.jsonl")))
    return [json.loads(line) for file in lines for line in file]


def _emitted(
    formed: Filter, configuration: dict[str, Any], records: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The events of a stream of records, which is flushed."""
    formed.configure(configuration)
    formed.reset()
    events = [
        event
        for record in records
        for event in formed.observe(json.dumps(completed(record)).encode())
    ]
    return [*events, *formed.flush()]


@pytest.fixture(scope="module", params=["sekisho-forms.wasm", "sekisho-forms-simd.wasm"])
def formed(request: pytest.FixtureRequest) -> Filter:
    return Filter(Module((DIST / request.param).read_bytes()))


@pytest.fixture(scope="module", params=["ecs", "ocsf"])
def judged(request: pytest.FixtureRequest) -> tuple[str, Callable[[dict[str, Any]], list[str]]]:
    """A form, and what finds faults in its events."""
    if request.param == "ocsf":
        return request.param, OcsfJudge().faults
    if "SEKISHO_DATA" not in os.environ:
        pytest.skip("SEKISHO_DATA is not set")
    return request.param, EcsJudge().faults


def test_events_are_those_of_the_rows(formed: Filter) -> None:
    rows = _rows(CASES / "forms")
    assert len(rows) >= 200
    for row in rows:
        formed.configure(row["configuration"])
        record = json.dumps(row["record"], ensure_ascii=False).encode()
        assert formed.process(record) == row["result"], row["name"]
        assert (json.loads(formed.annotate(record)) != row["record"]) == (row["result"] is not None)


def test_all_rows_are_valid(
    formed: Filter, judged: tuple[str, Callable[[dict[str, Any]], list[str]]], rows: list[Row]
) -> None:
    form, faults = judged
    formed.configure({"form": form})
    count = 0
    for row in rows:
        if not row.verdict:
            continue
        # As they are, and with what they lack.
        inputs = [row.input]
        with suppress(ValueError):
            inputs.append(json.dumps(completed(json.loads(row.input)), allow_nan=False).encode())
        for given in inputs:
            if event := formed.process(given):
                assert not faults(dict(event)), row.name
                count += 1
    assert count >= 1400


def test_all_events_of_the_forms_are_valid(
    formed: Filter, judged: tuple[str, Callable[[dict[str, Any]], list[str]]]
) -> None:
    form, faults = judged
    for row in _rows(CASES / "forms"):
        if row["configuration"].get("form") == form and row["result"]:
            formed.configure(row["configuration"])
            event = formed.process(json.dumps(completed(row["record"])).encode())
            assert event and not faults(dict(event)), row["name"]
            assert not faults(dict(row["result"])), row["name"]


def test_all_events_of_the_streams_of_the_forms_are_valid(
    formed: Filter, judged: tuple[str, Callable[[dict[str, Any]], list[str]]]
) -> None:
    form, faults = judged
    techniques = 0
    for row in _rows(CASES / "forms" / "streams"):
        if row["configuration"].get("form") != form:
            continue
        for event in _emitted(formed, row["configuration"], row["records"]):
            assert not faults(event), row["name"]
            techniques += "threat" in event or "attacks" in event.get("finding_info", {})
    assert techniques


def test_all_sequences_are_valid(
    formed: Filter,
    judged: tuple[str, Callable[[dict[str, Any]], list[str]]],
    sequences: list[dict[str, Any]],
) -> None:
    form, faults = judged
    findings = 0
    for row in sequences:
        configuration = row.get("configuration", RULES)
        settings = {"attempts": row.get("settings", {}), "form": form}
        for event in _emitted(formed, configuration | settings, row["records"]):
            assert not faults(event), row["name"]
            kind = event.get("class_uid") or event["event"]["kind"]
            findings += kind in (2004, "alert")
    assert findings >= 20


def test_other_builds_refuse_forms(signins: Filter) -> None:
    for configuration in ({"form": "ecs"}, {"form": "ocsf"}, {"identity": True}):
        with pytest.raises(FilterError, match=r"sekisho-forms\.wasm"):
            signins.configure(configuration)
