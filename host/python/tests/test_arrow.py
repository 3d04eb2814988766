"""Columns of Arrow, and records of a stream in batches."""

import json
from typing import Any

import pyarrow as pa
import pytest
from conftest import Row
from test_calls import CUT_SHORT, LOGIN, UPLOAD, VERDICT
from test_rows import CODES, expected

from sekisho import Filter, Module, rules
from sekisho.arrow import verdict_type


def struct(verdict: dict[str, Any] | None) -> dict[str, Any] | None:
    missing = {"rules": None, "silenced": None, "silenced_by": None}
    return verdict and missing | verdict


@pytest.mark.parametrize("of_type", [pa.binary(), pa.large_binary(), pa.binary_view()])
def test_every_row(signins: Filter, rows: list[Row], of_type: pa.DataType) -> None:
    inputs = [row.input for row in rows]
    numbers = pa.array(range(len(inputs)))
    batch = pa.RecordBatch.from_pydict({"n": numbers, "record": pa.array(inputs, of_type)})
    found = signins.process_arrow(batch)
    assert found.select(["n", "record"]) == batch
    errors = [CODES[row.error] if row.error else None for row in rows]
    assert found["signin_error"].to_pylist() == errors
    verdicts = [None if row.error else struct(row.verdict) for row in rows]
    assert found["signin"].to_pylist() == verdicts


@pytest.mark.parametrize("of_type", [pa.string(), pa.large_string(), pa.string_view()])
def test_texts_nulls_and_slices(signins: Filter, of_type: pa.DataType) -> None:
    texts = [None, UPLOAD.decode(), LOGIN.decode(), None, CUT_SHORT.decode(), LOGIN.decode()]
    batch = pa.RecordBatch.from_pydict({"text": pa.array(texts, of_type)})
    verdicts = [None, None, struct(VERDICT), None, None, struct(VERDICT)]
    for start in range(len(texts) + 1):
        found = signins.process_arrow(batch.slice(start), "text")
        assert found["signin"].to_pylist() == verdicts[start:]
        assert found["signin_error"].to_pylist() == [None, None, None, None, "malformed", None][start:]
        assert signins.verdict_array(batch.slice(start)["text"]) == found["signin"]
    chunked = pa.chunked_array([batch["text"], batch["text"]])
    assert signins.verdict_array(chunked).to_pylist() == verdicts * 2


def test_the_type_depends_on_the_configuration() -> None:
    batch = pa.RecordBatch.from_pydict({"record": pa.array([LOGIN, UPLOAD], pa.binary())})
    forms = Module.builtin(forms=True)
    for configuration in [{}, {"identity": True}, {"form": "ocsf"}, rules()]:
        signins = Filter(forms, configuration=configuration)
        found = signins.process_arrow(batch)
        assert found.schema.field("signin").type == verdict_type(configuration)
        [value, absent] = found["signin"].to_pylist()
        assert absent is None
        if configuration.get("form"):
            assert json.loads(value)["class_uid"] == 3002
        else:
            given = signins.process(LOGIN)
            assert {key: value[key] for key in given or {}} == given


def test_records_are_observed_in_batches(module: Module, sequences: list[dict[str, Any]]) -> None:
    signins = Filter(module)
    for row in sequences:
        signins.configure(row.get("configuration", {}) | {"attempts": row.get("settings", {})})
        signins.reset()
        records = [json.dumps(record, ensure_ascii=False).encode() for record in row["records"]]
        emitted = list(signins.observe_many([UPLOAD, *records]))
        assert [*emitted, *signins.flush()] == row["attempts"], row["name"]


def test_what_cannot_be_observed_is_reported(signins: Filter) -> None:
    errors: list[str] = []
    several = b"[" + LOGIN + b"," + LOGIN + b"]"
    records = [CUT_SHORT, LOGIN, several]
    emitted = list(signins.observe_many(records, lambda error: errors.append(error.code)))
    assert errors == ["malformed", "several_records"]
    # Without a time it is late, and complete at once.
    assert [line["flags"] for line in emitted] == [["late"]]
