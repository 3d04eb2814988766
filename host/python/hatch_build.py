"""Adds the licences, and fails the build if the built files are missing."""

import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = ["sekisho.wasm", "sekisho-simd.wasm", "sekisho-forms-simd.wasm", "rules.json"]
LICENCES = ["LICENSE-APACHE", "LICENSE-MIT"]


class BuildHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        package = Path(self.root)
        data = package / "src" / "sekisho" / "data"
        missing = [name for name in BUILT if not (data / name).is_file()]
        if missing:
            raise SystemExit(
                f"{data} has no {', '.join(missing)}; "
                "run `cargo xtask dist` at the top of the repository"
            )
        for name in LICENCES:
            # A source distribution has them already.
            if not (package / name).is_file():
                shutil.copy(package.parents[1] / name, package)
