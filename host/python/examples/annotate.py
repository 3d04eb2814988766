"""Reads NDJSON records and writes them back, sign-ins with their verdict."""

import sys

from sekisho import Filter

signins = Filter()

sys.stdout.buffer.writelines(signins.annotate_many(sys.stdin.buffer))
print("errors:", dict(signins.errors), file=sys.stderr)
