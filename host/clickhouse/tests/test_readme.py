"""The README shows the real output of its statements."""

import shutil
import subprocess
import sys
from pathlib import Path

from conftest import DIST, HERE, Database, readme_blocks


def test_the_examples(database: Database) -> None:
    examples = [example for example in database.examples if example.shown]
    assert len(examples) == 4
    for example in examples:
        assert example.printed == example.shown, example.statements


def test_the_program(tmp_path: Path) -> None:
    """The second run uses what the first one stored."""
    shutil.copy(DIST / "sekisho-simd.wasm", tmp_path)
    for statements, shown in readme_blocks()[:2]:
        printed = subprocess.run(
            [sys.executable, HERE / "sql.py"],
            cwd=tmp_path,
            check=True,
            input=statements,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert printed.stdout == shown
