"""Generated records in any partitioning, executors that are killed, and Spark Connect."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import HERE, TRAIL, generated, in_order, program
from pyspark.sql import SparkSession
from streams import Arrivals, Pairing, wait_for

from sekisho.spark import attempts, classify

pytestmark = pytest.mark.long

COUNT = 100_000
README = (HERE / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def records() -> list[bytes]:
    return generated("mixed", COUNT)


@pytest.fixture(scope="module")
def file(records: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("records") / "records.ndjson"
    path.write_bytes(b"\n".join(records))
    return path


@pytest.mark.parametrize("partitions", [1, 7, 40])
def test_verdicts_in_any_partitioning(spark: SparkSession, file: Path, partitions: int) -> None:
    table = spark.read.text(str(file)).withColumnRenamed("value", "record").repartition(partitions)
    rows = classify(table, rules="builtin").where("signin IS NOT NULL").collect()
    found = [row.signin.asDict() for row in rows]
    # Keys that a verdict lacks are null in a struct.
    found = [{key: verdict[key] for key in verdict if "silenced" not in key} for verdict in found]
    lines = program("classify", "--rules", "builtin", file)
    assert len(lines) > COUNT / 100
    assert in_order(found) == in_order([line["signin"] for line in lines])


@pytest.mark.parametrize("partitions", [1, 7, 40])
def test_attempts_in_any_partitioning(spark: SparkSession, file: Path, partitions: int) -> None:
    table = spark.read.text(str(file)).withColumnRenamed("value", "record").repartition(partitions)
    rows = attempts(table, rules="builtin").collect()
    assert in_order([json.loads(row.line) for row in rows]) == in_order(program("attempts", file))


def test_a_stream_that_is_stopped_often(
    spark: SparkSession, records: list[bytes], tmp_path: Path
) -> None:
    arrivals = Arrivals(tmp_path / "arrivals")
    pairing = Pairing(spark, arrivals)
    arrivals.add(records, files=24)
    arrivals.add_last()
    for batches in (2, 5, 1):
        query = pairing.start(processingTime="0 seconds")
        wait_for(lambda: len(query.recentProgress) >= batches)
        # In the middle of a batch.
        query.stop()
    pairing.run(files_per_batch=3)
    assert in_order(pairing.lines()) == in_order(pairing.expected())


def test_an_executor_is_killed(spark: SparkSession, records: list[bytes], tmp_path: Path) -> None:
    arrivals = Arrivals(tmp_path / "arrivals")
    pairing = Pairing(spark, arrivals)
    arrivals.add(records, files=16)
    arrivals.add_last()
    query = pairing.start()
    for batches in (2, 5):
        wait_for(lambda: len(query.recentProgress) >= batches)
        os.kill(executors()[0], signal.SIGKILL)
    query.awaitTermination()
    assert query.exception() is None
    assert in_order(pairing.lines()) == in_order(pairing.expected())


def test_by_a_key_each_has_a_stream(spark: SparkSession, records: list[bytes], tmp_path: Path) -> None:
    """Two copies of the same trail, as of two organisations, are paired apart."""
    signins = [record for record in records if b"signin.amazonaws.com" in record]
    rows = [(name, record.decode()) for name in ("first", "second") for record in signins]
    table = spark.createDataFrame(rows, "organisation string, record string").repartition(5)
    found = attempts(table, key="organisation", rules="builtin").collect()
    path = tmp_path / "signins.ndjson"
    path.write_bytes(b"\n".join(signins))
    expected = program("attempts", path)
    assert in_order([json.loads(row.line) for row in found]) == in_order(expected * 2)


def test_the_job(tmp_path: Path) -> None:
    """As it is submitted, once as a table and once as a stream."""
    expected = in_order(program("attempts", TRAIL))
    submit(tmp_path, "attempts", str(TRAIL), "table", "--rules", "builtin", "--format", "json")
    assert in_order(lines_of(tmp_path / "table")) == expected
    stream = ("--checkpoint", "checkpoint", "--once", "--format", "json")
    for _ in range(2):
        submit(tmp_path, "classify", str(TRAIL), "stream", "--identity", *stream)
    rows = [json.loads(line) for line in text_of(tmp_path / "stream").splitlines()]
    assert len(rows) == 118, "the second run finds nothing new"
    assert {row["signin"]["identity"]["account"] for row in rows} == {"111122223333"}


def test_the_notebook_on_spark_connect(tmp_path: Path) -> None:
    [source] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (tmp_path / "trail").symlink_to(TRAIL)
    remote = source.replace("builder.getOrCreate()", 'builder.remote("local[2]").getOrCreate()')
    assert remote != source
    done = subprocess.run(
        [sys.executable, "-c", remote], cwd=tmp_path, check=True, stdout=subprocess.PIPE, text=True
    )
    assert re.search(r"success\|\s*NULL\|\s*39\|", done.stdout)
    assert "unknown-user-probing" in done.stdout


def submit(folder: Path, *arguments: str) -> None:
    job = [sys.executable, str(HERE / "job.py"), *arguments]
    subprocess.run(job, cwd=folder, check=True)


def lines_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(json.loads(row)["line"]) for row in text_of(folder).splitlines()]


def text_of(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.json"))


def executors() -> list[int]:
    """The processes of the executors below this one."""
    listed = subprocess.run(
        ["ps", "-ewwo", "pid=,ppid=,args="], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    parents: dict[int, int] = {}
    found: list[int] = []
    for line in listed.splitlines():
        pid, parent, arguments = line.split(maxsplit=2)
        parents[int(pid)] = int(parent)
        if "CoarseGrainedExecutorBackend" in arguments:
            found.append(int(pid))
    return [pid for pid in found if is_below(pid, os.getpid(), parents)]


def is_below(pid: int, above: int, parents: dict[int, int]) -> bool:
    while pid in parents and pid != above:
        pid = parents[pid]
    return pid == above
