"""The methods, apart from the results that the rows test."""

import json
import struct
from collections.abc import Iterator
from typing import Any

import pytest

from sekisho import BatchResult, Filter, FilterError, Framing, Module

LOGIN = (
    b'{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",'
    b'"userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Failure"}}'
)
UPLOAD = b'{"eventSource":"s3.amazonaws.com"}'
CUT_SHORT = b'{"eventSource":'
VERDICT = {
    "kind": "console_login",
    "outcome": "failure",
    "reason": "bad_password",
    "principal": "root",
    "mfa": "unknown",
    "user_exists": "yes",
}


def framed(*records: bytes) -> bytes:
    return b"".join(struct.pack("<I", len(record)) + record for record in records)


def codes(results: list[BatchResult]) -> list[Any]:
    """The results, with the codes of the errors instead of the errors."""
    return [
        (index, result.code if isinstance(result, FilterError) else result)
        for index, result in results
    ]


def test_records_are_bytes(signins: Filter) -> None:
    methods: list[Any] = [signins.process, signins.annotate, signins.observe, signins.restore]
    wrong: list[Any] = [LOGIN.decode(), bytearray(LOGIN), None, 5, {}]
    for record in wrong:
        for method in methods:
            with pytest.raises(TypeError, match="expected bytes"):
                method(record)
    assert not signins.errors, "a TypeError is not counted"


@pytest.mark.parametrize(
    ("framing", "records"),
    [
        ("lengths", framed(UPLOAD, LOGIN, CUT_SHORT)),
        ("lines", b"\n".join([UPLOAD, LOGIN, CUT_SHORT])),
        ("json", b'{"Records":[' + b",".join([UPLOAD, LOGIN, CUT_SHORT])),
    ],
)
def test_batches(signins: Filter, framing: Framing, records: bytes) -> None:
    results = signins.process_batch(records, framing)
    assert codes(results) == [(1, VERDICT), (2, "malformed")]
    assert signins.errors == {"malformed": 1}


def test_a_length_that_exceeds_the_rest(signins: Filter) -> None:
    results = signins.process_batch(framed(LOGIN) + struct.pack("<I", 9), "lengths")
    assert codes(results) == [(0, VERDICT), (1, "range")]


def test_numbers_continue_over_batches(signins: Filter) -> None:
    records = [LOGIN if number % 100 == 0 else UPLOAD for number in range(1000)]
    results = list(signins.process_many(iter(records)))
    assert results == [(number, VERDICT) for number in range(0, 1000, 100)]
    assert list(signins.process_many([])) == []


def test_records_are_read_lazily(signins: Filter) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield LOGIN

    assert next(signins.process_many(endless())) == (0, VERDICT)
    assert read == 256


def test_an_error_has_a_code_and_a_message(signins: Filter) -> None:
    with pytest.raises(FilterError, match="found the end of the input at byte 15") as error:
        signins.process(CUT_SHORT)
    assert error.value.code == "malformed"
    with pytest.raises(FilterError) as error:
        signins.process(b"[" + UPLOAD + b"," + LOGIN + b"]")
    assert error.value.code == "several_records"
    long = b" " * (17 * 1024 * 1024)
    assert signins.annotate(long) == long
    assert signins.errors == {"malformed": 1, "several_records": 1, "too_large": 1}
    assert signins.restarts == 0
    assert codes(list(signins.process_many([LOGIN, long]))) == [(0, VERDICT), (1, "too_large")]


def test_a_configuration_is_accepted_or_refused_as_a_whole(signins: Filter) -> None:
    rules = [{"id": "root", "pattern": {"detail": {"userIdentity": {"type": ["Root"]}}}}]
    signins.configure({"field": "aws_signin", "rules": rules})
    assert signins.process(LOGIN) == {**VERDICT, "rules": ["root"]}
    with pytest.raises(FilterError, match="field") as error:
        signins.configure({"field": ""})
    assert error.value.code == "refused"
    assert b'"aws_signin":{' in signins.annotate(LOGIN)
    configuration = {"field": "aws_signin", "rules": 1, "verdict_bytes": 259}
    assert signins.describe()["configuration"] == configuration
    signins.configure({})
    assert b'"signin":{' in signins.annotate(LOGIN)


def test_the_configuration_says_where_records_are(signins: Filter) -> None:
    wrapped = b'{"data":{"aws":' + LOGIN + b"}}"
    signins.configure({"record": ["elsewhere"]})
    assert signins.process(wrapped) is None
    signins.configure({"record": ["elsewhere", "data.aws"]})
    assert signins.process(wrapped) == VERDICT
    assert signins.annotate(wrapped).startswith(wrapped[:-1] + b',"signin":{')
    with pytest.raises(FilterError, match="record"):
        signins.configure({"record": "data.aws"})


def test_inputs_without_a_record_are_counted(signins: Filter) -> None:
    signins.process(UPLOAD)
    list(signins.process_many([b'{"level":"info"}', LOGIN, b"{}"]))
    counters = signins.describe()["counters"]
    assert (counters["records"], counters["without_record"]) == (4, 2)


def test_a_state_is_restored_or_refused(module: Module, sequences: list[dict[str, Any]]) -> None:
    first, second = Filter(module), Filter(module)
    row = next(row for row in sequences if len(row["records"]) > 1)
    begin, *rest = [json.dumps(record).encode() for record in row["records"]]
    emitted = first.observe(begin)
    state = first.save()
    second.restore(state)
    emitted += [line for record in rest for line in second.observe(record)]
    assert [*emitted, *second.flush()] == row["attempts"]

    second.restore(state)
    for corrupt in [state[:-1], state[1:], b""]:
        with pytest.raises(FilterError) as error:
            second.restore(corrupt)
        assert error.value.code == "refused"
    assert second.save() == state, "as before"
    second.reset()
    assert list(second.flush()) == []


def test_a_tick_emits_complete_attempts(signins: Filter) -> None:
    signins.configure({"attempts": {"window_seconds": 1, "lateness_seconds": 0}})
    record = b'{"eventTime":"2025-03-29T11:10:09Z","eventID":"a",' + LOGIN[1:]
    emitted = signins.observe(record, 1_000)
    for now in [2_000, 3_000, 4_500]:
        emitted += signins.tick(now)
    assert [(line["type"], line["events"]) for line in emitted] == [("attempt", ["a"])]
