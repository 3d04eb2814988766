"""Errors of the module, and of this host."""

from typing import Literal

Code = Literal[
    "range",
    "malformed",
    "too_large",
    "refused",
    "state_full",
    "internal",
    "several_records",
    "other",
    "fault",
    "unsupported",
    "not_a_filter",
]
"""Why a call failed. All but the last three are the errors of the ABI, with their names there.

`other` is an error of a later version. `fault`: a trap, a call over the deadline, or a result that
the ABI does not allow. `unsupported`: this module does not have the export. `not_a_filter`: the bytes
are not a filter module.
"""

_ERRORS: dict[int, tuple[Code, str]] = {
    -1: ("range", "a length exceeds the rest of the batch"),
    -2: ("malformed", "not well-formed JSON or UTF-8"),
    -3: ("too_large", "nested deeper, in more envelopes or longer than the limits allow"),
    -4: ("refused", "not accepted"),
    -5: ("state_full", "no memory is left to keep the record"),
    -6: ("internal", "inside the module: memory ran out, or an earlier call trapped"),
    -7: ("several_records", "several records: process them as a batch"),
}


class FilterError(Exception):
    """A call failed: pass the record on, and count it."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code: Code = code


def error_of(n: int, message: str = "") -> FilterError:
    """The error of a negative result, with the module's message or a general one."""
    code, fallback = _ERRORS.get(n, ("other", f"error {n}"))
    return FilterError(code, message or fallback)
