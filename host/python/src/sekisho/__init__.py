"""Asks the sekisho filter module about CloudTrail records.

It is written from ``plugin/ABI.md``, and the words are the same: what a method answers and when
stands there, at the export of the same name.
"""

from .errors import Code, FilterError
from .filter import Answer, Filter, Framing, Verdict
from .module import Module

__all__ = ["Answer", "Code", "Filter", "FilterError", "Framing", "Module", "Verdict"]
