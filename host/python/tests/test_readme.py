"""What the README shows is what is in the tree, and runs."""

import subprocess
import sys
from pathlib import Path

from conftest import DIST, Row

FOLDER = Path(__file__).resolve().parents[1]
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def run(example: str, given: bytes = b"") -> bytes:
    """Runs an example that the README shows, beside the module."""
    file = FOLDER / "examples" / example
    assert f"```python\n{file.read_text(encoding='utf-8')}```\n" in README
    done = subprocess.run(
        [sys.executable, file], cwd=DIST, input=given, capture_output=True, check=True
    )
    return done.stdout


def test_the_first_example() -> None:
    assert f"```\n{run('process.py').decode()}```\n" in README


def test_the_stream(rows: list[Row]) -> None:
    records = [row for row in rows if b"\n" not in row.input]
    annotated = run("annotate.py", b"".join(row.input + b"\n" for row in records))
    assert annotated == b"".join(row.annotated + b"\n" for row in records)
