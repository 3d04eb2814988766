"""The modules of `tests/hostile`: this host does with each what its header says."""

import re
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import wasmtime
from conftest import DIST, ROOT
from test_calls import LOGIN, VERDICT

from sekisho import Filter, FilterError, Module

TEXTS = {path.stem: path for path in sorted((ROOT / "tests" / "hostile").glob("*.wat"))}

LIMITS: dict[str, Any] = {"deadline": 0.2, "memory_bytes": 16 * 1024 * 1024}

ROUNDS = 100
"""How often each call of a module is made that may answer as it likes."""

NOT_SEEN = {"start-function": "the package wasmtime does not tell of a start function"}
"""Modules to be refused that this host cannot tell from others: they are lived through."""


def annotate(signins: Filter) -> None:
    """Whatever the module does, the record comes back, with something added at most."""
    errors: list[FilterError] = []
    annotated = signins.annotate(LOGIN, errors.append)
    if errors:
        assert annotated == LOGIN
        raise errors[0]
    added = len(annotated) - len(LOGIN)
    places = range(len(LOGIN) + 1)
    assert any(annotated[:at] + annotated[at + added :] == LOGIN for at in places)


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
    """What became of a call."""
    before = signins.restarts
    try:
        CALLS[name](signins)
    except FilterError as error:
        if error.code == "unsupported":
            return "answer"
        if error.code != "fault":
            return "error"
        assert signins.restarts == before + 1, "the instance is thrown away"
        return "fault"
    return "answer"


def call_each(signins: Filter, kind: str, named: list[str]) -> None:
    """Each call once: those that are named, or all, have this outcome, any other an answer."""
    for name in CALLS:
        is_named = not named or name in named
        assert outcome(name, signins) == (kind if is_named else "answer"), name


def refuse(wasm: bytes) -> None:
    """No filter is made of it; what only an instance tells, the first call does."""
    try:
        signins = Filter(wasm, **LIMITS)
    except FilterError as error:
        assert error.code == "not_a_filter"
    else:
        call_each(signins, "fault", [])


def call_again_and_again(signins: Filter) -> None:
    for _ in range(ROUNDS):
        for name in CALLS:
            outcome(name, signins)


def compiled(name: str) -> bytes:
    return bytes(wasmtime.wat2wasm(TEXTS[name].read_text(encoding="utf-8")))


def expectation(name: str) -> tuple[str, list[str]]:
    """What the comment at the head of a file says."""
    [words] = re.findall(r"^;; expect: (.+)$", TEXTS[name].read_text(encoding="utf-8"), re.M)
    kind, *named = words.split(" ")
    assert kind in ("refused", "survives", "fault", "error")
    assert set(named) <= set(CALLS)
    return ("survives", []) if name in NOT_SEEN else (kind, named)


@pytest.fixture(scope="session")
def good() -> Module:
    return Module((DIST / "sekisho.wasm").read_bytes())


@pytest.mark.parametrize("name", TEXTS)
def test_a_module_that_lies(name: str, good: Module) -> None:
    kind, named = expectation(name)
    if kind == "refused":
        refuse(compiled(name))
    elif kind == "survives":
        call_again_and_again(Filter(compiled(name), **LIMITS))
    else:
        call_each(Filter(compiled(name), **LIMITS), kind, named)

    # A filter made in the same process answers as if nothing had been.
    signins = Filter(good)
    assert signins.process(LOGIN) == VERDICT
    annotate(signins)


def test_the_modules_are_there() -> None:
    assert len(TEXTS) >= 57
    assert set(NOT_SEEN) <= set(TEXTS)


EXCHANGED = LOGIN.replace(b"Failure", b"Success")[:-1] + b',"signin":{"outcome":"success"}}'
"""What `annotate-replaces` makes of every record."""


def test_an_addition_at_any_place() -> None:
    signins = Filter(compiled("annotate-replaces"))
    for start, end in combinations(range(len(EXCHANGED) + 1), 2):
        assert signins.annotate(EXCHANGED[:start] + EXCHANGED[end:]) == EXCHANGED
    assert not signins.errors


def test_anything_else_is_no_addition() -> None:
    signins = Filter(compiled("annotate-replaces"))
    part = EXCHANGED[:90] + EXCHANGED[120:]
    altered = [part[:at] + b"~" + part[at + 1 :] for at in range(len(part))]
    records = [*altered, EXCHANGED, EXCHANGED + b" ", b" " + EXCHANGED]
    for record in records:
        assert signins.annotate(record) == record
    assert signins.errors == {"fault": len(records)}
    assert signins.restarts == len(records)
