"""The sample trail: verdicts, attempts, and a stream that is stopped and started again."""

import gzip
import json
from pathlib import Path
from typing import Any

from conftest import TRAIL, in_order, program
from pyspark.sql import SparkSession
from streams import Arrivals, Pairing, wait_for

from sekisho.spark import attempts, classify, read_cloudtrail

KEYS = ("kind", "outcome", "reason", "principal", "mfa", "user_exists", "rules")


def trail() -> list[bytes]:
    """The records of the sample trail, in the order of their times."""
    files = [json.loads(gzip.decompress(path.read_bytes())) for path in TRAIL.rglob("*.json.gz")]
    records = [record for file in files for record in file["Records"]]
    return [json.dumps(record).encode() for record in sorted(records, key=lambda r: r["eventTime"])]


def test_verdicts_are_those_of_the_program(spark: SparkSession) -> None:
    records = read_cloudtrail(spark, str(TRAIL))
    rows = classify(records, rules="builtin").collect()
    assert len(rows) == len(trail()), "no row is dropped"
    assert not [row for row in rows if row.signin_error]
    found = [
        {"id": json.loads(row.record)["eventID"], "signin": {key: row.signin[key] for key in KEYS}}
        for row in rows
        if row.signin
    ]
    expected = [
        {"id": line["event_id"], "signin": line["signin"]}
        for line in program("classify", "--rules", "builtin", TRAIL)
    ]
    assert len(expected) >= 118
    assert in_order(found) == in_order(expected)


def test_attempts_are_those_of_the_program(spark: SparkSession) -> None:
    records = read_cloudtrail(spark, str(TRAIL)).repartition(3)
    rows = attempts(records, rules="builtin").collect()
    assert in_order([json.loads(row.line) for row in rows]) == in_order(program("attempts", TRAIL))
    for row in rows:
        check_columns(row.asDict(), json.loads(row.line))


def check_columns(row: dict[str, Any], line: dict[str, Any]) -> None:
    times = ("first_time", "last_time")
    for name in line.keys() & row.keys() - {*times}:
        assert row[name] == line[name], name
    for name in times:
        assert (row[name] is None) == (line[name] is None)


def test_a_stream_that_is_stopped_goes_on(spark: SparkSession, tmp_path: Path) -> None:
    records = trail()
    arrivals = Arrivals(tmp_path / "arrivals")
    pairing = Pairing(spark, arrivals)
    arrivals.add(records[: len(records) // 2])
    pairing.run()
    arrivals.add(records[len(records) // 2 :])
    arrivals.add_last()
    pairing.run()
    assert in_order(pairing.lines()) == in_order(pairing.expected())


def test_each_key_is_a_stream_that_goes_on(spark: SparkSession, tmp_path: Path) -> None:
    """Two organisations with the same records: if they met, half would be duplicates."""
    records = trail()
    arrivals = Arrivals(tmp_path / "arrivals")
    pairing = Pairing(spark, arrivals, key="organisation")
    organisations = ("first", "second")
    for organisation in organisations:
        arrivals.add(records[: len(records) // 2], organisation=organisation)
    pairing.run(files_per_batch=2)
    for organisation in organisations:
        arrivals.add(records[len(records) // 2 :], organisation=organisation)
        arrivals.add_last(organisation)
    pairing.run()
    assert in_order(pairing.lines()) == in_order(program("attempts", TRAIL) * 2)


def test_time_completes_attempts(spark: SparkSession, tmp_path: Path) -> None:
    """No later sign-in arrives: the clock of the stream goes on by itself."""
    arrivals = Arrivals(tmp_path / "arrivals")
    pairing = Pairing(spark, arrivals, tick_seconds=1, window_seconds=2, lateness_seconds=0)
    arrivals.add(trail())
    query = pairing.start(processingTime="1 second")

    def found() -> list[str]:
        # Findings close after as long in real time.
        return in_order([line for line in pairing.lines() if line["type"] == "attempt"])

    lines = program("attempts", "--window", "2s", "--lateness", "0s", TRAIL)
    expected = in_order([line for line in lines if line["type"] == "attempt"])
    wait_for(lambda: len(query.recentProgress) >= 1)
    wait_for(lambda: len(found()) >= len(expected))
    query.stop()
    assert found() == expected


def test_a_file_without_records_is_a_row(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "cut.json").write_text('{"Records":[{"eventSource":"s3.amazonaws.com"')
    (tmp_path / "empty.json").write_text('{"Records":[]}')
    [row] = classify(read_cloudtrail(spark, str(tmp_path))).collect()
    assert (row.file.rpartition("/")[2], row.signin_error) == ("cut.json", "malformed")
