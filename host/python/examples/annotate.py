"""Reads records, one a line, and writes each one, sign-ins with their verdict."""

import sys
from pathlib import Path

from sekisho import Filter

signins = Filter(Path("sekisho-simd.wasm").read_bytes())

sys.stdout.buffer.writelines(signins.annotate_many(sys.stdin.buffer))
print("without an answer:", dict(signins.errors), file=sys.stderr)
