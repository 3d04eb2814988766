"""Runs the modules of `tests/hostile`: this host does with each what its header says."""

import re
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
import wasmtime
from conftest import DIST, ROOT
from test_calls import LOGIN, VERDICT

from sekisho import Filter, FilterError, Module

TEXTS = {path.stem: path for path in sorted((ROOT / "tests" / "hostile").glob("*.wat"))}

LIMITS: dict[str, Any] = {"deadline": 0.2, "memory_bytes": 16 * 1024 * 1024}

ROUNDS = 100
"""The number of calls to each export of a module that only has to be survived."""

UNRECOGNISED = {"start-function": "the package wasmtime does not show a start function"}
"""Modules that this host cannot recognise and refuse: they have to be survived."""


def annotate(signins: Filter) -> None:
    """Whatever the module does, it returns the record, or the record with something added."""
    errors: list[FilterError] = []
    annotated = signins.annotate(LOGIN, errors.append)
    if errors:
        assert annotated == LOGIN
        raise errors[0]
    added = len(annotated) - len(LOGIN)
    places = range(len(LOGIN) + 1)
    assert any(annotated[:place] + annotated[place + added :] == LOGIN for place in places)


CALLS: dict[str, Callable[[Filter], Any]] = {
    "configure": lambda signins: signins.configure({}),
    "process": lambda signins: signins.process(LOGIN),
    "annotate": annotate,
    "process_batch": lambda signins: signins.process_batch(LOGIN, "lines"),
    "describe": lambda signins: signins.describe(),
    "observe": lambda signins: signins.observe(LOGIN, 1),
    "tick": lambda signins: signins.tick(1),
    "flush": lambda signins: next(signins.flush(), None),
    "save": lambda signins: signins.save(),
    "restore": lambda signins: signins.restore(b"a state"),
    "reset": lambda signins: signins.reset(),
}


def outcome(name: str, signins: Filter) -> str:
    """The outcome of a call."""
    before = signins.restarts
    try:
        CALLS[name](signins)
    except FilterError as error:
        if error.code == "unsupported":
            return "success"
        if error.code != "fault":
            return "error"
        assert signins.restarts == before + 1, "the instance is dropped"
        return "fault"
    return "success"


def call_each(signins: Filter, kind: str, named: list[str]) -> None:
    """Makes each call once: those that are named, or all, have this outcome, the others succeed."""
    for name in CALLS:
        is_named = not named or name in named
        assert outcome(name, signins) == (kind if is_named else "success"), name


def refuse(wasm: bytes) -> None:
    """Refuses a module, at the latest in the first call, which makes the instance."""
    try:
        signins = Filter(wasm, **LIMITS)
    except FilterError as error:
        assert error.code == "not_a_filter"
    else:
        call_each(signins, "fault", [])


def call_repeatedly(signins: Filter) -> None:
    for _ in range(ROUNDS):
        for name in CALLS:
            outcome(name, signins)


def compiled(name: str) -> bytes:
    return bytes(wasmtime.wat2wasm(TEXTS[name].read_text(encoding="utf-8")))


def expectation(name: str) -> tuple[str, list[str]]:
    """Reads the comment at the top of a file."""
    [words] = re.findall(r"^;; expect: (.+)$", TEXTS[name].read_text(encoding="utf-8"), re.M)
    kind, *named = words.split(" ")
    assert kind in ("refused", "survives", "fault", "error")
    assert set(named) <= set(CALLS)
    return ("survives", []) if name in UNRECOGNISED else (kind, named)


@pytest.fixture(scope="session")
def good() -> Module:
    return Module((DIST / "sekisho.wasm").read_bytes())


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_module(name: str, good: Module) -> None:
    kind, named = expectation(name)
    if kind == "refused":
        refuse(compiled(name))
    elif kind == "survives":
        call_repeatedly(Filter(compiled(name), **LIMITS))
    else:
        call_each(Filter(compiled(name), **LIMITS), kind, named)

    # Another filter in the same process still works.
    signins = Filter(good)
    assert signins.process(LOGIN) == VERDICT
    annotate(signins)


def test_the_modules_are_there() -> None:
    assert len(TEXTS) >= 61
    assert set(UNRECOGNISED) <= set(TEXTS)


REPLACEMENT = LOGIN.replace(b"Failure", b"Success")[:-1] + b',"signin":{"outcome":"success"}}'
"""The output of `annotate-replaces` for every record."""


def test_accepts_an_addition_at_any_place() -> None:
    signins = Filter(compiled("annotate-replaces"))
    for start, end in combinations(range(len(REPLACEMENT) + 1), 2):
        assert signins.annotate(REPLACEMENT[:start] + REPLACEMENT[end:]) == REPLACEMENT
    assert not signins.errors


def test_rejects_anything_else() -> None:
    signins = Filter(compiled("annotate-replaces"))
    part = REPLACEMENT[:90] + REPLACEMENT[120:]
    altered = [part[:i] + b"~" + part[i + 1 :] for i in range(len(part))]
    records = [*altered, REPLACEMENT, REPLACEMENT + b" ", b" " + REPLACEMENT]
    for record in records:
        assert signins.annotate(record) == record
    assert signins.errors == {"fault": len(records)}
    assert signins.restarts == len(records)
