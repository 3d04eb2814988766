"""Reads CloudTrail files."""

import gzip
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from .encoded import decode, is_encoded
from .errors import FilterError
from .filter import BatchResult, Filter, Framing, Verdict

_TRAIL_FILE = re.compile(r"\.(json|jsonl|ndjson)(\.gz)?$")
"""The files of a folder that are read; CloudTrail writes `.json.gz`."""

_LINES_FILE = re.compile(r"\.(jsonl|ndjson)(\.gz)?$")

_GZIP_MAGIC = b"\x1f\x8b"

_MARK = b"\xef\xbb\xbf"
"""The byte order mark, which may begin a file and each of its lines."""


def verdicts(
    path: str | os.PathLike[str],
    *,
    filter: Filter | None = None,
    on_error: Callable[[FilterError, Path], None] | None = None,
) -> Iterator[Verdict]:
    """Classifies the records in a file, or in all files of a folder, in the order of their names.

    Yields the verdicts; records without one are skipped. Files are JSON as CloudTrail writes it, or
    NDJSON if they are named `.jsonl` or `.ndjson`; gzip is recognised, and JSON in base64 is decoded
    as `decode` does it. Other files in a folder are skipped. A file is read into memory as a whole.

    `filter` is a configured filter, instead of a new one of the built-in module. `on_error` is called
    for each record that cannot be classified; without it, the first one raises its `FilterError`.
    """
    signins = filter or Filter()
    for file in _files(Path(path)):
        for _, result in _results(signins, file):
            if not isinstance(result, FilterError):
                yield result
            elif on_error:
                on_error(result, file)
            else:
                raise result


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for file in sorted(path.rglob("*")):
        if _TRAIL_FILE.search(file.name) and file.is_file():
            yield file


def _results(signins: Filter, file: Path) -> Iterator[BatchResult]:
    content = file.read_bytes()
    if content.startswith(_GZIP_MAGIC):
        content = gzip.decompress(content)
    content = content.removeprefix(_MARK).replace(b"\n" + _MARK, b"\n")
    framing: Framing = "lines" if _LINES_FILE.search(file.name) else "json"
    if not is_encoded(content):
        yield from _results_of(signins, content, framing)
        return
    for item in _lines(content) if framing == "lines" else [content]:
        for decoded in decode(item):
            yield from _results_of(signins, decoded, framing if decoded is item else "json")


def _results_of(signins: Filter, content: bytes, framing: Framing) -> Iterator[BatchResult]:
    try:
        yield from signins.process_batch(content, framing)
    except FilterError as error:
        records = _split(content, framing) if error.code == "too_large" else None
        if records is None:
            yield 0, error
        else:
            yield from signins.process_many(records)


def _lines(content: bytes) -> list[bytes]:
    return [line for line in content.splitlines() if line.strip()]


def _split(content: bytes, framing: Framing) -> list[bytes] | None:
    """The records of a file that is larger than an input of the module, if it has any."""
    if framing == "lines":
        return _lines(content)
    try:
        return [json.dumps(record).encode() for record in json.loads(content)["Records"]]
    except (KeyError, TypeError, ValueError):
        return None
