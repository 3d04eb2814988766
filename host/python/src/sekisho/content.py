"""The content of a file, in parts that are inputs of a filter."""

import gzip
import importlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import IO

from .errors import FilterError

_CHUNK_BYTES = 512 * 1024
_HEAD_BYTES = 64 * 1024

_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"

_RECORD = b'{"eventVersion":'

MARK = b"\xef\xbb\xbf"
"""The byte order mark, which may begin a file and each of its lines."""


def open_decompressed(file: Path) -> IO[bytes]:
    """Opens a file. Raises `FilterError` if nothing that reads zstd is installed."""
    content = file.open("rb")
    magic = content.peek(4)[:4]
    if magic.startswith(_GZIP_MAGIC):
        return io.BufferedReader(gzip.open(content))
    if magic == _ZSTD_MAGIC:
        return io.BufferedReader(_zstd().ZstdFile(content))
    return content


def _zstd() -> ModuleType:
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise FilterError("unsupported", "zstd needs Python 3.14, or `pip install sekisho[zstd]`")


def head(opened: IO[bytes]) -> bytes:
    """How the content begins."""
    return opened.peek(_HEAD_BYTES)[:_HEAD_BYTES]  # type: ignore[attr-defined]


def chunks(opened: IO[bytes]) -> Iterator[bytes]:
    """Whole lines, of about half a megabyte together."""
    while chunk := opened.read(_CHUNK_BYTES):
        chunk += opened.readline()
        yield chunk


def are_records(chunk: bytes) -> bool:
    """Whether each line begins as a record of CloudTrail does."""
    start = 0
    while chunk.startswith(_RECORD, start):
        start = chunk.find(b"\n", start) + 1
        if start in (0, len(chunk)):
            return True
    return False


def are_inputs(chunk: bytes) -> bool:
    """Whether lines are inputs by themselves: JSON, or text that may have JSON after it."""
    first, _, others = chunk.removeprefix(MARK).lstrip().partition(b"\n")
    return bool(others.strip()) and (not first.startswith((b"{", b"[")) or is_json(first))


def is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (RecursionError, ValueError):
        return False
    return True


def documents(content: bytes) -> list[bytes]:
    """JSON values that follow each other. What follows the last one is the last document."""
    text = content.decode(errors="replace")
    decoder = json.JSONDecoder()
    found: list[bytes] = []
    start = 0
    while (rest := text[start:].lstrip()):
        start = len(text) - len(rest)
        try:
            _, end = decoder.raw_decode(text, start)
        except (RecursionError, ValueError):
            end = len(text)
        found.append(text[start:end].encode())
        start = end
    return found


def elements(document: bytes) -> list[bytes]:
    """The elements of the lists that are nearest to the top of a document, each as a document."""
    try:
        level = [json.loads(document)]
    except (RecursionError, ValueError):
        return []
    while level:
        found = [one for value in level if isinstance(value, list) for one in value]
        if found:
            return [json.dumps(one).encode() for one in found]
        level = [one for value in level if isinstance(value, dict) for one in value.values()]
    return []
