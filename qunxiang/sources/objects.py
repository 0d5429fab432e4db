"""JSON objects made flat: dotted names, text values, nothing dropped."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, cast

import orjson

from qunxiang.sources.rows import cell_text

EXTRA = "_extra"
# orjson makes a float of a number that is too long for 64 bits; such a line is read the slow way.
_LONG_NUMBER = re.compile(rb"[:\[,]\s*-?[0-9][0-9.]{16,}")


class TooDeepError(ValueError):
    """A value nested deeper than we follow."""


def parse(text: bytes) -> Any:
    """Parse JSON exactly: no digit of a long number is lost.

    Raises:
        ValueError: the text is not JSON, or nested beyond reason.
    """
    if not _LONG_NUMBER.search(text):
        return orjson.loads(text)
    try:
        value = json.loads(text, parse_float=str, parse_constant=_refuse)
    except RecursionError as error:
        raise TooDeepError(str(error)) from error
    if b"\\ud" in text.lower():
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is refused here
    return value


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def flatten(value: dict[str, Any], depth: int) -> dict[str, str | None]:
    """Return an object as one flat row: `address.city`; a list stays as JSON text.

    Two keys that come to the same name, as `{"a.b": 1, "a": {"b": 2}}`, are told apart by ` (2)`.

    Raises:
        TooDeepError: nested deeper than the limit.
    """
    flat: dict[str, str | None] = {}
    _flatten(value, "", depth, flat)
    return flat


def _flatten(value: dict[str, Any], prefix: str, depth: int, flat: dict[str, str | None]) -> None:
    if depth <= 0:
        raise TooDeepError
    for key, item in value.items():
        name = prefix + key
        if isinstance(item, dict) and item:
            _flatten(cast("dict[str, Any]", item), name + ".", depth - 1, flat)
            continue
        if isinstance(item, list):
            _check_depth(cast("list[Any]", item), depth - 1)
        unique, count = name, 1
        while unique in flat:
            count += 1
            unique = f"{name} ({count})"
        flat[unique] = _text(item)


def _text(item: Any) -> str | None:
    return text_of(item) if isinstance(item, list | dict) else cell_text(item)


def text_of(value: Any) -> str:
    """Return a value as JSON text, integers beyond 64 bits and all."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return str(type(value))


def _check_depth(items: Iterable[Any], depth: int) -> None:
    if depth <= 0:
        raise TooDeepError
    for item in items:
        if isinstance(item, list):
            _check_depth(cast("list[Any]", item), depth - 1)
        elif isinstance(item, dict):
            _check_depth(cast("dict[str, Any]", item).values(), depth - 1)


def fit(flat: dict[str, str | None], columns: tuple[str, ...]) -> list[str | None]:
    """Lay a flat row out in columns; keys that have none go, as JSON text, into the last one."""
    known = columns[:-1]
    cells = [flat.pop(name, None) for name in known]
    left = {name: text for name, text in flat.items() if text is not None}
    return [*cells, json.dumps(left, ensure_ascii=False) if left else None]


def find_records(document: Any, where: str | None) -> tuple[str, list[Any]] | None:
    """Find the list of records in a document, and its path.

    A list is itself; an object is searched, three levels down, for its only list of objects; an
    object without any is one record.
    """
    if where:
        for step in where.split("."):
            document = (
                cast("dict[str, Any]", document).get(step) if isinstance(document, dict) else None
            )
        if isinstance(document, dict):
            return where, [document]
        return (where, cast("list[Any]", document)) if isinstance(document, list) else None
    if isinstance(document, list):
        return "", cast("list[Any]", document)
    if not isinstance(document, dict):
        return None
    found = list(_object_lists(cast("dict[str, Any]", document), "", 3))
    return found[0] if len(found) == 1 else ("", [document])


def _object_lists(
    value: dict[str, Any], prefix: str, depth: int
) -> Iterable[tuple[str, list[Any]]]:
    for key, item in value.items():
        if isinstance(item, list) and item and isinstance(item[0], dict):
            yield prefix + key, cast("list[Any]", item)
        elif isinstance(item, dict) and depth > 1:
            yield from _object_lists(cast("dict[str, Any]", item), f"{prefix}{key}.", depth - 1)
