"""How large a rule or measure may be; past a limit the error says which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qunxiang.errors import LanguageError
from qunxiang.language.nodes import (
    Ago,
    All,
    AnyOf,
    Between,
    Compare,
    Last,
    Measure,
    Measured,
    Not,
    Rule,
    Unit,
    Window,
)

# Reading and writing are recursive; a tree this deep is far from Python's own limit.
DEEPEST = 60
DAYS_OF: dict[Unit, float] = {
    "minutes": 1 / 1440,
    "hours": 1 / 24,
    "days": 1,
    "weeks": 7,
    "months": 31,
}


@dataclass(frozen=True)
class Limits:
    """The largest rule that is read, checked and evaluated."""

    depth: int = 12
    leaves: int = 200
    list_items: int = 10_000
    text_length: int = 100_000
    window_days: int = 36_500

    def __post_init__(self) -> None:
        if self.depth > DEEPEST:
            raise LanguageError("language.too_deep", limit=DEEPEST)


def join_path(path: str, *steps: str | int) -> str:
    """Return the path of a part: `of`, 0, `value` under `` is `of.0.value`."""
    return ".".join([path] * bool(path) + [str(step) for step in steps])


def _list_children(rule: Rule, path: str) -> list[tuple[Rule, str]]:
    if isinstance(rule, Not):
        return [(rule.of, join_path(path, "of"))]
    if isinstance(rule, All | AnyOf):
        return [(each, join_path(path, "of", i)) for i, each in enumerate(rule.of)]
    if isinstance(rule, Measured) and rule.measure.where is not None:
        return [(rule.measure.where, join_path(path, "measure", "where"))]
    return []


def walk(rule: Rule, path: str = "") -> Iterator[tuple[Rule, str, int]]:
    """Yield every rule of a tree with its path and depth, in reading order, without recursion."""
    todo = [(rule, path, 1)]
    while todo:
        node, at, depth = todo.pop()
        yield node, at, depth
        todo.extend((child, p, depth + 1) for child, p in reversed(_list_children(node, at)))


def measure_days(window: Window) -> float:
    """Return how many days a window spans, at most."""
    if isinstance(window, Last):
        return window.n * DAYS_OF[window.unit]
    if isinstance(window, Ago):
        return window.start_days
    if isinstance(window, Between):
        return (window.end - window.start).days + 1
    return 0


def enforce(rule: Rule, limits: Limits, path: str = "") -> None:
    """Refuse a rule that is larger than the limits allow."""
    leaves = 0
    for node, at, depth in walk(rule, path):
        if depth > limits.depth:
            raise LanguageError("language.too_deep", path=at, limit=limits.depth)
        leaves += not isinstance(node, All | AnyOf | Not)
        if leaves > limits.leaves:
            raise LanguageError("language.too_many_conditions", path=at, limit=limits.leaves)
        if isinstance(node, Compare | Measured):
            _enforce_list(node, limits, at)
        if isinstance(node, Measured):
            _enforce_window(node.measure, limits, join_path(at, "measure"))


def enforce_measure(measure: Measure, limits: Limits) -> None:
    """Refuse a measure that is larger than the limits allow."""
    _enforce_window(measure, limits, "")
    if measure.where is not None:
        enforce(measure.where, limits, "where")


def _enforce_list(node: Compare | Measured, limits: Limits, path: str) -> None:
    if isinstance(node.value, tuple) and len(node.value) > limits.list_items:
        raise LanguageError(
            "language.list_too_long", path=join_path(path, "value"), limit=limits.list_items
        )


def _enforce_window(measure: Measure, limits: Limits, path: str) -> None:
    if measure_days(measure.window) > limits.window_days:
        raise LanguageError(
            "language.window_too_long", path=join_path(path, "window"), limit=limits.window_days
        )
