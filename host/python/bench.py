"""Nanoseconds a record: `python bench.py ../../dist/sekisho-simd.wasm records.ndjson`."""

import statistics
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from sekisho import Filter

module, file = map(Path, sys.argv[1:])
signins = Filter(module.read_bytes())
records = file.read_bytes().splitlines()


def nanoseconds_of(work: Callable[[], object]) -> float:
    """The median of 7 runs."""
    times = []
    for _ in range(7):
        start = time.perf_counter_ns()
        work()
        times.append(time.perf_counter_ns() - start)
    return statistics.median(times) / len(records)


works: dict[str, Callable[[], object]] = {
    "process": lambda: [signins.process(record) for record in records],
    "annotate": lambda: [signins.annotate(record) for record in records],
    "process_many": lambda: deque(signins.process_many(records), maxlen=0),
    "annotate_many": lambda: deque(signins.annotate_many(records), maxlen=0),
}
for name, work in works.items():
    print(f"{name:13} {nanoseconds_of(work):8.0f}")
