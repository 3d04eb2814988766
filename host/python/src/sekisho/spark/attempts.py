"""Attempts and findings, in batches and streams."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.functions import col, lit
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.streaming import StatefulProcessor, StatefulProcessorHandle

from ..errors import FilterError
from ..filter import Filter
from . import lines
from .settings import MEMORY_BYTES, Rules, filter_of
from .verdicts import Batches

_TIME = re.compile(rb'\\*"eventTime\\*"\s*:\s*\\*"([^"\\]+)')

_KEY = "sekisho_key"


def attempts(
    df: DataFrame,
    *,
    column: str = "record",
    key: str | None = None,
    rules: Rules = None,
    window_seconds: int = 180,
    lateness_seconds: int = 600,
    keys: int = 100_000,
    memory_bytes: int = MEMORY_BYTES,
    lifecycle: bool = True,
    tick_seconds: int | None = None,
) -> DataFrame:
    """Pairs the sign-ins of a table or stream into attempts, and counts them for correlation rules.

    Records are classified where they are; only those with a verdict come together, in one place, or
    by the values of the column `key`. Then attempts, `follows` and findings are those of each value
    alone. Each keeps up to `keys` keys and four times as many records, in up to `memory_bytes`.
    Returns a row for each attempt and finding, with the columns of `lines.TYPE`; a record that
    could not be added is a row of the type `error`.

    Of a table, all attempts are complete. Of a stream, an attempt is returned when no record can join
    it: when a sign-in more than `lateness_seconds` and `window_seconds` later has arrived, or with
    `tick_seconds`, when so much time has passed.
    """
    signins = filter_of(
        rules,
        memory_bytes=memory_bytes,
        attempts={
            "window_seconds": window_seconds,
            "lateness_seconds": lateness_seconds,
            "keys": keys,
        },
        findings="lifecycle" if lifecycle else "single",
    )
    value = lit("") if key is None else col(key).cast("string")
    found = df.select(value.alias(_KEY), col(column).cast("binary").alias("record"))
    found = found.mapInArrow(_only_verdicts(signins), "sekisho_key string, record binary")
    schema = from_arrow_schema(lines.TYPE)
    if not df.isStreaming:
        return found.groupBy(_KEY).applyInArrow(_all_attempts(signins), schema)
    return found.groupBy(_KEY).transformWithStateInPandas(
        Attempts(signins, tick_seconds),
        schema,
        outputMode="append",
        timeMode="none" if tick_seconds is None else "processingTime",
    )


def _only_verdicts(signins: Filter) -> Callable[[Batches], Batches]:
    def only_verdicts(batches: Batches) -> Batches:
        for batch in batches:
            records = batch.column("record").to_pylist()
            found = [
                number
                for number, result in signins.process_many(record or b"{}" for record in records)
                if not isinstance(result, FilterError)
            ]
            yield batch.take(pa.array(found, pa.int32()))

    return only_verdicts


def _all_attempts(signins: Filter) -> Callable[[pa.Table], pa.Table]:
    def all_attempts(table: pa.Table) -> pa.Table:
        stream = signins.fresh()
        found = list(_observed(stream, table.column("record").to_pylist()))
        found += stream.flush()
        return pa.Table.from_pylist(lines.rows(found), lines.TYPE)

    return all_attempts


def _observed(
    stream: Filter, records: Iterable[bytes], now: int | None = None
) -> Iterator[dict[str, Any]]:
    """Adds records in the order of their times, so that those of one batch are never late."""
    for record in sorted(records, key=_time):
        try:
            yield from stream.observe(record, now)
        except FilterError as error:
            if error.code in ("fault", "internal"):
                # The state is lost: the engine has to begin again where it was saved.
                raise
            yield lines.error_line(error)


def _time(record: bytes) -> bytes:
    found = _TIME.search(record)
    return found[1] if found else b""


class Attempts(StatefulProcessor):
    """The stream of each key. Its state is what `Filter.save` returns, and when."""

    def __init__(self, signins: Filter, tick_seconds: int | None) -> None:
        self._signins = signins
        self._tick_ms = (tick_seconds or 0) * 1000

    def init(self, handle: StatefulProcessorHandle) -> None:
        self._handle = handle
        self._stream = self._signins.fresh()
        self._state = handle.getValueState("stream", "state binary, saved_at long")

    def handleInputRows(
        self, key: Any, rows: Iterator[pd.DataFrame], timerValues: Any
    ) -> Iterator[pd.DataFrame]:
        records = [bytes(record) for frame in rows for record in frame["record"]]
        yield self._advanced(records, timerValues)

    def handleExpiredTimer(
        self, key: Any, timerValues: Any, expiredTimerInfo: Any
    ) -> Iterator[pd.DataFrame]:
        yield self._advanced([], timerValues)

    def close(self) -> None:
        pass

    def _advanced(self, records: list[bytes], timer_values: Any) -> pd.DataFrame:
        """Restores the state of the stream, adds records and the time since then, and saves it."""
        now = self._now(timer_values)
        found: list[dict[str, Any]] = []
        if self._state.exists():
            state, saved_at = self._state.get()
            self._stream.restore(bytes(state))
            if now is not None:
                # Starts the clock at the time of the state, which has none.
                found += self._stream.tick(saved_at)
        else:
            self._stream.reset()
        found += _observed(self._stream, records, now)
        if now is not None:
            found += self._stream.tick(now)
            self._wake(now)
        self._state.update((self._stream.save(), now or 0))
        return pd.DataFrame(lines.rows(found), columns=lines.TYPE.names, dtype=object)

    def _now(self, timer_values: Any) -> int | None:
        """The engine's clock in milliseconds, if time completes attempts."""
        return timer_values.getCurrentProcessingTimeInMs() if self._tick_ms else None

    def _wake(self, now: int) -> None:
        """Has `handleExpiredTimer` called after the next while."""
        for timer in list(self._handle.listTimers()):
            self._handle.deleteTimer(timer)
        self._handle.registerTimer(now + self._tick_ms)
