"""A filter: an instance of the module, replaced by a new one if it fails."""

import functools
import json
import os
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from .errors import Code, FilterError, error_of
from .module import Instance, Module

if TYPE_CHECKING:
    import pyarrow

Framing = Literal["lengths", "lines", "json"]
"""How a batch contains its records: each preceded by its length in 4 bytes, little-endian; each on a
line; or in JSON, an array or an object with an array in `Records`, `Events` or `logEvents`."""

_FRAMINGS: dict[Framing, int] = {"lengths": 0, "lines": 1, "json": 2}

_INPUT_BYTES = 16 * 1024 * 1024
"""The limit of an input, and the size of the parts in which a state is restored."""

_VERDICT_KEYS = ("kind", "outcome", "reason", "principal", "mfa", "user_exists")
"""The keys with which every verdict begins."""

_EVENT_KEYS = ("@timestamp", "ecs", "category_uid")
"""The keys with which an event of ECS or OCSF begins."""

_EVENT_BYTES_PER_RECORD_BYTE = 36
"""An event has texts of its record, some of them several times and with more escapes."""

_VERDICT_BYTES = 1024
"""The most bytes of a verdict without rules, with keys of later versions."""

_VERDICT_BYTES_PER_RULE_BYTE = 8
"""A verdict lists ids of rules, and positions of entries; the rules are in the configuration, or in
the module."""

_FIELD_BYTES = 8 * 256
"""The most bytes of the field that `annotate` adds, without the verdict."""

_BATCH_RECORDS = 256
_BATCH_BYTES = 1024 * 1024
"""A call costs as much as some records; batches of this size make that negligible."""


class _Rules(TypedDict, total=False):
    rules: list[str]
    silenced: list[str]
    silenced_by: list[int]


class Verdict(_Rules):
    """The classification of a record; `rules` is present only if rules are configured, `silenced` and
    `silenced_by` only if the configuration silences some of them for this record.

    Later versions of the module may add keys, and values.
    """

    kind: str
    outcome: str
    reason: str | None
    principal: str
    mfa: str
    user_exists: str


BatchResult = tuple[int, Verdict | FilterError]
"""The number of a record, from 0, and its verdict or error."""


