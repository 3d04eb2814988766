"""Rows a second: `python bench.py MODULE RECORDS`, with a file of records, one a line."""

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import chdb

ROUNDS = 7

SET_UP = """
    INSERT INTO system.webassembly_modules (name, code)
    SELECT 'sekisho', code FROM file('module.wasm', RawBlob, 'code String');
    CREATE FUNCTION sekisho_verdict
        LANGUAGE WASM ABI BUFFERED_V1 FROM 'sekisho' :: 'clickhouse_verdict'
        ARGUMENTS (record String) RETURNS String DETERMINISTIC
        SETTINGS serialization_format = 'RowBinary', webassembly_udf_enable_fuel = 0;
    CREATE TABLE cloudtrail ENGINE = MergeTree ORDER BY tuple() AS
    SELECT record FROM file('records.ndjson', LineAsString, 'record String');
"""
SERVICES = "('signin.amazonaws.com', 'sso.amazonaws.com')"
CONDITIONS = {
    "read": "cityHash64(record) = 0",
    "JSONExtractString": f"JSONExtractString(record, 'eventSource') IN {SERVICES}",
    "sekisho_verdict": "sekisho_verdict(record) != ''",
}
# Without this cache, because a second query would only look up the result of the first one.
SETTINGS = "max_threads = 1, use_query_condition_cache = 0, webassembly_udf_max_input_block_size ="


def main() -> None:
    module, records = (Path(argument).resolve() for argument in sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        shutil.copy(module, "module.wasm")
        Path("records.ndjson").symlink_to(records)
        database = chdb.connect("bench.chdb?allow_experimental_webassembly_udf=1")
        database.query(SET_UP)
        rows = int(database.query("SELECT count() FROM cloudtrail").bytes())
        for name, condition in CONDITIONS.items():
            calls = ["0", "250", "1000"] if name == "sekisho_verdict" else ["0"]
            for rows_a_call in calls:
                count = f"SELECT count() FROM cloudtrail WHERE {condition}"
                query = f"{count} SETTINGS {SETTINGS} {rows_a_call}"
                seconds = [timed(database, query) for _ in range(ROUNDS)]
                print(f"{name:20}{rows_a_call:>6}{rows / statistics.median(seconds):12,.0f}")
        database.close()


def timed(database: Any, query: str) -> float:
    start = time.process_time()
    database.query(query)
    return time.process_time() - start


main()
