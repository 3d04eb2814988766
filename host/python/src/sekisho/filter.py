"""A filter: an instance of the module that is made anew where it fails."""

import json
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, TypedDict

from .errors import Code, FilterError, error_of
from .module import Instance, Module

Framing = Literal["lengths", "lines", "json"]
"""How records stand in a batch: each behind its length in 4 bytes, little-endian; each on a line;
or in JSON, an array or an object with an array in `Records`, `Events` or `logEvents`."""

_FRAMINGS: dict[Framing, int] = {"lengths": 0, "lines": 1, "json": 2}

_INPUT_BYTES = 16 * 1024 * 1024
"""The length of the longest input, and of the parts in which a state is restored."""

_BATCH_RECORDS = 256
_BATCH_BYTES = 1024 * 1024
"""A call costs as much as some records do; a batch of that size makes it cost next to nothing."""


class _Rules(TypedDict, total=False):
    rules: list[str]


class Verdict(_Rules):
    """What a sign-in was; `rules` only where rules are configured.

    Later versions of the module may add keys, and values.
    """

    kind: str
    outcome: str
    reason: str | None
    principal: str
    mfa: str
    user_exists: str


Answer = tuple[int, Verdict | FilterError]
"""The number of a record, from 0, and what there is to say of it."""


class Filter:
    """An instance of the filter module.

    Where the module fails, its instance is thrown away, and the next call makes a new one with the
    same configuration. The state of the stream of attempts is lost then: go on from a saved one.
    """

    def __init__(
        self,
        module: Module | bytes,
        *,
        deadline: float = 5.0,
        memory_bytes: int = 512 * 1024 * 1024,
    ) -> None:
        """Of a compiled module or its bytes, with the seconds that a call may take."""
        self.restarts = 0
        """How many instances were thrown away."""
        self.errors: Counter[Code] = Counter()
        """How often there was no answer, by code; a batch without one counts too."""
        self._module = module if isinstance(module, Module) else Module(module)
        self._limits = (deadline, memory_bytes)
        self._instance: Instance | None = None
        self._configuration: bytes | None = None
        # Python cannot keep a filter to one thread, and two at once would break its memory.
        self._lock = threading.Lock()

    def configure(self, configuration: Mapping[str, Any]) -> None:
        """Sets the configuration; what is not in it has its default.

        `FilterError` with `refused`: the configuration before stays in force.
        """
        text = json.dumps(configuration).encode()
        self._status("sekisho_configure", text, (0,))
        self._configuration = text

    def process(self, record: bytes) -> Verdict | None:
        """The verdict on one record; None: pass it on, there is nothing to say."""
        verdict: Verdict | None = self._ask("sekisho_process", _checked(record), read=json.loads)
        return verdict

    def annotate(
        self, record: bytes, on_error: Callable[[FilterError], None] | None = None
    ) -> bytes:
        """The record with its verdict as one more field, or the record.

        What this returns is always what goes on down the pipeline: it raises no `FilterError`, but
        calls `on_error` with it. Whatever the module does, it is the record, with something added
        at one place at most.
        """

        def added(output: bytes) -> bytes:
            return _with_addition(record, output)

        try:
            return self._ask("sekisho_annotate", _checked(record), read=added) or record
        except FilterError as error:
            if on_error:
                on_error(error)
            return record

    def process_many(self, records: Iterable[bytes]) -> Iterator[Answer]:
        """The number of each record that has a verdict or an error, and these, in order.

        Records are taken in batches, so that a call is made for hundreds of them.
        """
        start = 0
        for batch in _batches(records):
            for index, answer in self._answers(batch):
                yield start + index, answer
            start += len(batch)

    def annotate_many(
        self, records: Iterable[bytes], on_error: Callable[[FilterError], None] | None = None
    ) -> Iterator[bytes]:
        """All records as `annotate` returns them, in order, taken in batches."""
        for batch in _batches(records):
            for index, answer in self._answers(batch):
                if not isinstance(answer, FilterError):
                    batch[index] = self.annotate(batch[index], on_error)
                elif on_error:
                    on_error(answer)
            yield from batch

    def process_batch(self, records: bytes, framing: Framing) -> list[Answer]:
        """As `process_many`, of records that are one input already.

        `FilterError` if there is no answer on any of them.
        """
        answers = self._ask(
            "sekisho_process_batch", _checked(records), _FRAMINGS[framing], read=_batch
        )
        for _, answer in answers or []:
            if isinstance(answer, FilterError):
                self._count(answer)
        return answers or []

    def observe(self, record: bytes, now: int | None = None) -> list[dict[str, Any]]:
        """Takes a record into the stream of attempts; the attempts and findings to be told now.

        `now` is the clock in milliseconds, of which only `tick` makes use.
        """
        return self._ask("sekisho_observe", _checked(record), _now(now), read=_lines) or []

    def tick(self, now: int | None = None) -> list[dict[str, Any]]:
        """Time goes on although no sign-in comes. Never to be called for old records."""
        return self._ask("sekisho_tick", None, _now(now), read=_lines) or []

    def flush(self) -> Iterator[dict[str, Any]]:
        """The stream is over: everything that is open, a part at a time as it is read."""
        while told := self._ask("sekisho_flush", None, read=_lines):
            yield from told

    def save(self) -> bytes:
        """The state of the stream, for `restore` of this module or a later one."""
        state: bytes = self._ask("sekisho_save", None, read=bytes)
        return state

    def restore(self, state: bytes) -> None:
        """Replaces the state of the stream by a saved one.

        `FilterError` with `refused`: the state before stays.
        """
        status = 1
        for at in range(0, len(_checked(state)), _INPUT_BYTES):
            status = self._status("sekisho_restore", state[at : at + _INPUT_BYTES], (0, 1))
        if status == 1:
            # A part was taken last, and there is none left: an empty one has the state refused.
            self._status("sekisho_restore", b"", (0,))

    def reset(self) -> None:
        """Forgets the state of the stream; the configuration stays."""
        self._ask("sekisho_reset", None)

    def describe(self) -> dict[str, Any]:
        """What the module is, how it is configured, and what this instance has counted."""
        description: dict[str, Any] = self._ask("sekisho_describe", None, read=json.loads)
        return description

    def _answers(self, batch: list[bytes]) -> list[Answer]:
        framed = b"".join(part for record in batch for part in (_length(record), record))
        try:
            answers = self.process_batch(framed, "lengths")
            if answers and answers[-1][0] >= len(batch):
                raise self._fault("sekisho_process_batch", "it is about a record that is not there")
            return answers
        except FilterError:
            # One of them may be the reason: asked about alone, no other has its error.
            alone = ((index, self._answer(record)) for index, record in enumerate(batch))
            return [(index, answer) for index, answer in alone if answer]

    def _answer(self, record: bytes) -> Verdict | FilterError | None:
        try:
            return self.process(record)
        except FilterError as error:
            return error

    def _status(self, export: str, given: bytes, expected: tuple[int, ...]) -> int:
        """Makes a call that gives a status, which is to be one of those `expected`."""
        status: int = self._ask(export, given)
        if status not in expected:
            raise self._fault(export, f"the status {status}")
        return status

    def _ask(
        self,
        export: str,
        given: bytes | None,
        *arguments: int,
        read: Callable[[bytes], Any] | None = None,
    ) -> Any:
        """Makes a call, and reads its output; its number where there is nothing to read with."""
        with self._lock:
            try:
                if self._instance is None:
                    self._instance = self._started()
                n = self._instance.ask(export, given, *arguments)
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
        # It was accepted before, by this module.
        if self._configuration and instance.ask("sekisho_configure", self._configuration):
            raise FilterError("fault", "a new instance refused the configuration")
        return instance

    def _fault(self, export: str, sentence: str) -> FilterError:
        fault = FilterError("fault", f"`{export}` gave an answer that cannot be: {sentence}")
        self._count(fault)
        return fault

    def _count(self, error: FilterError) -> None:
        self.errors[error.code] += 1
        if error.code in ("fault", "broken"):
            self._instance = None
            self.restarts += 1


def _checked(record: bytes) -> bytes:
    """Nothing but bytes: a string is no error of a record, and must not be copied as one."""
    if not isinstance(record, bytes):
        raise TypeError(f"bytes expected, found {type(record).__name__}")
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
    """The annotated record, if it is the record with something added at one place.

    This keeps even a lying module from losing a record.
    """
    added = len(annotated) - len(record)
    if added <= 0:
        raise ValueError("nothing is added to the record")
    # From the end, where the verdict is: this takes some steps, and one comparison does the rest.
    rest = len(record)
    while rest > 0 and record[rest - 1] == annotated[rest - 1 + added]:
        rest -= 1
    if not annotated.startswith(record[:rest]):
        raise ValueError("the record is another one")
    return annotated


def _lines(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def _batch(output: bytes) -> list[Answer]:
    answers: list[Answer] = []
    at, last_index = 0, -1
    while at < len(output):
        index, n = struct.unpack_from("<Ii", output, at)
        end = at + 8 + max(n, 0)
        if n == 0 or index <= last_index or end > len(output):
            raise ValueError(f"the list breaks at byte {at}")
        answers.append((index, json.loads(output[at + 8 : end]) if n > 0 else error_of(n)))
        at, last_index = end, index
    return answers
