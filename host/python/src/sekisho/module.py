"""The compiled module and its instances. Every address that they return is checked."""

import atexit
import ctypes
import functools
import os
import threading
import time
import weakref
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import wasmtime

from . import compiled
from .errors import FilterError, error_of

_FUNCTIONS = {
    "sekisho_abi_v1": "() -> ()",
    "sekisho_input": "(i32) -> (i32)",
    "sekisho_configure": "(i32, i32) -> (i32)",
    "sekisho_process": "(i32, i32) -> (i32)",
    "sekisho_annotate": "(i32, i32) -> (i32)",
    "sekisho_process_batch": "(i32, i32, i32) -> (i32)",
    "sekisho_output": "() -> (i32)",
    "sekisho_last_error": "() -> (i32)",
    "sekisho_describe": "() -> (i32)",
}
"""The exports of every filter module."""

_STATEFUL_FUNCTIONS = {
    "sekisho_observe": "(i32, i32, i64) -> (i32)",
    "sekisho_tick": "(i64) -> (i32)",
    "sekisho_flush": "() -> (i32)",
    "sekisho_save": "() -> (i32)",
    "sekisho_restore": "(i32, i32) -> (i32)",
    "sekisho_reset": "() -> ()",
}
"""The exports of a stateful module: all of them, or none."""

_MODULE_BYTES = 16 * 1024 * 1024
"""A larger module is not compiled."""

_TABLE_ELEMENTS = 10_000
"""The limit of a table of functions; the module has some dozens."""

_TICK = 0.05
"""Seconds between two checks of the deadlines."""


class Module:
    """The filter module, compiled once for any number of filters and threads of this process.

    It is pickled as its bytes, or as a name if it is part of the package. A process that unpickles it
    several times compiles it once.
    """

    def __init__(self, wasm: bytes, *, cache: bool = False) -> None:
        """Compiles the module. Raises `FilterError` if it is not a filter module.

        With `cache`, the compiled module is kept on disk, where other processes of this user find it.
        """
        if len(wasm) > _MODULE_BYTES:
            raise FilterError("not_a_filter", f"a module of {len(wasm)} bytes is too large")
        self.size = len(wasm)
        """The size of its file, in bytes."""
        self._source: bytes | str = wasm
        config = wasmtime.Config()
        config.epoch_interruption = True
        # Memories with 64-bit addresses, and memories that threads share, are refused.
        config.wasm_memory64 = False
        config.wasm_threads = False
        self._engine = wasmtime.Engine(config)
        try:
            load = compiled.load if cache else wasmtime.Module
            self._module = load(self._engine, wasm)
        except wasmtime.WasmtimeError as error:
            raise FilterError("not_a_filter", f"not a WebAssembly module: {error}") from error
        for first in self._module.imports:
            raise FilterError("not_a_filter", f"the module imports {first.module}.{first.name}")
        _check_exports({export.name: export.type for export in self._module.exports})

        # The thread references the engine but not the module, so that it ends with the module.
        ticks = threading.Thread(target=_ticks, args=(self._engine, weakref.ref(self)), daemon=True)
        ticks.start()

    @staticmethod
    def builtin(*, forms: bool = False) -> "Module":
        """The module that is part of the package, compiled once in this process, and kept on disk.

        With `forms`, this is the larger one that can be configured with `form` and `identity`.
        """
        return _shared("sekisho-forms-simd.wasm" if forms else "sekisho-simd.wasm")

    def __reduce__(self) -> tuple[Any, ...]:
        return _shared, (self._source,)


@functools.lru_cache(maxsize=16)
def _shared(source: bytes | str) -> Module:
    """The module of this process with these bytes, or with this name in the package."""
    if isinstance(source, bytes):
        return Module(source, cache=True)
    module = Module(files(__package__).joinpath("data", source).read_bytes(), cache=True)
    module._source = source
    return module


if hasattr(os, "register_at_fork"):
    # Threads end in a forked process, and with them the clock of a module.
    os.register_at_fork(after_in_child=_shared.cache_clear)


