"""JSON in base64, with and without gzip."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import CASES
from test_calls import LOGIN, VERDICT

from sekisho import Filter, decode, verdicts


@pytest.fixture(scope="module")
def encoded() -> list[dict[str, Any]]:
    lines = (CASES / "encoded" / "encoded.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 10, "the rows are found"
    return [json.loads(line) for line in lines]


def test_rows(signins: Filter, encoded: list[dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "input.json"
    for row in encoded:
        path.write_text(row["text"])
        assert list(verdicts(path, filter=signins)) == row["verdicts"], row["name"]


def test_lines_are_decoded_one_by_one(
    signins: Filter, encoded: list[dict[str, Any]], tmp_path: Path
) -> None:
    lines = [*(row["text"].encode() for row in encoded), LOGIN.replace(b"\n", b""), b""]
    path = tmp_path / "input.ndjson"
    path.write_bytes(b"\n".join(lines))
    expected = [verdict for row in encoded for verdict in row["verdicts"]]
    assert list(verdicts(path, filter=signins)) == [*expected, VERDICT]


def test_a_function_decodes_its_event(signins: Filter) -> None:
    events = json.dumps({"logEvents": [{"message": LOGIN.decode()}]}).encode()
    data = base64.b64encode(gzip.compress(events)).decode()
    event = json.dumps({"awslogs": {"data": data}}).encode()
    results = [result for text in decode(event) for result in signins.process_batch(text, "json")]
    assert results == [(0, VERDICT)]


def test_no_record_is_lost() -> None:
    data = base64.b64encode(LOGIN).decode()
    mixed = json.dumps({"data": data, "message": LOGIN.decode()}).encode()
    assert list(decode(mixed)) == [LOGIN, mixed]
    for input in [LOGIN, b"", b'{"data":"eyJh"}', b'{"data":"eyJhIjox"}', b'"eyJ', b'"eyJ9"']:
        assert list(decode(input)) == [input]
