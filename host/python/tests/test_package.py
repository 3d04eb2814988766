"""The wheel, installed into an empty folder, and the examples of the README."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import DIST, ROOT, Row

PACKAGE = ROOT / "host" / "python"
README = (PACKAGE / "README.md").read_text(encoding="utf-8")
LICENCES = ["LICENSE-APACHE", "LICENSE-MIT"]
BUILT = ["sekisho.wasm", "sekisho-simd.wasm", "sekisho-forms-simd.wasm", "rules.json"]

WITH_RULES = """
import sys
import sekisho

signins = sekisho.Filter()
signins.configure(sekisho.rules())
found = sekisho.verdicts(sys.argv[1], filter=signins)
print("unknown-user" in {id for verdict in found for id in verdict["rules"]})
"""


def copy_package(folder: Path, built: list[str]) -> Path:
    """Copies the package with these built files, and returns the folder of the copy."""
    copy = folder / "repository" / "host" / "python"
    unused = shutil.ignore_patterns(".*", "__pycache__", "LICENSE-*", "data", "tests")
    shutil.copytree(PACKAGE, copy, ignore=unused)
    data = copy / "src" / "sekisho" / "data"
    data.mkdir()
    for name in LICENCES:
        shutil.copy(ROOT / name, folder / "repository")
    for name in built:
        shutil.copy(DIST / name, data)
    return copy


def build(package: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "build", "--no-isolation"]
    return subprocess.run(command, cwd=package, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel is installed, without its dependencies."""
    absent = [name for name in BUILT if not (DIST / name).exists()]
    if absent and "CI" not in os.environ:
        pytest.skip(f"{DIST} has no {', '.join(absent)}; run `cargo xtask dist`")
    folder = tmp_path_factory.mktemp("wheel")
    package = copy_package(folder, BUILT)
    done = build(package)
    assert done.returncode == 0, done.stdout + done.stderr
    [wheel] = (package / "dist").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for name in [*(f"sekisho/data/{name}" for name in BUILT), "sekisho/py.typed"]:
        assert name in names
    for name in LICENCES:
        assert any(path.endswith(f".dist-info/licenses/{name}") for path in names), name
    target = folder / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", target]
    subprocess.run([*pip, wheel], check=True)
    return target


def run(installed: Path, *arguments: str | Path, given: bytes = b"") -> bytes:
    """Runs Python with the installed wheel before everything else."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(installed)},
        input=given,
        capture_output=True,
        check=True,
    )
    return done.stdout


def example(name: str) -> Path:
    """An example, which the README shows."""
    path = PACKAGE / "examples" / name
    assert f"```python\n{path.read_text(encoding='utf-8')}```\n" in README
    return path


def test_three_lines_classify_a_trail(installed: Path) -> None:
    verdicts = run(installed, example("verdicts.py")).decode().splitlines()
    assert len(verdicts) == 118


def test_process(installed: Path) -> None:
    assert f"```\n{run(installed, example('process.py')).decode()}```\n" in README


def test_arrow(installed: Path) -> None:
    assert f"prints `{run(installed, example('arrow.py')).decode().strip()}`" in README


def test_annotate(installed: Path, rows: list[Row]) -> None:
    records = [row for row in rows if b"\n" not in row.input]
    given = b"".join(row.input + b"\n" for row in records)
    annotated = run(installed, example("annotate.py"), given=given)
    assert annotated == b"".join(row.annotated + b"\n" for row in records)


def test_built_in_rules(installed: Path) -> None:
    trail = ROOT / "examples" / "trail"
    assert run(installed, "-c", WITH_RULES, trail) == b"True\n"


def test_the_build_fails_without_the_built_files(tmp_path: Path) -> None:
    done = build(copy_package(tmp_path, []))
    assert done.returncode != 0
    assert f"has no {', '.join(BUILT)}" in done.stdout + done.stderr
