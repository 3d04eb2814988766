"""A faulty module causes an error, but never loses a record."""

import gc
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import wasmtime

from sekisho import Filter, FilterError, Module

MakeFilter = Callable[..., Filter]


@pytest.mark.parametrize(
    "record",
    [
        b"trap",
        b"recursion",
        b"output outside the memory",
        b"partly outside the memory",
        b"json that is invalid",
        b"z" * 1000,
    ],
)
def test_a_fault(faulty: MakeFilter, record: bytes) -> None:
    signins = faulty()
    with pytest.raises(FilterError) as error:
        signins.process(record)
    assert error.value.code == "fault"
    with pytest.raises(FilterError) as error:
        signins.process_batch(record, "lines")
    assert error.value.code == "fault"
    assert signins.restarts == 2
    assert signins.process(b"a good record") is None, "a new instance works"


def test_a_call_that_does_not_return(faulty: MakeFilter) -> None:
    signins = faulty(deadline=0.2)
    start = time.monotonic()
    assert signins.annotate(b"loop") == b"loop"
    assert 0.1 < time.monotonic() - start < 5
    assert signins.errors == {"fault": 1}


def test_memory_has_a_limit(faulty: MakeFilter) -> None:
    signins = faulty(memory_bytes=1024 * 1024)
    with pytest.raises(FilterError) as error:
        signins.process(b"grow")
    assert error.value.code == "state_full"


def test_annotate_returns_the_record_whatever_the_module_does(faulty: MakeFilter) -> None:
    signins = faulty()
    for record in [b"trap", b"output", b"break", b"x: a later error"]:
        assert signins.annotate(record) == record
    assert signins.errors == {"fault": 2, "internal": 1, "other": 1}
    assert signins.restarts == 3


def test_an_error_does_not_affect_other_records_of_the_batch(faulty: MakeFilter) -> None:
    records = [b"trap", b"x: a later error", b"fine"]
    signins = faulty()
    results = list(signins.process_many(records))
    assert [(index, getattr(result, "code", None)) for index, result in results] == [
        (0, "fault"),
        (1, "other"),
    ]
    assert list(signins.annotate_many(records)) == records


def test_a_result_for_a_missing_record(faulty: MakeFilter) -> None:
    records = [b"index 7", b"fine"]
    signins = faulty()
    assert list(signins.annotate_many(records)) == records
    # One for the batch, and one for the record when it is processed alone.
    assert signins.errors == {"fault": 2}


def test_a_new_instance_has_the_configuration_of_the_previous_one(faulty: MakeFilter) -> None:
    signins = faulty()
    assert signins.process(b"configured?") is None
    signins.configure({})
    signins.annotate(b"trap")
    with pytest.raises(FilterError) as error:
        signins.process(b"configured?")
    assert error.value.code == "several_records"


def test_a_stateless_module(faulty: MakeFilter) -> None:
    signins = faulty()
    with pytest.raises(FilterError, match="sekisho_observe") as error:
        signins.observe(b"{}")
    assert error.value.code == "unsupported"
    assert signins.restarts == 0


@pytest.mark.parametrize(
    ("wasm", "message"),
    [
        (b"", "not a WebAssembly module"),
        (b"\0" * (17 * 1024 * 1024), "too large"),
        (wasmtime.wat2wasm("(module)"), "does not export `sekisho_abi_v1`"),
        (
            wasmtime.wat2wasm('(module (func (export "sekisho_abi_v1") (import "a" "b")))'),
            r"imports a\.b",
        ),
    ],
    ids=["nothing", "too large", "another module", "with an import"],
)
def test_bytes_that_are_not_a_filter_module(wasm: bytes, message: str) -> None:
    with pytest.raises(FilterError, match=message) as error:
        Filter(bytes(wasm))
    assert error.value.code == "not_a_filter"


def test_threads_can_share_a_filter(module: Module) -> None:
    signins = Filter(module)
    record = b'{"eventSource":"s3.amazonaws.com"}'
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(signins.annotate, [record] * 100)) == [record] * 100
    assert signins.describe()["counters"]["records"] == 100


def test_the_clock_ends_with_its_module(faulty: MakeFilter) -> None:
    signins = faulty()
    running = threading.active_count()
    del signins
    gc.collect()
    for _ in range(100):
        if threading.active_count() < running:
            return
        time.sleep(0.05)
    pytest.fail("its thread is still running")


def test_the_compiled_module_for_node_is_this_one() -> None:
    tests = Path(__file__).parent
    compiled = (tests / "../../node/tests/faulty.wasm").resolve().read_bytes()
    assert compiled == bytes(wasmtime.wat2wasm((tests / "faulty.wat").read_text()))
