"""A module that traps, hangs and lies costs an error, never the record."""

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
        b"output behind the memory",
        b"partly behind the memory",
        b"json that is none",
        b"z" * 1000,
    ],
)
def test_a_fault(hostile: MakeFilter, record: bytes) -> None:
    signins = hostile()
    with pytest.raises(FilterError) as error:
        signins.process(record)
    assert error.value.code == "fault"
    with pytest.raises(FilterError) as error:
        signins.process_batch(record, "lines")
    assert error.value.code == "fault"
    assert signins.restarts == 2
    assert signins.process(b"a good record") is None, "a new instance answers"


def test_a_call_that_does_not_return(hostile: MakeFilter) -> None:
    signins = hostile(deadline=0.2)
    start = time.monotonic()
    assert signins.annotate(b"loop") == b"loop"
    assert 0.1 < time.monotonic() - start < 5
    assert signins.errors == {"fault": 1}


def test_memory_has_a_limit(hostile: MakeFilter) -> None:
    signins = hostile(memory_bytes=1024 * 1024)
    with pytest.raises(FilterError) as error:
        signins.process(b"grow")
    assert error.value.code == "no_memory"


def test_the_record_goes_on_whatever_the_module_does(hostile: MakeFilter) -> None:
    signins = hostile()
    for record in [b"trap", b"output", b"broken", b"x: a later error"]:
        assert signins.annotate(record) == record
    assert signins.errors == {"fault": 2, "broken": 1, "other": 1}
    assert signins.restarts == 3


def test_one_record_does_not_cost_the_others_of_its_batch(hostile: MakeFilter) -> None:
    records = [b"trap", b"x: a later error", b"fine"]
    signins = hostile()
    answers = list(signins.process_many(records))
    assert [(index, getattr(answer, "code", None)) for index, answer in answers] == [
        (0, "fault"),
        (1, "other"),
    ]
    assert list(signins.annotate_many(records)) == records


def test_an_answer_about_a_record_that_is_not_there(hostile: MakeFilter) -> None:
    records = [b"index 7", b"fine"]
    signins = hostile()
    assert list(signins.annotate_many(records)) == records
    # That of the batch, and that of the record when it is asked about alone.
    assert signins.errors == {"fault": 2}


def test_a_new_instance_has_the_configuration_of_the_one_before(hostile: MakeFilter) -> None:
    signins = hostile()
    assert signins.process(b"configured?") is None
    signins.configure({})
    signins.annotate(b"trap")
    with pytest.raises(FilterError) as error:
        signins.process(b"configured?")
    assert error.value.code == "several_records"


def test_a_module_without_attempts(hostile: MakeFilter) -> None:
    signins = hostile()
    with pytest.raises(FilterError, match="sekisho_observe") as error:
        signins.observe(b"{}")
    assert error.value.code == "unsupported"
    assert signins.restarts == 0


@pytest.mark.parametrize(
    ("wasm", "sentence"),
    [
        (b"", "no WebAssembly module"),
        (b"\0" * (17 * 1024 * 1024), "too long"),
        (wasmtime.wat2wasm("(module)"), "does not export `sekisho_abi_v1`"),
        (
            wasmtime.wat2wasm('(module (func (export "sekisho_abi_v1") (import "a" "b")))'),
            r"imports a\.b",
        ),
    ],
    ids=["nothing", "too long", "another module", "with an import"],
)
def test_what_is_no_filter_module(wasm: bytes, sentence: str) -> None:
    with pytest.raises(FilterError, match=sentence) as error:
        Filter(bytes(wasm))
    assert error.value.code == "not_a_filter"


def test_threads_can_share_a_filter(module: Module) -> None:
    signins = Filter(module)
    record = b'{"eventSource":"s3.amazonaws.com"}'
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(signins.annotate, [record] * 100)) == [record] * 100
    assert signins.describe()["counters"]["records"] == 100


def test_the_clock_ends_with_its_module(hostile: MakeFilter) -> None:
    signins = hostile()
    running = threading.active_count()
    del signins
    gc.collect()
    for _ in range(100):
        if threading.active_count() < running:
            return
        time.sleep(0.05)
    pytest.fail("its thread goes on")


def test_the_compiled_module_for_node_is_this_one() -> None:
    tests = Path(__file__).parent
    compiled = (tests / "../../node/tests/hostile.wasm").resolve().read_bytes()
    assert compiled == bytes(wasmtime.wat2wasm((tests / "hostile.wat").read_text()))
