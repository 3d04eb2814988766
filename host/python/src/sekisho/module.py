"""The compiled module, and its instances: every address that they give is checked."""

import ctypes
import threading
import time
import weakref
from collections.abc import Mapping

import wasmtime

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
"""What every filter module exports."""

_STATEFUL_FUNCTIONS = {
    "sekisho_observe": "(i32, i32, i64) -> (i32)",
    "sekisho_tick": "(i64) -> (i32)",
    "sekisho_flush": "() -> (i32)",
    "sekisho_save": "() -> (i32)",
    "sekisho_restore": "(i32, i32) -> (i32)",
    "sekisho_reset": "() -> ()",
}
"""What a module exports that keeps the state of a stream: all of them, or none."""

_MODULE_BYTES = 16 * 1024 * 1024
"""A module is never that large; what is, is not compiled."""

_TABLE_ELEMENTS = 10_000
"""Functions that are called by their address; the module has some dozens."""

_TICK = 0.05
"""Seconds from one look at the deadlines to the next."""


class Module:
    """The filter module, compiled once for any number of filters and threads of this process."""

    def __init__(self, wasm: bytes) -> None:
        """Compiles the module; `FilterError` if it is no filter module."""
        if len(wasm) > _MODULE_BYTES:
            raise FilterError("not_a_filter", f"{len(wasm)} bytes are too long for a module")
        config = wasmtime.Config()
        config.epoch_interruption = True
        # Memories that an address of 32 bits does not reach, or that a thread can change.
        config.wasm_memory64 = False
        config.wasm_threads = False
        self._engine = wasmtime.Engine(config)
        try:
            self._module = wasmtime.Module(self._engine, wasm)
        except wasmtime.WasmtimeError as error:
            raise FilterError("not_a_filter", f"no WebAssembly module: {error}") from error
        for wanted in self._module.imports:
            raise FilterError("not_a_filter", f"the module imports {wanted.module}.{wanted.name}")
        _check_exports({export.name: export.type for export in self._module.exports})

        # The thread holds the engine and not the module, so that it ends with the module.
        ticks = threading.Thread(target=_ticks, args=(self._engine, weakref.ref(self)), daemon=True)
        ticks.start()


def _check_exports(exports: Mapping[str, object]) -> None:
    wanted = dict(_FUNCTIONS)
    if any(name in exports for name in _STATEFUL_FUNCTIONS):
        wanted |= _STATEFUL_FUNCTIONS
    for name, signature in wanted.items():
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


class Instance:
    """One instance. After a `fault` it is to be thrown away."""

    def __init__(self, module: Module, deadline: float, memory_bytes: int) -> None:
        self._store = wasmtime.Store(module._engine)
        self._store.set_limits(
            memory_size=memory_bytes,
            table_elements=_TABLE_ELEMENTS,
            instances=1,
            tables=1,
            memories=1,
        )
        # The tick that is under way does not count.
        self._deadline = round(deadline / _TICK) + 1
        self._store.set_epoch_deadline(self._deadline)
        try:
            self._exports = wasmtime.Instance(self._store, module._module, []).exports(self._store)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            raise FilterError("fault", f"the module does not start: {error}") from error
        memory = self._exports["memory"]
        assert isinstance(memory, wasmtime.Memory), "the module was checked"
        self._memory = memory
        # What the input buffer can take, and where it is.
        self._input_bytes = -1
        self._input_at = 0

    def ask(self, export: str, given: bytes | None, *arguments: int) -> int:
        """What a call returns, on an input if it takes one; 0 if it returns nothing."""
        if given is None:
            return self._call(export, *arguments)
        at = self._input(len(given))
        ctypes.memmove(self._address(at, len(given)), given, len(given))
        return self._call(export, at, len(given), *arguments)

    def _input(self, length: int) -> int:
        """Where the input buffer is: asked for once, as a call costs more than a record."""
        if length > self._input_bytes:
            self._input_bytes = -1
            self._input_at = self._call("sekisho_input", length)
            if self._input_at == 0:
                sentence = f"an input of {length} bytes is too long, or no memory is left"
                raise FilterError("over_limit", sentence)
            self._input_bytes = length
        return self._input_at

    def output(self, length: int) -> bytes:
        """A copy of the output of the last call."""
        return ctypes.string_at(self._address(self._call("sekisho_output"), length), length)

    def error(self, n: int) -> FilterError:
        """The error of the last call, with the sentence of the module."""
        sentence = self.output(self._call("sekisho_last_error") & 0xFFFFFFFF)
        return error_of(n, sentence.decode(errors="replace"))

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

    def _address(self, at: int, length: int) -> int:
        """Where a range of the memory is now: memory can move in any call."""
        at &= 0xFFFFFFFF
        if at + length > self._memory.data_len(self._store):
            raise FilterError("fault", f"{length} bytes at {at} are not in the module's memory")
        return ctypes.addressof(self._memory.data_ptr(self._store).contents) + at
