"""Patterns of `matches`: the part of regular expressions that every engine reads the same way."""

from __future__ import annotations

import re

# What Python's `re` knows and RE2 does not, or reads otherwise; looked for outside classes.
_FOREIGN = (
    (re.compile(r"\\[1-9]|\(\?P="), "back-reference"),
    (re.compile(r"\(\?<?[=!]"), "lookaround"),
    (re.compile(r"\(\?[>(#]"), "group"),
    (re.compile(r"[*+?}]\+"), "possessive"),
    (re.compile(r"\\Z"), "\\Z"),
    (re.compile(r"\(\?-?[a-zA-Z]*[^imsP:)a-zA-Z<-]|\(\?[ims-]*[aLux]"), "flag"),
)
# A set that is never closed runs to the end; `re` refuses it later.
_PIECE = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*(?:\]|\\?\Z)|\\.|.", re.DOTALL)
# Python warns that these may one day be set operations; Rust already reads them so.
_NESTED = re.compile(r"\[\^?\[|.\[|--|&&|\|\||~~", re.DOTALL)
_REPEAT = re.compile(r"\{(\d*)(?:,(\d*))?\}")
_LONGEST = 1_000
_MOST_REPEATS = 1_000


def find_fault(pattern: str) -> str | None:
    """Return what makes a pattern unsafe or unreadable, or None if it is sound."""
    if len(pattern) > _LONGEST:
        return f"longer than {_LONGEST}"
    rest: list[str] = []
    for match in _PIECE.finditer(pattern):
        piece = match.group()
        if piece[0] != "[":
            # An escaped sign cannot open a group: keep only escapes that mean something.
            rest.append(piece if piece[0] != "\\" or piece[1:].isalnum() else "_")
        elif _NESTED.search(piece):
            return "nested set"
        else:
            rest.append("_")
    outside = "".join(rest)
    for foreign, reason in _FOREIGN:
        if foreign.search(outside):
            return reason
    if any(int(n) > _MOST_REPEATS for m in _REPEAT.finditer(outside) for n in m.groups() if n):
        return f"repeat over {_MOST_REPEATS}"
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return str(error)
    return None
