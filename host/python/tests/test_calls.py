"""What each method answers, beside the rows."""

import json
import struct
from collections.abc import Iterator
from typing import Any

import pytest

from sekisho import Answer, Filter, FilterError, Framing, Module

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


def codes(answers: list[Answer]) -> list[Any]:
    """The answers, with the code of an error in its place."""
    return [
        (index, answer.code if isinstance(answer, FilterError) else answer)
        for index, answer in answers
    ]


def test_records_are_bytes(signins: Filter) -> None:
    methods: list[Any] = [signins.process, signins.annotate, signins.observe, signins.restore]
    wrong: list[Any] = [LOGIN.decode(), bytearray(LOGIN), None, 5, {}]
    for record in wrong:
        for method in methods:
            with pytest.raises(TypeError, match="bytes expected"):
                method(record)
    assert not signins.errors, "a mistake of the caller is no error of a record"


@pytest.mark.parametrize(
    ("framing", "records"),
    [
        ("lengths", framed(UPLOAD, LOGIN, CUT_SHORT)),
        ("lines", b"\n".join([UPLOAD, LOGIN, CUT_SHORT])),
        ("json", b'{"Records":[' + b",".join([UPLOAD, LOGIN, CUT_SHORT])),
    ],
)
def test_batches(signins: Filter, framing: Framing, records: bytes) -> None:
    answers = signins.process_batch(records, framing)
    assert codes(answers) == [(1, VERDICT), (2, "malformed")]
    assert signins.errors == {"malformed": 1}


def test_a_length_behind_the_end(signins: Filter) -> None:
    answers = signins.process_batch(framed(LOGIN) + struct.pack("<I", 9), "lengths")
    assert codes(answers) == [(0, VERDICT), (1, "out_of_range")]


def test_many_are_numbered_over_all_batches(signins: Filter) -> None:
    records = [LOGIN if number % 100 == 0 else UPLOAD for number in range(1000)]
    answers = list(signins.process_many(iter(records)))
    assert answers == [(number, VERDICT) for number in range(0, 1000, 100)]
    assert list(signins.process_many([])) == []


def test_records_are_taken_as_they_are_asked_for(signins: Filter) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield LOGIN

    assert next(signins.process_many(endless())) == (0, VERDICT)
    assert taken == 256


def test_an_error_has_a_name_and_a_sentence(signins: Filter) -> None:
    with pytest.raises(FilterError, match="found the end of the input at byte 15") as error:
        signins.process(CUT_SHORT)
    assert error.value.code == "malformed"
    with pytest.raises(FilterError) as error:
        signins.process(b"[" + UPLOAD + b"," + LOGIN + b"]")
    assert error.value.code == "several_records"
    long = b" " * (17 * 1024 * 1024)
    assert signins.annotate(long) == long
    assert signins.errors == {"malformed": 1, "several_records": 1, "over_limit": 1}
    assert signins.restarts == 0
    assert codes(list(signins.process_many([LOGIN, long]))) == [(0, VERDICT), (1, "over_limit")]


def test_a_configuration_is_taken_or_refused_as_a_whole(signins: Filter) -> None:
    rules = [{"id": "root", "pattern": {"detail": {"userIdentity": {"type": ["Root"]}}}}]
    signins.configure({"field": "aws_signin", "rules": rules})
    assert signins.process(LOGIN) == {**VERDICT, "rules": ["root"]}
    with pytest.raises(FilterError, match="field") as error:
        signins.configure({"field": ""})
    assert error.value.code == "refused"
    assert b'"aws_signin":{' in signins.annotate(LOGIN)
    assert signins.describe()["configuration"] == {"field": "aws_signin", "rules": 1}
    signins.configure({})
    assert b'"signin":{' in signins.annotate(LOGIN)


def test_a_state_is_restored_or_refused(module: Module, sequences: list[dict[str, Any]]) -> None:
    first, second = Filter(module), Filter(module)
    row = next(row for row in sequences if len(row["records"]) > 1)
    begin, *rest = [json.dumps(record).encode() for record in row["records"]]
    told = first.observe(begin)
    state = first.save()
    second.restore(state)
    told += [line for record in rest for line in second.observe(record)]
    assert [*told, *second.flush()] == row["attempts"]

    second.restore(state)
    for broken in [state[:-1], state[1:], b""]:
        with pytest.raises(FilterError) as error:
            second.restore(broken)
        assert error.value.code == "refused"
    assert second.save() == state, "as before"
    second.reset()
    assert list(second.flush()) == []


def test_a_tick_tells_what_waits(signins: Filter) -> None:
    signins.configure({"attempts": {"window_seconds": 1, "lateness_seconds": 0}})
    record = b'{"eventTime":"2025-03-29T11:10:09Z","eventID":"a",' + LOGIN[1:]
    told = signins.observe(record, 1_000)
    for now in [2_000, 3_000, 4_500]:
        told += signins.tick(now)
    assert [(line["type"], line["events"]) for line in told] == [("attempt", ["a"])]
