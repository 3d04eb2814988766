"""The function in the real engine: the README, the rows, and as many verdicts as the program has."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

import sekisho.duckdb
from sekisho import Filter

HERE = Path(__file__).resolve().parents[1]
ROOT = HERE.parents[1]
README = (HERE / "README.md").read_text(encoding="utf-8")
LINES = r"columns = {'record': 'VARCHAR'}, header = false, delim = '\x01', quote = '', escape = ''"


def cargo(*arguments: str) -> bytes:
    run = ["cargo", "run", "--release", "--quiet", *arguments]
    return subprocess.run(run, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


@pytest.fixture
def connection() -> Iterator[Any]:
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "examples" / "trail", tmp_path / "trail")
    return tmp_path


def run(folder: Path, source: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "host/python/src")}
    done = subprocess.run(
        [sys.executable, "-c", source],
        cwd=folder,
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return done.stdout


def test_the_examples(folder: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert blocks[0] == (HERE / "signins.py").read_text(encoding="utf-8")
    assert f"```\n{run(folder, blocks[0])}```\n" in README
    record = json.dumps(
        {
            "eventSource": "signin.amazonaws.com",
            "eventName": "ConsoleLogin",
            "userIdentity": {"type": "Root", "accountId": "111122223333"},
            "responseElements": {"ConsoleLogin": "Failure"},
        }
    )
    (folder / "records.ndjson").write_text(record + "\n")
    assert "root" in run(folder, "import duckdb, sekisho.duckdb\n" + blocks[1])


def test_every_row(connection: Any) -> None:
    paths = sorted((ROOT / "tests" / "cases").glob("*.jsonl"))
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [json.loads(line) for line in lines]
    texts = [text_of(row, line) for row, line in zip(rows, lines, strict=True)]
    assert len(rows) >= 700, "the rows are found"
    sekisho.duckdb.register(connection)
    connection.execute("CREATE TABLE records (n INTEGER, record VARCHAR)")
    connection.executemany("INSERT INTO records VALUES (?, ?)", list(enumerate(texts)))
    query = "SELECT sekisho_verdict(record) FROM records ORDER BY n"
    missing = {"rules": None, "silenced": None, "silenced_by": None}
    for row, text, (verdict,) in zip(rows, texts, connection.execute(query).fetchall(), strict=True):
        expected = row.get("verdict") and missing | row["verdict"]
        assert verdict == (expected if text is not None else None), row["name"]


def text_of(row: dict[str, Any], line: str) -> str | None:
    """The input of a row; none if it is not a text of DuckDB."""
    if "record" in row:
        # The original text of the record in the row.
        start = line.index('"record":') + len('"record":')
        return line[start : json.JSONDecoder().raw_decode(line, start)[1]]
    try:
        given = row["text"].encode() if "text" in row else base64.b64decode(row["base64"])
        return given.decode()
    except UnicodeError:
        return None


def test_verdicts_are_those_of_the_program(connection: Any, tmp_path: Path) -> None:
    generator = ("--package", "sekisho-generator", "--")
    records = cargo(*generator, "records", "mixed", "--seed", "1", "--records", "100000")
    path = tmp_path / "records.ndjson"
    path.write_bytes(records)
    printed = cargo("--bin", "sekisho", "--", "classify", "--quiet", "--format", "ndjson", str(path))
    keys = ("kind", "outcome", "reason", "principal", "mfa", "user_exists")
    lines = [json.loads(line)["signin"] for line in printed.splitlines()]
    expected = [tuple(line[key] for key in keys) for line in lines]
    assert len(expected) > 1000

    signins = Filter()
    sekisho.duckdb.register(connection, filter=signins)
    columns = ", ".join(f"signin.{key}" for key in keys)
    found = connection.execute(f"""
        SELECT {columns}
        FROM (SELECT sekisho_verdict(record) AS signin FROM read_csv('{path}', {LINES}))
        WHERE signin IS NOT NULL""").fetchall()
    assert sorted(map(str, found)) == sorted(map(str, expected))
    assert not signins.errors
