"""Decodes JSON in base64."""

import base64
import binascii
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator

_TEXT_BYTES = 16 * 1024 * 1024
"""What a decompressed text has at most: the limit of an input of the module."""

_STRING = re.compile(rb'"((?:H4sI|eyJ)[A-Za-z0-9+/=]*)"')
"""A string that begins as gzip does in base64, or as `{"` does."""

_PLAIN_RECORD = re.compile(rb'\beventSource\\*"\s*:\s*\\*"(?!aws:)')
"""A record that is not encoded; services that wrap records begin with `aws:`."""

_GZIP_MAGIC = b"\x1f\x8b"


def decode(input: bytes) -> Iterator[bytes]:
    """Decodes strings that are JSON objects in base64, with or without gzip.

    So has `awslogs.data` of a subscription to CloudWatch Logs its events, and `data` of Kinesis and
    Firehose. Yields each object, for `Filter.process_batch` with the framing `json`; if there are
    none, yields the input.

    The input is yielded after the objects if it has records that are not encoded. It is yielded alone
    if it has an `eventTime`: what a record has in base64 is left as it is. So are texts of more than
    16 MiB. The objects are decoded one by one as they are read.
    """
    has_objects = False
    if b'"eventTime"' not in input:
        for string in _STRING.finditer(input):
            text = _object_in(string[1])
            if text is not None:
                has_objects = True
                yield text
    if not has_objects or _PLAIN_RECORD.search(input):
        yield input


def is_encoded(input: bytes) -> bool:
    """Whether `decode` may find JSON in base64."""
    return b'"eventTime"' not in input and (b'"H4sI' in input or b'"eyJ' in input)


def _object_in(encoded: bytes) -> bytes | None:
    """The JSON object in base64, if there is one."""
    try:
        text = base64.b64decode(encoded, validate=True)
        if text.startswith(_GZIP_MAGIC):
            with gzip.open(io.BytesIO(text)) as file:
                text = file.read(_TEXT_BYTES + 1)
        if len(text) > _TEXT_BYTES:
            return None
        return text if isinstance(json.loads(text), dict) else None
    except (binascii.Error, EOFError, OSError, RecursionError, ValueError, zlib.error):
        return None
