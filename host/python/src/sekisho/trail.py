"""Reads CloudTrail files."""

import io
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from . import content, table
from .encoded import decode, is_encoded
from .errors import Code, FilterError
from .filter import Filter, Verdict

_EXTENSIONS = {".json", ".ndjson", ".jsonl", ".gz", ".zst"}
"""The files of a folder that are read, whatever they contain."""

_LOG_EXTENSIONS = {"", ".log", ".csv"}
"""The files of a folder that are read if they begin with a record."""

_LINES_EXTENSIONS = {".jsonl", ".ndjson"}

Result = Verdict | FilterError


def verdicts(
    path: str | os.PathLike[str],
    *,
    filter: Filter | None = None,
    on_error: Callable[[FilterError, Path], None] | None = None,
) -> Iterator[Verdict]:
    """Classifies the records in a file, or in all files of a folder, in the order of their names.

    Yields the verdicts; records without one are skipped. A file is one or more JSON documents, as
    CloudTrail writes them or with what other programs put around records; lines of JSON, also after
    other text; or CSV. gzip, zstd and JSON in base64 are recognised. Files in a folder are skipped
    if they are named differently and begin with no record. A document is read into memory as a
    whole.

    `filter` is a configured filter, instead of a new one of the built-in module. `on_error` is called
    for each record that cannot be classified; without it, the first one raises its `FilterError`.
    """
    signins = filter or Filter()
    for file in _files(Path(path)):
        for result in _results(signins, file):
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
        if file.is_file() and (file.suffix.lower() in _EXTENSIONS or _begins_with_record(file)):
            yield file


def _begins_with_record(file: Path) -> bool:
    """Whether a log or a table begins with a record."""
    extension = file.suffix.lower()
    if extension not in _LOG_EXTENSIONS and not extension[1:].isdigit():
        return False
    with file.open("rb") as opened:
        head = content.head(opened)
    return b"eventSource" in head or _delimiter(head) is not None


def _results(signins: Filter, file: Path) -> Iterator[Result]:
    try:
        with content.open_decompressed(file) as opened:
            yield from _content_results(signins, file, opened)
    except FilterError as error:
        yield error
    except (EOFError, zlib.error, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        yield FilterError("malformed", f"{file} cannot be decompressed: {error}")


def _content_results(signins: Filter, file: Path, opened: IO[bytes]) -> Iterator[Result]:
    if delimiter := _delimiter(content.head(opened)):
        with io.TextIOWrapper(opened, encoding="utf-8-sig", errors="replace", newline="") as text:
            for _, result in signins.process_many(table.rows(text, delimiter)):
                yield result
        return
    chunks = content.chunks(opened)
    first = next(chunks, b"")
    names = {suffix.lower() for suffix in file.suffixes}
    if names & _LINES_EXTENSIONS or content.are_inputs(first):
        yield from _line_results(signins, first)
        for chunk in chunks:
            yield from _line_results(signins, chunk)
    else:
        document = b"".join([first, *chunks])
        yield from _document_results(signins, document.removeprefix(content.MARK))


def _delimiter(head: bytes) -> str | None:
    header, _, rest = head.decode("utf-8-sig", errors="replace").partition("\n")
    return table.delimiter_of(header.rstrip("\r"), rest.partition("\n")[0])


def _line_results(signins: Filter, chunk: bytes) -> Iterator[Result]:
    # What CloudTrail writes needs no search for byte order marks and base64, which takes longer than
    # to classify it.
    if not content.are_records(chunk):
        lines = [line.removeprefix(content.MARK) for line in chunk.split(b"\n")]
        if any(map(is_encoded, lines)):
            for line in _not_blank(lines):
                yield from _document_results(signins, line)
            return
        chunk = b"\n".join(lines)
    try:
        results = iter(signins.process_batch(chunk, "lines"))
        lines = None
    except FilterError:
        # A line is too long, or the module failed.
        lines = _not_blank(chunk.split(b"\n"))
        results = signins.process_many(lines)
    for index, result in results:
        if isinstance(result, FilterError):
            lines = lines or chunk.split(b"\n")
            yield from _without_text_before(signins, lines[index], result)
        else:
            yield result


def _without_text_before(signins: Filter, line: bytes, error: FilterError) -> Iterator[Result]:
    """The results of a line that has an error: it may have several records, or text before them."""
    start = line.find(b"{")
    if error.code == "several_records" or (error.code == "malformed" and start > 0):
        yield from _document_results(signins, line[max(start, 0) :])
    elif error.code != "malformed" or start == 0:
        yield error


def _document_results(signins: Filter, document: bytes) -> Iterator[Result]:
    if is_encoded(document):
        for decoded in decode(document):
            yield from _plain_results(signins, decoded)
    else:
        yield from _plain_results(signins, document)


def _plain_results(signins: Filter, document: bytes) -> Iterator[Result]:
    try:
        results = signins.process_batch(document, "json")
    except FilterError as error:
        records = content.elements(document) if error.code == "too_large" else []
        results = list(signins.process_many(records)) if records else [(0, error)]
    if len(results) == 1 and _has_code(results[0][1], "several_records"):
        # They are in a list inside of its only element.
        if elements := content.elements(document):
            for element in elements:
                yield from _plain_results(signins, element)
            return
    if results and _has_code(results[-1][1], "malformed"):
        documents = content.documents(document)
        if len(documents) > 1:
            for one in documents:
                yield from _plain_results(signins, one)
            return
    for _, result in results:
        yield result


def _has_code(result: Result, code: Code) -> bool:
    return isinstance(result, FilterError) and result.code == code


def _not_blank(lines: list[bytes]) -> list[bytes]:
    return [line for line in lines if line.strip()]
