"""Filters in several processes and threads."""

import json
import multiprocessing
import pickle
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import DIST
from test_calls import LOGIN, UPLOAD, VERDICT

from sekisho import Filter, Module, compiled, rules

WASM = (DIST / "sekisho-simd.wasm").read_bytes()


def classify(signins: Filter) -> object:
    return signins.process(LOGIN)


def test_a_filter_is_pickled_as_its_settings(module: Module) -> None:
    signins = Filter(module, deadline=3.0, configuration={"field": "aws", "rules": rules()["rules"]})
    pickled = pickle.dumps(signins)
    found = pickle.loads(pickled)
    assert found.process(LOGIN) == signins.process(LOGIN) != VERDICT
    assert found.describe()["configuration"] == signins.describe()["configuration"]
    assert pickle.loads(pickled) is found, "a process makes it once"


def test_the_module_of_the_package_is_pickled_as_a_name() -> None:
    assert len(pickle.dumps(Module.builtin())) < 200
    assert pickle.loads(pickle.dumps(Module.builtin())) is Module.builtin()
    assert Module.builtin() is not Module.builtin(forms=True)


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_other_processes_use_a_filter(method: str) -> None:
    signins = Filter(Module.builtin(), deadline=1.0)
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        assert list(pool.map(classify, [signins] * 4)) == [VERDICT] * 4


def test_a_compiled_module_is_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEKISHO_CACHE", str(cache / "kept"))
    assert Filter(Module(WASM, cache=True)).process(LOGIN) == VERDICT
    [entry] = (cache / "kept").glob("*.cwasm")
    monkeypatch.setattr("wasmtime.Module.__init__", lambda *_: pytest.fail("compiled again"))
    assert Filter(Module(WASM, cache=True)).process(LOGIN) == VERDICT
    assert (cache / "kept").stat().st_mode & 0o077 == 0
    assert entry.is_file()


@pytest.mark.parametrize("change", ["a byte", "the code", "the end", "the name", "the key"])
def test_a_changed_module_is_compiled_again(
    cache: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    folder = cache / change
    monkeypatch.setenv("SEKISHO_CACHE", str(folder))
    Module(WASM, cache=True)
    [entry] = folder.glob("*.cwasm")
    kept = entry.read_bytes()
    middle = len(kept) // 2
    if change == "a byte":
        entry.write_bytes(kept[:middle] + bytes([kept[middle] ^ 1]) + kept[middle + 1 :])
    elif change == "the code":
        entry.write_bytes(bytes(32) + kept[32:])
    elif change == "the end":
        entry.write_bytes(kept[:-1])
    elif change == "the key":
        (folder / "key").write_bytes(bytes(32))
    else:
        # The module of another version must not be taken for this one.
        monkeypatch.setattr(compiled, "version", lambda _: "0")
        entry.rename(folder / entry.name.replace(entry.name.rpartition("-")[2], "0.cwasm"))
    monkeypatch.setattr(
        "wasmtime.Module.deserialize", lambda *_: pytest.fail("a changed module is used")
    )
    assert Filter(Module(WASM, cache=True)).process(LOGIN) == VERDICT


def test_a_folder_that_others_can_write_to_is_not_used(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = cache / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    for folder in [shared, Path("/dev/null/sekisho")]:
        monkeypatch.setenv("SEKISHO_CACHE", str(folder))
        assert Filter(Module(WASM, cache=True)).process(LOGIN) == VERDICT
    assert not list(shared.iterdir())


def test_processes_that_start_together_agree_on_a_key(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = cache / "together"
    folder.mkdir(mode=0o700)
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(compiled._key, [folder] * 64))) == 1


def test_the_interpreter_runs_during_a_call(module: Module) -> None:
    """A thread counts while another is in a call of the module that takes long."""
    signins = Filter(module, deadline=60.0)
    lines = (json.dumps({"a": UPLOAD.decode() * 100, "b": json.loads(LOGIN)}) + "\n") * 4_000
    signins.process(LOGIN)
    times: list[float] = []
    done = threading.Event()

    def count() -> None:
        while not done.is_set():
            times.append(time.monotonic())
            time.sleep(0)

    counting = threading.Thread(target=count)
    counting.start()
    given = lines.encode()
    start = time.monotonic()
    signins._instance.call("sekisho_process_batch", given, 1)  # type: ignore[union-attr]
    end = time.monotonic()
    done.set()
    counting.join()
    within = [moment for moment in times if start + 0.01 < moment < end - 0.01]
    assert end - start > 0.03, "the call is long enough to tell"
    assert len(within) > 20