def _check_exports(exports: Mapping[str, object]) -> None:
    expected = dict(_FUNCTIONS)
    if any(name in exports for name in _STATEFUL_FUNCTIONS):
        expected |= _STATEFUL_FUNCTIONS
    for name, signature in expected.items():
        if name not in exports:
            raise FilterError("not_a_filter", f"the module does not export `{name}`")
        if _signature(exports[name]) != signature:
            raise FilterError("not_a_filter", f"the export `{name}` is not a function {signature}")
    if not isinstance(exports.get("memory"), wasmtime.MemoryType):
        raise FilterError("not_a_filter", "the module exports no memory")


def _signature(export: object) -> str | None:
    if not isinstance(export, wasmtime.FuncType):
        return None
    parameters, results = (", ".join(map(str, types)) for types in (export.params, export.results))
    return f"({parameters}) -> ({results})"


def _ticks(engine: wasmtime.Engine, module: weakref.ref[Module]) -> None:
    while module() is not None:
        time.sleep(_TICK)
        engine.increment_epoch()


_stores: weakref.WeakSet[wasmtime.Store] = weakref.WeakSet()
"""Those that are in use. An engine may keep a filter until Python has ended, and `wasmtime` cannot
close a store then."""


@atexit.register
def _close_stores() -> None:
    for store in list(_stores):
        store.close()


class Instance:
    """One instance. Drop it after a `fault`."""

    def __init__(self, module: Module, deadline: float, memory_bytes: int) -> None:
        self._store = wasmtime.Store(module._engine)
        _stores.add(self._store)
        self._store.set_limits(
            memory_size=memory_bytes,
            table_elements=_TABLE_ELEMENTS,
            instances=1,
            tables=1,
            memories=1,
        )
        # One more, because the current tick may end at once.
        self._deadline = round(deadline / _TICK) + 1
        self._store.set_epoch_deadline(self._deadline)
        try:
            self._exports = wasmtime.Instance(self._store, module._module, []).exports(self._store)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            raise FilterError("fault", f"the module does not start: {error}") from error
        memory = self._exports["memory"]
        assert isinstance(memory, wasmtime.Memory), "the module was checked"
        self._memory = memory
        # The size and the address of the input buffer.
        self._input_bytes = -1
        self._input_address = 0

    def call(self, export: str, given: bytes | None, *arguments: int) -> int:
        """Calls an export, with an input if there is one. Returns 0 if the export returns nothing."""
        if given is None:
            return self._call(export, *arguments)
        address = self._input(len(given))
        ctypes.memmove(self._address(address, len(given)), given, len(given))
        return self._call(export, address, len(given), *arguments)

    def _input(self, length: int) -> int:
        """The address of the input buffer. It is reused, as a call costs more than a record."""
        if length > self._input_bytes:
            self._input_bytes = -1
            self._input_address = self._call("sekisho_input", length)
            if self._input_address == 0:
                message = f"an input of {length} bytes is too long, or no memory is left"
                raise FilterError("too_large", message)
            self._input_bytes = length
        return self._input_address

    def output(self, length: int) -> bytes:
        """Copies the output of the last call."""
        return ctypes.string_at(self._address(self._call("sekisho_output"), length), length)

    def error(self, n: int) -> FilterError:
        """The error of the last call, with the message of the module."""
        message = self.output(self._call("sekisho_last_error") & 0xFFFFFFFF)
        return error_of(n, message.decode(errors="replace"))

    def _call(self, export: str, *arguments: int) -> int:
        function = self._exports.get(export)
        if not isinstance(function, wasmtime.Func):
            raise FilterError("unsupported", f"the module does not export `{export}`")
        self._store.set_epoch_deadline(self._deadline)
        try:
            n = function(self._store, *arguments)
        except (wasmtime.Trap, wasmtime.WasmtimeError, TypeError) as error:
            raise FilterError("fault", f"`{export}` failed: {error}") from error
        return n if isinstance(n, int) else 0

    def _address(self, start: int, length: int) -> int:
        """The current address of a range of the memory, which can move in any call."""
        start &= 0xFFFFFFFF
        if start + length > self._memory.data_len(self._store):
            raise FilterError("fault", f"{length} bytes at {start} are not in the module's memory")
        return ctypes.addressof(self._memory.data_ptr(self._store).contents) + start
