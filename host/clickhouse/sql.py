"""Runs SQL in ClickHouse, from the package `chdb-core`, with a database in the current folder."""

import sys

import chdb

database = chdb.connect("signins.chdb?allow_experimental_webassembly_udf=1")
print(database.query(sys.stdin.read(), "PrettyCompactNoEscapes"), end="")
