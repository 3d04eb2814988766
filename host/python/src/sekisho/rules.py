"""The built-in rules."""

import json
from importlib.resources import files
from typing import Any


def rules() -> dict[str, Any]:
    """The built-in rules, as a configuration for `Filter.configure`."""
    text = files(__package__).joinpath("data", "rules.json").read_bytes()
    configuration: dict[str, Any] = json.loads(text)
    return configuration
