"""Runs SQL in ClickHouse itself, which the package `chdb-core` holds, on the database beside it."""

import sys

import chdb

database = chdb.connect("signins.chdb?allow_experimental_webassembly_udf=1")
print(database.query(sys.stdin.read(), "PrettyCompactNoEscapes"), end="")
