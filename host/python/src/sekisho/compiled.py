"""A private folder of compiled modules, shared by the processes of a user.

`wasmtime` runs what is in such a file. So nobody else may write to the folder, and a code made with
SHA-256 and the folder's secret key shows that no byte has changed. If the folder cannot be used, a
module is compiled.
"""

import hashlib
import hmac
import os
import secrets
import stat
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import wasmtime

_CODE_BYTES = 32
_KEPT = 16
"""Compiled modules that are kept; those that were written first are deleted."""


def folder() -> Path:
    """`SEKISHO_CACHE`, or the folder `sekisho` in the user's cache."""
    if named := os.environ.get("SEKISHO_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sekisho"


def load(engine: wasmtime.Engine, wasm: bytes) -> wasmtime.Module:
    """Takes the module from the folder, or compiles it and keeps it there."""
    try:
        place = _private(folder())
        key = _key(place)
    except (OSError, RuntimeError):
        return wasmtime.Module(engine, wasm)
    path = place / f"{hashlib.sha256(wasm).hexdigest()}-{version('wasmtime')}.cwasm"
    with suppress(OSError, wasmtime.WasmtimeError):
        code, module = _split(path.read_bytes())
        if hmac.compare_digest(code, _code(key, path, module)):
            # Fails if another kind of processor compiled it.
            return wasmtime.Module.deserialize(engine, module)
    compiled = wasmtime.Module(engine, wasm)
    with suppress(OSError):
        module = bytes(compiled.serialize())
        _write(path, _code(key, path, module) + module)
        _drop_oldest(place)
    return compiled


def _private(place: Path) -> Path:
    """Makes the folder. Raises `OSError` if anybody else can write to it."""
    if os.name != "posix":
        raise OSError("the rights of a folder are known on POSIX only")
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = place.stat()
    if found.st_uid != os.geteuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise OSError(f"others can write to {place}")
    return place


def _key(place: Path) -> bytes:
    path = place / "key"
    if not path.exists():
        new = place / f"key.{secrets.token_hex(8)}"
        new.touch(mode=0o600)
        new.write_bytes(secrets.token_bytes(_CODE_BYTES))
        # The key of whichever process links first is everyone's.
        with suppress(FileExistsError):
            os.link(new, path)
        new.unlink()
    return path.read_bytes()


def _split(content: bytes) -> tuple[bytes, bytes]:
    return content[:_CODE_BYTES], content[_CODE_BYTES:]


def _code(key: bytes, path: Path, module: bytes) -> bytes:
    return hmac.digest(key, path.name.encode() + b"\0" + module, "sha256")


def _write(path: Path, content: bytes) -> None:
    new = path.with_suffix(f".{secrets.token_hex(8)}")
    new.write_bytes(content)
    new.replace(path)


def _drop_oldest(place: Path) -> None:
    entries = sorted(place.glob("*.cwasm"), key=lambda path: path.stat().st_mtime)
    for path in entries[:-_KEPT]:
        path.unlink(missing_ok=True)
