"""Why there is no answer."""

from typing import Literal

Code = Literal[
    "out_of_range",
    "malformed",
    "over_limit",
    "refused",
    "no_memory",
    "broken",
    "several_records",
    "other",
    "fault",
    "unsupported",
    "not_a_filter",
]
"""The errors of the ABI from -1 to -7, and `other`, a generic error of a later version.

Then `fault`: a trap, a call over the deadline, or an answer that cannot be. `unsupported`: this
module has no such export. `not_a_filter`: these bytes are no filter module.
"""

_ERRORS: dict[int, tuple[Code, str]] = {
    -1: ("out_of_range", "a length reaches behind the end of the batch"),
    -2: ("malformed", "not well-formed JSON or UTF-8"),
    -3: ("over_limit", "nested deeper, in more envelopes or longer than the limits allow"),
    -4: ("refused", "not accepted"),
    -5: ("no_memory", "no memory is left to remember a record by"),
    -6: ("broken", "inside the module: memory ran out, or an earlier call trapped"),
    -7: ("several_records", "several records: process them as a batch"),
}


class FilterError(Exception):
    """No answer: pass the record on, and count."""

    def __init__(self, code: Code, sentence: str) -> None:
        super().__init__(sentence)
        self.code: Code = code


def error_of(n: int, sentence: str = "") -> FilterError:
    """What a negative answer means, in the words of the module where it has some."""
    code, otherwise = _ERRORS.get(n, ("other", f"error {n}"))
    return FilterError(code, sentence or otherwise)
