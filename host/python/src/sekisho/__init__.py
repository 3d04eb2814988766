"""Classifies CloudTrail records with the sekisho filter module.

    import sekisho

    for verdict in sekisho.verdicts("examples/trail"):
        print(verdict)

It implements the host side of the filter ABI, version 1. ``plugin/ABI.md`` specifies each method at
the export of the same name.
"""

from .encoded import decode
from .errors import Code, FilterError
from .filter import BatchResult, Filter, Framing, Verdict
from .module import Module
from .rules import rules
from .trail import verdicts

__all__ = [
    "BatchResult",
    "Code",
    "Filter",
    "FilterError",
    "Framing",
    "Module",
    "Verdict",
    "decode",
    "rules",
    "verdicts",
]
