"""Shared by the tests: the builds of the module, and the rows of `tests/cases`."""

import base64
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import wasmtime

from sekisho import Filter, Module

ROOT = Path(__file__).resolve().parents[3]
DIST = Path(os.environ.get("SEKISHO_DIST", ROOT / "dist"))
CASES = ROOT / "tests" / "cases"


@dataclass
class Row:
    name: str
    input: bytes
    verdict: dict[str, Any] | None
    error: int | None

    @property
    def annotated(self) -> bytes:
        """The input with its verdict as the last field."""
        if self.verdict is None:
            return self.input
        verdict = json.dumps(self.verdict, separators=(",", ":")).encode()
        end = self.input.rindex(b"}")
        return self.input[:end] + b',"signin":' + verdict + self.input[end:]


def _lines(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.jsonl")):
        yield from path.read_text(encoding="utf-8").splitlines()


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
    return Row(row["name"], given, row.get("verdict"), row.get("error"))


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of compiled modules, for these tests alone."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEKISHO_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    rows = [_row(line) for line in _lines(CASES)]
    assert len(rows) >= 700, "the rows are found"
    return rows


@pytest.fixture(scope="session")
def sequences() -> list[dict[str, Any]]:
    sequences = [json.loads(line) for line in _lines(CASES / "sequences")]
    assert len(sequences) >= 100, "the sequences are found"
    return sequences


@pytest.fixture(scope="session", params=["sekisho.wasm", "sekisho-simd.wasm"])
def module(request: pytest.FixtureRequest) -> Module:
    """Both builds of the module, as `cargo xtask dist` writes them."""
    return Module((DIST / request.param).read_bytes())


@pytest.fixture
def signins(module: Module) -> Filter:
    return Filter(module)


@pytest.fixture
def faulty() -> Callable[..., Filter]:
    """Makes filters of `faulty.wat`, with limits that the test chooses."""
    wasm = wasmtime.wat2wasm((Path(__file__).parent / "faulty.wat").read_text())
    return lambda **limits: Filter(bytes(wasm), **limits)
