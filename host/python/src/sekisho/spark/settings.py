"""The filter that a job uses."""

from collections.abc import Mapping
from typing import Any, Literal

from ..filter import Filter
from ..module import Module
from ..rules import rules as builtin_rules

Rules = Mapping[str, Any] | Literal["builtin"] | None
"""Rules as a configuration, such as what `sekisho.rules()` returns; or the built-in ones."""

MEMORY_BYTES = 512 * 1024 * 1024

Form = Literal["verdict", "ecs", "ocsf"]


def filter_of(
    rules: Rules,
    *,
    form: Form = "verdict",
    identity: bool = False,
    memory_bytes: int = MEMORY_BYTES,
    **configuration: Any,
) -> Filter:
    """Makes the filter. Raises `FilterError` if the rules are refused."""
    has_forms = identity or form != "verdict"
    if rules == "builtin":
        rules = builtin_rules()
    settings = {**(rules or {}), **configuration}
    if has_forms:
        settings |= {"form": form, "identity": identity}
    module = Module.builtin(forms=has_forms)
    return Filter(module, memory_bytes=memory_bytes, configuration=settings)