class Filter:
    """An instance of the filter module.

    If the module fails, its instance is dropped, and the next call makes a new one with the same
    configuration. The state of the stream of attempts is then lost: restore a saved one.

    A filter is pickled as its module, limits and configuration. A process that unpickles it several
    times gets the same filter, so make one of its own for each stream of attempts.
    """

    def __init__(
        self,
        module: Module | bytes | None = None,
        *,
        deadline: float = 5.0,
        memory_bytes: int = 512 * 1024 * 1024,
        configuration: Mapping[str, Any] | None = None,
    ) -> None:
        """Makes a filter of a module or its bytes, by default of the module in the package.

        `deadline` limits a call, in seconds; `memory_bytes` limits the memory of the instance.
        `configuration` is one for `configure`.
        """
        self.restarts = 0
        """The number of instances that were dropped."""
        self.errors: Counter[Code] = Counter()
        """The number of errors, by code, including those of batches as a whole."""
        if module is None:
            module = Module.builtin()
        self._module = module if isinstance(module, Module) else Module(module)
        self._limits = (deadline, memory_bytes)
        self._instance: Instance | None = None
        self._configuration: bytes | None = None
        # Python cannot confine a filter to one thread, and two at once would corrupt its memory.
        self._lock = threading.Lock()
        if configuration is not None:
            self.configure(configuration)

    def __reduce__(self) -> tuple[Any, ...]:
        return _shared, (self._module, *self._limits, self._configuration)

    def configure(self, configuration: Mapping[str, Any]) -> None:
        """Sets the configuration. Missing keys have their defaults.

        Raises `FilterError` with the code `refused`; the previous configuration stays.
        """
        text = json.dumps(configuration).encode()
        self._status("sekisho_configure", text, (0,))
        self._configuration = text

    def fresh(self) -> "Filter":
        """A filter with the same settings, and a stream of its own."""
        module, (deadline, memory_bytes) = self._module, self._limits
        configuration = self.configuration if self._configuration else None
        return Filter(
            module, deadline=deadline, memory_bytes=memory_bytes, configuration=configuration
        )

    @property
    def configuration(self) -> dict[str, Any]:
        """The configuration that was set."""
        configuration: dict[str, Any] = json.loads(self._configuration or b"{}")
        return configuration

    def process(self, record: bytes) -> Verdict | None:
        """Classifies one record. None: it is not a sign-in, and no configured rule matches it."""
        verdict: Verdict | None = self._call(
            "sekisho_process", _checked(record), read=lambda output: self._verdict(output, len(record))
        )
        return verdict

    def annotate(
        self, record: bytes, on_error: Callable[[FilterError], None] | None = None
    ) -> bytes:
        """Returns the record to pass on: with its verdict as one more field, or unchanged.

        It raises no `FilterError`, but calls `on_error` with it. Whatever the module does, the result
        is the record, or the record with something added at one place.
        """

        def added(output: bytes) -> bytes:
            texts = _EVENT_BYTES_PER_RECORD_BYTE * len(record)
            _check_length(len(output) - len(record), self._verdict_limit() + _FIELD_BYTES + texts)
            return _with_addition(record, output)

        try:
            return self._call("sekisho_annotate", _checked(record), read=added) or record
        except FilterError as error:
            if on_error:
                on_error(error)
            return record

    def process_many(self, records: Iterable[bytes]) -> Iterator[BatchResult]:
        """Yields the number and the verdict or error of each record that has one, in order.

        Records are read in batches, with one call for hundreds of them.
        """
        start = 0
        for batch in _batches(records):
            for index, result in self._results(batch):
                yield start + index, result
            start += len(batch)

    def annotate_many(
        self, records: Iterable[bytes], on_error: Callable[[FilterError], None] | None = None
    ) -> Iterator[bytes]:
        """Yields all records as `annotate` returns them, in order. Records are read in batches."""
        for batch in _batches(records):
            for index, result in self._results(batch):
                if not isinstance(result, FilterError):
                    batch[index] = self.annotate(batch[index], on_error)
                elif on_error:
                    on_error(result)
            yield from batch

    def process_batch(self, records: bytes, framing: Framing) -> list[BatchResult]:
        """Does what `process_many` does, for records that are one input already.

        Raises `FilterError` if the call fails as a whole.
        """
        results = self._call(
            "sekisho_process_batch",
            _checked(records),
            _FRAMINGS[framing],
            read=lambda output: self._batch(output, len(records)),
        )
        for _, result in results or []:
            if isinstance(result, FilterError):
                self._count(result)
        return results or []

    def process_arrow(
        self, batch: "pyarrow.RecordBatch", column: str = "record"
    ) -> "pyarrow.RecordBatch":
        """Returns the batch with two more columns: `signin`, the verdict on each record in a column of
        strings or bytes, and `signin_error`, the code of its error.

        `signin` is a struct with the keys of a verdict, and null if there is none: see
        `sekisho.arrow.verdict_type`. For events of ECS or OCSF it is their JSON. Needs `pyarrow`.
        """
        from .arrow import verdict_columns

        columns = verdict_columns(self.process_many, self.configuration, batch.column(column))
        for name, values in zip(("signin", "signin_error"), columns, strict=True):
            batch = batch.append_column(name, values)
        return batch

    def verdict_array(self, records: "pyarrow.Array") -> "pyarrow.Array":
        """Returns the column `signin` of `process_arrow` alone. Errors are counted in `errors`."""
        from .arrow import verdict_columns

        return verdict_columns(self.process_many, self.configuration, records)[0]

    def observe(self, record: bytes, now: int | None = None) -> list[dict[str, Any]]:
        """Adds a record to the stream. Returns the attempts and findings that are complete now.

        `now` is the clock in milliseconds, of which only `tick` makes use.
        """
        return self._call("sekisho_observe", _checked(record), _now(now), read=_lines) or []

    def observe_many(
        self, records: Iterable[bytes], on_error: Callable[[FilterError], None] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Adds records to the stream. Yields attempts and findings as `observe` returns them, in order.

        Records are read in batches, and only those that have a verdict take a call of their own. The
        others are no part of an attempt or a finding. `on_error` is called for each record that could
        not be added.
        """
        for batch in _batches(records):
            for index, result in self._results(batch):
                try:
                    if isinstance(result, FilterError):
                        raise result
                    yield from self.observe(batch[index])
                except FilterError as error:
                    if on_error:
                        on_error(error)

    def tick(self, now: int | None = None) -> list[dict[str, Any]]:
        """Advances the clock of the stream. Do not call it when you replay old records."""
        return self._call("sekisho_tick", None, _now(now), read=_lines) or []

    def flush(self) -> Iterator[dict[str, Any]]:
        """Ends the stream: yields all open attempts, with a call for each part as it is read."""
        while emitted := self._call("sekisho_flush", None, read=_lines):
            yield from emitted

    def save(self) -> bytes:
        """Returns the state of the stream, for `restore` in this module or a later one."""
        state: bytes = self._call("sekisho_save", None, read=bytes)
        return state

    def restore(self, state: bytes) -> None:
        """Replaces the state of the stream by a saved one.

        Raises `FilterError` with the code `refused`; the previous state stays.
        """
        status = 1
        for start in range(0, len(_checked(state)), _INPUT_BYTES):
            part = state[start : start + _INPUT_BYTES]
            status = self._status("sekisho_restore", part, (0, 1))
        if status == 1:
            # The module expects another part, but there is none: an empty part has it refused.
            self._status("sekisho_restore", b"", (0,))

    def reset(self) -> None:
        """Clears the state of the stream; the configuration stays."""
        self._call("sekisho_reset", None)

    def describe(self) -> dict[str, Any]:
        """Describes the module, its configuration, and the counters of this instance."""
        description: dict[str, Any] = self._call("sekisho_describe", None, read=json.loads)
        return description

    def _results(self, batch: list[bytes]) -> list[BatchResult]:
        framed = b"".join(part for record in batch for part in (_length(record), record))
        try:
            results = self.process_batch(framed, "lengths")
            if results and results[-1][0] >= len(batch):
                raise self._fault("sekisho_process_batch", "a result for a missing record")
            return results
        except FilterError:
            # One record may be the cause: processed alone, the others do not have its error.
            alone = ((index, self._result(record)) for index, record in enumerate(batch))
            return [(index, result) for index, result in alone if result]

    def _verdict_limit(self) -> int:
        """The most bytes of a verdict."""
        rules = len(self._configuration or b"") + self._module.size
        return _VERDICT_BYTES + _VERDICT_BYTES_PER_RULE_BYTE * rules

    def _verdict(self, output: bytes, record_bytes: int) -> Verdict:
        """Reads a verdict, which begins with the keys of every verdict, or an event of ECS or OCSF."""
        limit = self._verdict_limit()
        _check_length(len(output), limit + _EVENT_BYTES_PER_RECORD_BYTE * record_bytes)
        verdict: Verdict = json.loads(output)
        if isinstance(verdict, dict) and next(iter(verdict), None) in _EVENT_KEYS:
            return verdict
        _check_length(len(output), limit)
        if not isinstance(verdict, dict) or tuple(verdict)[: len(_VERDICT_KEYS)] != _VERDICT_KEYS:
            raise ValueError("expected a verdict")
        return verdict

    def _batch(self, output: bytes, record_bytes: int) -> list[BatchResult]:
        results: list[BatchResult] = []
        offset, last_index = 0, -1
        while offset < len(output):
            index, n = struct.unpack_from("<Ii", output, offset)
            end = offset + 8 + max(n, 0)
            if n == 0 or index <= last_index or end > len(output):
                raise ValueError(f"the list is invalid at byte {offset}")
            result = self._verdict(output[offset + 8 : end], record_bytes) if n > 0 else error_of(n)
            results.append((index, result))
            offset, last_index = end, index
        return results

    def _result(self, record: bytes) -> Verdict | FilterError | None:
        try:
            return self.process(record)
        except FilterError as error:
            return error

    def _status(self, export: str, given: bytes, expected: tuple[int, ...]) -> int:
        """Makes a call that returns a status, which has to be one of those `expected`."""
        status: int = self._call(export, given)
        if status not in expected:
            raise self._fault(export, f"the status {status}")
        return status

    def _call(
        self,
        export: str,
        given: bytes | None,
        *arguments: int,
        read: Callable[[bytes], Any] | None = None,
    ) -> Any:
        """Makes a call and reads its output; without `read`, returns the number of the call."""
        with self._lock:
            try:
                if self._instance is None:
                    self._instance = self._started()
                n = self._instance.call(export, given, *arguments)
                if n < 0:
                    raise self._instance.error(n)
                if read is None:
                    return n
                return read(self._instance.output(n)) if n else None
            except FilterError as error:
                self._count(error)
                raise
            except (ValueError, RecursionError, struct.error) as error:
                raise self._fault(export, str(error)) from error

    def _started(self) -> Instance:
        instance = Instance(self._module, *self._limits)
        # An earlier instance accepted it.
        if self._configuration and instance.call("sekisho_configure", self._configuration):
            raise FilterError("fault", "a new instance refused the configuration")
        return instance

    def _fault(self, export: str, message: str) -> FilterError:
        fault = FilterError("fault", f"`{export}` returned an invalid result: {message}")
        self._count(fault)
        return fault

    def _count(self, error: FilterError) -> None:
        self.errors[error.code] += 1
        if error.code in ("fault", "internal"):
            self._instance = None
            self.restarts += 1


@functools.lru_cache(maxsize=64)
def _shared(
    module: Module, deadline: float, memory_bytes: int, configuration: bytes | None
) -> Filter:
    """The filter of this process with these settings."""
    settings = json.loads(configuration) if configuration else None
    return Filter(module, deadline=deadline, memory_bytes=memory_bytes, configuration=settings)


if hasattr(os, "register_at_fork"):
    # The clock of its module ends in a forked process.
    os.register_at_fork(after_in_child=_shared.cache_clear)


def _checked(record: bytes) -> bytes:
    """Accepts only bytes: a string is a mistake of the caller, not an error of a record."""
    if not isinstance(record, bytes):
        raise TypeError(f"expected bytes, found {type(record).__name__}")
    return record


def _now(now: int | None) -> int:
    return time.time_ns() // 1_000_000 if now is None else now


def _length(record: bytes) -> bytes:
    return struct.pack("<I", len(record))


def _batches(records: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    length = 0
    for record in records:
        batch.append(record)
        length += len(record)
        if len(batch) >= _BATCH_RECORDS or length >= _BATCH_BYTES:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch


def _with_addition(record: bytes, annotated: bytes) -> bytes:
    """Returns the annotated record, if it is the record with something added at one place.

    This check keeps even a hostile module from losing a record.
    """
    added = len(annotated) - len(record)
    if added <= 0:
        raise ValueError("nothing is added to the record")
    # The verdict is near the end, so this loop is short, and one comparison does the rest.
    rest = len(record)
    while rest > 0 and record[rest - 1] == annotated[rest - 1 + added]:
        rest -= 1
    if not annotated.startswith(record[:rest]):
        raise ValueError("the result is not the record with something added")
    return annotated


def _check_length(found: int, limit: int) -> None:
    if found > limit:
        raise ValueError(f"{found} bytes, at most {limit}")


def _lines(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]
