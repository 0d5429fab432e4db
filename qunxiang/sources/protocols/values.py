"""Values that clients send, taken for what they should be: texts, objects, lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from qunxiang.errors import QunxiangError
from qunxiang.sources.protocols.times import read_time


def as_text(*values: object) -> str:
    """Return the first text or number that is not empty, as a text; else an empty one."""
    for value in values:
        if value is None:
            continue
        if isinstance(value, str):
            text = value.strip()
        elif isinstance(value, bool) or not isinstance(value, int | float):
            continue
        else:
            whole = isinstance(value, float) and value.is_integer()
            text = str(int(value) if whole else value)
        if text:
            return text
    return ""


def as_object(value: object) -> dict[str, Any]:
    """Return an object; an empty one for anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """Return a list; what is none becomes its only element, nothing an empty one."""
    if value is None:
        return []
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def take_object(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a copy of the object under a name; an empty one if there is nothing.

    Raises:
        QunxiangError: intake.bad_value, if something else stands there.
    """
    value = said.get(name)
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise QunxiangError("intake.bad_value", name=name)
    return dict(cast("dict[str, Any]", value))


def take_time(*values: object) -> int | None:
    """Return the first time that is given, in microseconds; None if none is.

    Raises:
        QunxiangError: intake.bad_time.
    """
    for value in values:
        if isinstance(value, dict | list):
            raise QunxiangError("intake.bad_time", value=type(value).__name__)
        found = read_time(value)
        if found is not None:
            return found
    return None


def take_sent(*values: object) -> int | None:
    """Return when the client sent something; one that cannot be read corrects nothing."""
    try:
        return take_time(*values)
    except QunxiangError:
        return None


def list_ids(*pairs: tuple[str, object]) -> tuple[tuple[str, str], ...]:
    """Return identifiers as (type, value), without empty ones and repetitions."""
    found: dict[tuple[str, str], None] = {}
    for kind, value in pairs:
        text = as_text(value)
        if text:
            found[kind, text] = None
    return tuple(found)
