"""A folder of files into which records arrive, and a query that pairs them."""

import json
import os
import time
from pathlib import Path
from typing import Any

from conftest import program
from pyspark.sql import SparkSession
from pyspark.sql.functions import regexp_extract
from pyspark.sql.streaming import StreamingQuery

from sekisho.spark import attempts, read_cloudtrail

# A sign-in long after all others: all of them are complete when it has arrived.
LAST = {
    "eventVersion": "1.08",
    "userIdentity": {"type": "IAMUser", "principalId": "AIDALAST", "userName": "last"},
    "eventTime": "2099-01-01T00:00:00Z",
    "eventSource": "signin.amazonaws.com",
    "eventName": "ConsoleLogin",
    "sourceIPAddress": "192.0.2.99",
    "recipientAccountId": "444455556666",
    "responseElements": {"ConsoleLogin": "Success"},
    "additionalEventData": {"MFAUsed": "Yes"},
    "eventID": "ffffffff-0000-4000-8000-000000000000",
}


class Arrivals:
    """Files in the order in which they arrived."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        folder.mkdir()

    def add(self, records: list[bytes], files: int = 1, organisation: str = "one") -> None:
        each = -(-len(records) // files)
        for start in range(0, len(records), each):
            self.count += 1
            part = self.folder / f"{self.count:05}-{organisation}.part"
            part.write_bytes(b'{"Records":[' + b",".join(records[start : start + each]) + b"]}")
            # Spark reads the oldest first.
            os.utime(part, (self.count, self.count))
            part.rename(part.with_suffix(".json"))

    def add_last(self, organisation: str = "one") -> None:
        self.add([json.dumps(LAST).encode()], organisation=organisation)


class Pairing:
    """Attempts of the files that have arrived, written to a folder."""

    def __init__(self, spark: SparkSession, arrivals: Arrivals, **options: Any) -> None:
        self.spark, self.arrivals, self.options = spark, arrivals, options
        self.output = arrivals.folder.with_name("attempts")
        self.checkpoint = arrivals.folder.with_name("checkpoint")

    def start(self, files_per_batch: int = 1, **trigger: Any) -> StreamingQuery:
        folder = str(self.arrivals.folder)
        records = read_cloudtrail(
            self.spark, folder, stream=True, files_per_batch=files_per_batch
        )
        organisation = regexp_extract("file", "-([a-z]+)[.]json$", 1)
        records = records.withColumn("organisation", organisation)
        writer = attempts(records, rules="builtin", **self.options).writeStream
        writer = writer.format("json").option("checkpointLocation", str(self.checkpoint))
        return writer.trigger(**trigger or {"availableNow": True}).start(str(self.output))

    def run(self, files_per_batch: int = 1) -> None:
        """Reads all files that are there."""
        query = self.start(files_per_batch)
        query.awaitTermination()

    def lines(self) -> list[dict[str, Any]]:
        rows = self.spark.read.json(str(self.output)).select("line").collect()
        return [json.loads(row.line) for row in rows]

    def expected(self) -> list[dict[str, Any]]:
        """What the program finds in the same files, without the last sign-in, which is not complete."""
        lines = program("attempts", self.arrivals.folder)
        return [line for line in lines if LAST["eventID"] not in line["events"]]


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
