"""Shared by the tests: Spark with two executors, and what the program finds."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

HERE = Path(__file__).resolve().parents[1]
ROOT = HERE.parents[1]
SOURCE = ROOT / "host" / "python" / "src"
TRAIL = ROOT / "examples" / "trail"

# Before Java starts: it stays on this machine, and Python workers are like this process.
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
os.environ["PYSPARK_PYTHON"] = sys.executable
os.environ["PYTHONPATH"] = str(SOURCE)

CONFIGURATION = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.streaming.stateStore.providerClass": (
        "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider"
    ),
    "spark.executorEnv.PYTHONPATH": str(SOURCE),
}


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    builder = SparkSession.builder.master("local-cluster[2,1,1024]")
    session = builder.config(map=CONFIGURATION).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def cargo(*arguments: str) -> bytes:
    run = ["cargo", "run", "--release", "--quiet", *arguments]
    return subprocess.run(run, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def program(*arguments: str | Path) -> list[dict[str, Any]]:
    """What the program prints."""
    options = ("--quiet", "--format", "ndjson")
    printed = cargo("--bin", "sekisho", "--", *map(str, arguments), *options)
    return [json.loads(line) for line in printed.splitlines()]


def generated(kind: str, count: int) -> list[bytes]:
    """Records of the generator, in the order of their times."""
    generator = ("--package", "sekisho-generator", "--", "records", kind, "--seed", "7")
    records = cargo(*generator, "--records", str(count)).splitlines()
    return sorted(records, key=lambda record: json.loads(record).get("eventTime", ""))


def in_order(lines: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(line, sort_keys=True) for line in lines)
