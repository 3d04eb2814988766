"""The pipelines of the README in the real engine."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parents[1]
ROOT = HERE.parents[1]
README = (HERE / "README.md").read_text(encoding="utf-8")
TRAIL = ROOT / "examples" / "trail"
NAMES = ["signins.tql", "stream.tql", "attempts.tql", "ocsf.tql"]
TENZIR = Path(sys.executable).with_name("tenzir")


def cargo(*arguments: str | Path) -> bytes:
    run = ["cargo", "run", "--release", "--quiet", *map(str, arguments)]
    return subprocess.run(run, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def program(*arguments: str | Path) -> list[dict[str, Any]]:
    printed = cargo("--bin", "sekisho", "--", *arguments)
    return [json.loads(line) for line in printed.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the pipelines, and with the program in `bin`."""
    cargo("--bin", "sekisho", "--", "--version")
    built = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "sekisho"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sekisho").symlink_to(built)
    (tmp_path / "trail").symlink_to(TRAIL)
    for name in NAMES:
        shutil.copy(HERE / name, tmp_path)
    return tmp_path


def run(folder: Path, *arguments: str) -> str:
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [TENZIR, *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path},
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stderr == ""
    return done.stdout


def rows(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


def in_order(found: list[dict[str, Any]], keys: tuple[str, ...]) -> list[str]:
    return sorted(json.dumps([row.get(key) for key in keys], sort_keys=True) for row in found)


def whole(name: str, folder: Path) -> str:
    """A pipeline without the steps that choose and count, in the folder."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    chosen = ("where", "summarize", "sort", "select")
    (folder / "whole.tql").write_text("\n".join(line for line in lines if not line.startswith(chosen)))
    return run(folder, "-f", "whole.tql")


def test_the_readme_shows_the_pipelines(folder: Path) -> None:
    for name in NAMES:
        assert f"```\n{(HERE / name).read_text(encoding='utf-8')}```\n" in README, name
    shown = re.findall(r"^```json\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert [run(folder, "-f", name) for name in ("signins.tql", "attempts.tql")] == shown


def test_verdicts_are_those_of_the_program(folder: Path) -> None:
    found = rows(whole("signins.tql", folder))
    expected = program("classify", "--quiet", "--format", "ndjson", TRAIL)
    assert len(expected) == 118
    verdicts = [(row["eventID"], json.dumps(row["signin"])) for row in found]
    assert Counter(verdicts) == Counter(
        (line["event_id"], json.dumps(line["signin"])) for line in expected
    )


def test_attempts_and_findings_are_those_of_the_program(folder: Path) -> None:
    found = rows(whole("attempts.tql", folder))
    expected = program("attempts", "--quiet", "--format", "ndjson", TRAIL)
    keys = ("type", "outcome", "reason", "principal", "mfa", "user_exists", "events", "identity")
    keys += ("failures_before", "flags", "rules", "rule", "key", "count", "state", "id")
    without_nulls = [json.loads(json.dumps(row), object_hook=present) for row in found]
    assert in_order(without_nulls, keys) == in_order(expected, keys)


def present(members: dict[str, Any]) -> dict[str, Any]:
    """Tenzir gives all events of a schema the same fields, null where they have none."""
    return {key: value for key, value in members.items() if value is not None}


def test_events_keep_to_ocsf(folder: Path) -> None:
    """`ocsf_cast` warns of each field that is not as OCSF has it."""
    found = rows(run(folder, "-f", "ocsf.tql"))
    assert len(found) == 118
    expected = program("classify", "--quiet", "--format", "ocsf", TRAIL)
    keys = ("class_uid", "type_uid", "status_id", "status_detail", "unmapped")
    assert in_order(found, keys) == in_order(expected, keys)


def test_a_stream_of_generated_records(folder: Path) -> None:
    generator = ("--package", "sekisho-generator", "--", "records", "mixed")
    records = folder / "records.ndjson"
    records.write_bytes(cargo(*generator, "--seed", "1", "--records", "100000"))
    found = rows(run(folder, "-f", "stream.tql"))
    expected = program("classify", "--quiet", "--format", "ndjson", records)
    assert in_order(found, ("signin",)) == in_order(expected, ("signin",))
