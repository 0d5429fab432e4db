"""The text form, read: text to tree, with the place in the text of every part of the tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from qunxiang.errors import LanguageError
from qunxiang.language.grammar import read_end, read_measure, read_rule
from qunxiang.language.limits import Limits, enforce, enforce_measure, join_path
from qunxiang.language.nodes import Measure, Rule
from qunxiang.language.tokens import Cursor
from qunxiang.language.values import Piece

T = TypeVar("T")
Spans = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Located(Generic[T]):
    """A tree and, for each path in it, where that part stands in the text."""

    tree: T
    spans: Spans


def parse(text: str, limits: Limits | None = None) -> Rule:
    """Read a rule from text."""
    return locate(text, limits).tree


def parse_measure(text: str, limits: Limits | None = None) -> Measure:
    """Read a measure from text."""
    return locate_measure(text, limits).tree


def locate(text: str, limits: Limits | None = None) -> Located[Rule]:
    """Read a rule from text and keep the place of each part."""
    limits = limits or Limits()
    cursor = Cursor(text, limits)
    piece = read_rule(cursor)
    read_end(cursor, joinable=True)
    spans = _flatten(piece)
    _point(spans, lambda: enforce(piece.tree, limits))
    return Located(piece.tree, spans)


def locate_measure(text: str, limits: Limits | None = None) -> Located[Measure]:
    """Read a measure from text and keep the place of each part."""
    limits = limits or Limits()
    cursor = Cursor(text, limits)
    piece = read_measure(cursor)
    read_end(cursor, joinable=False)
    spans = _flatten(piece)
    _point(spans, lambda: enforce_measure(piece.tree, limits))
    return Located(piece.tree, spans)


def _flatten(piece: Piece[Any]) -> dict[str, tuple[int, int]]:
    spans: dict[str, tuple[int, int]] = {}
    todo: list[tuple[str, Piece[Any]]] = [("", piece)]
    while todo:
        path, each = todo.pop()
        spans[path] = (each.start, each.end)
        todo.extend((join_path(path, name), part) for name, part in each.parts.items())
    return spans


def _point(spans: Spans, check: Callable[[], None]) -> None:
    try:
        check()
    except LanguageError as error:
        raise place(error, spans) from None


def place(error: LanguageError, spans: Spans) -> LanguageError:
    """Return the error with the place in the text of its path, or of the nearest part above it."""
    path = error.path or ""
    while path and path not in spans:
        path = path.rpartition(".")[0]
    start, end = spans.get(path, (None, None))
    details = {k: v for k, v in error.details.items() if k != "suggestions"}
    return LanguageError(
        error.code,
        start=start,
        end=end,
        path=error.path,
        suggestions=error.suggestions,
        **details,
    )
