"""Fails the build if the built files are missing."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "src/sekisho/data/sekisho.wasm",
    "src/sekisho/data/sekisho-simd.wasm",
    "src/sekisho/data/rules.json",
]


class BuiltFiles(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        missing = [name for name in BUILT if not Path(self.root, name).is_file()]
        if missing:
            raise SystemExit(
                f"missing: {', '.join(missing)}; "
                "run `cargo xtask dist` at the top of the repository"
            )
