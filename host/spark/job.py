"""Classifies CloudTrail files with Spark: `spark-submit job.py --help`."""

import argparse
import json
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from sekisho.spark import attempts, classify, read_cloudtrail

ROCKSDB = "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=["classify", "attempts"])
    parser.add_argument("input", help="folder of .json or .json.gz files, such as s3a://…/AWSLogs")
    parser.add_argument("output", help="folder to write to")
    parser.add_argument("--format", default="parquet", help="parquet, json, delta, …")
    parser.add_argument("--rules", help="file of rules as JSON, or `builtin`")
    parser.add_argument("--form", default="verdict", choices=["verdict", "ecs", "ocsf"])
    parser.add_argument("--identity", action="store_true", help="say who it was")
    parser.add_argument("--all", action="store_true", help="also write records without a verdict")
    parser.add_argument("--key", help="column by whose values attempts are paired; all in one place")
    parser.add_argument("--window-seconds", type=int, default=180)
    parser.add_argument("--lateness-seconds", type=int, default=600)
    parser.add_argument("--checkpoint", help="folder of the progress: read files as they arrive")
    parser.add_argument("--once", action="store_true", help="end when all files that exist are read")
    parser.add_argument("--trigger", default="60 seconds", help="how often files are looked for")
    parser.add_argument("--tick-seconds", type=int, help="end attempts by the clock, too")
    return parser.parse_args()


def result(given: argparse.Namespace, records: DataFrame) -> DataFrame:
    rules: Any = given.rules
    if rules not in (None, "builtin"):
        rules = json.loads(Path(rules).read_text(encoding="utf-8"))
    if given.task == "attempts":
        return attempts(
            records,
            key=given.key,
            rules=rules,
            window_seconds=given.window_seconds,
            lateness_seconds=given.lateness_seconds,
            tick_seconds=given.tick_seconds,
        )
    found = classify(records, rules=rules, form=given.form, identity=given.identity)
    is_found = "signin IS NOT NULL OR signin_error IS NOT NULL"
    return found if given.all else found.where(is_found)


def main() -> None:
    given = arguments()
    spark = SparkSession.builder.appName("sekisho").getOrCreate()
    is_stream = given.checkpoint is not None
    if is_stream:
        spark.conf.set("spark.sql.streaming.stateStore.providerClass", ROCKSDB)
    records = read_cloudtrail(spark, given.input, stream=is_stream)
    found = result(given, records)
    if not is_stream:
        found.write.format(given.format).save(given.output)
        return
    writer = found.writeStream.format(given.format).option("checkpointLocation", given.checkpoint)
    trigger = {"availableNow": True} if given.once else {"processingTime": given.trigger}
    writer.trigger(**trigger).start(given.output).awaitTermination()


if __name__ == "__main__":
    main()
