"""Shared by the tests: ClickHouse as the README sets it up, and the rows."""

import base64
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import chdb
import pytest

HERE = Path(__file__).resolve().parents[1]
ROOT = HERE.parents[1]
DIST = Path(os.environ.get("SEKISHO_DIST", ROOT / "dist"))

RECORDS = 100_000


@dataclass
class Row:
    name: str
    input: bytes
    verdict: str


@dataclass
class Example:
    """Statements of the README, the output that it shows, and their real output."""

    statements: str
    shown: str
    printed: str


def readme_blocks() -> list[tuple[str, str]]:
    """The blocks of statements in the README, each with the output shown below it, if any."""
    pattern = r"^```sql\n(.*?)^```\n(?:\n```\n(.*?)^```\n)?"
    return re.findall(pattern, (HERE / "README.md").read_text(), re.MULTILINE | re.DOTALL)


class Database:
    """ClickHouse in a separate folder, after all statements of the README."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.examples = [
            Example(statements, shown, self.query(statements, "PrettyCompactNoEscapes"))
            for statements, shown in readme_blocks()
        ]

    def query(self, statements: str, output_format: str = "TSV") -> str:
        return self._connection.query(statements, output_format).bytes().decode()

    def rows(self, statement: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.query(statement, "JSONEachRow").splitlines()]

    def verdicts(self, records: list[bytes], settings: str = "max_block_size = 65409") -> list[str]:
        """The results of the function. Records reach it byte for byte."""
        lines = [json.dumps({"record": base64.b64encode(record).decode()}) for record in records]
        Path("records.ndjson").write_text("\n".join(lines))
        [result] = self.rows(f"""
            SELECT groupArray(sekisho_verdict(base64Decode(record))) AS verdicts
            FROM file('records.ndjson', JSONEachRow, 'record String')
            SETTINGS max_threads = 1, {settings}""")
        return result["verdicts"]


@pytest.fixture(scope="session", params=["sekisho-simd.wasm", "sekisho.wasm"])
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """Both builds of the module, as `cargo xtask dist` writes them."""
    folder = tmp_path_factory.mktemp("signins")
    shutil.copy(DIST / request.param, folder / "sekisho-simd.wasm")
    shutil.copytree(ROOT / "examples" / "trail", folder / "trail")
    before = Path.cwd()
    os.chdir(folder)
    with closing(chdb.connect("signins.chdb?allow_experimental_webassembly_udf=1")) as connection:
        yield Database(connection)
    os.chdir(before)


def _row(source: str) -> Row:
    row = json.loads(source)
    if "text" in row:
        given = row["text"].encode()
    elif "base64" in row:
        given = base64.b64decode(row["base64"])
    else:
        # The original bytes of the record in the row.
        start = source.index('"record":') + len('"record":')
        _, end = json.JSONDecoder().raw_decode(source, start)
        given = source[start:end].encode()
    verdict = row.get("verdict")
    return Row(row["name"], given, json.dumps(verdict, separators=(",", ":")) if verdict else "")


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    files = sorted((ROOT / "tests" / "cases").glob("*.jsonl"))
    rows = [_row(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 700, "the rows are found"
    return rows


@pytest.fixture(scope="session")
def generated() -> list[tuple[str, str]]:
    """Generated records of a trail, each with the name of its case."""
    run = ["cargo", "run", "--release", "--quiet", "--package", "sekisho-generator", "--"]
    printed = subprocess.run(
        [*run, "records", "mixed", "--seed", "1", "--records", str(RECORDS), "--cases"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    lines = printed.stdout.decode().splitlines()
    return [(case, record) for case, _, record in (line.partition("\t") for line in lines)]
