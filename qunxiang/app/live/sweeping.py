"""Sweep: whom time alone has changed, with nothing new said of them.

A window's edges move with the clock. Between two instants an edge passes over some events and some
moments of the portrait; only the people these belong to can have changed. What counts in local days
changes for anybody at midnight, and is worked out for everybody then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qunxiang import clock
from qunxiang.app.live.layers import Layer
from qunxiang.audiences import AudienceDefinition
from qunxiang.catalog import Catalog
from qunxiang.language import Compare, Last, Leaf, Measure, Measured, Rule, When, leaves, span
from qunxiang.models import list_measures
from qunxiang.tags import TagDefinition, measures_of, rules_of

Interval = tuple[int, int]
_DAY = 86_400_000_000
_AHEAD = timedelta(hours=1)
_LEAST = timedelta(microseconds=1)
_STRIDE = 1 << 20
FOREVER = -(1 << 62)
_MOVING = {"in_last", "in_next"}


@dataclass(frozen=True)
class Edges:
    """What moves with the clock: windows by event, and days from now by field."""

    windows: tuple[Measure, ...]
    fields: frozenset[tuple[str, int]]

    @classmethod
    def of(cls, catalog: Catalog) -> Edges:
        """Return everything that tags, models and audiences ask that moves with the clock."""
        tags = [tag.how for tag in catalog.all(TagDefinition).values()]
        rules: list[Rule] = [rule for how in tags for rule in rules_of(how)]
        rules += [audience.rule for audience in catalog.all(AudienceDefinition).values()]
        measures = [m for how in tags for m in measures_of(how)] + list_measures(catalog)
        fields: set[tuple[str, int]] = set()
        for _, leaf in (found for rule in rules for found in leaves(rule)):
            if isinstance(leaf, Measured):
                measures.append(leaf.measure)
            elif isinstance(leaf, Compare) and _moves(leaf):
                days = int(str(leaf.value))
                fields |= {(leaf.field, 0), (leaf.field, -days if leaf.op == "in_last" else days)}
        return cls(tuple(dict.fromkeys(measures)), frozenset(fields))

    def passed(self, before: When, now: When) -> dict[str, set[Interval]]:
        """Return, by event, the spans of time that an edge has passed over."""
        found: dict[str, set[Interval]] = {}
        for measure in self.windows:
            window = measure.window
            spans = [(span(window, before), span(window, now))]
            if measure.where is not None and any(_moves(leaf) for _, leaf in leaves(measure.where)):
                spans.append(((FOREVER, FOREVER), (now.now, now.now)))  # anything may have changed
            if measure.fn == "trend" and isinstance(window, Last):
                longer = window.model_copy(update={"n": window.n * 2})
                spans.append((span(longer, before), span(longer, now)))
            for old, new in spans:
                for a, b in zip(old, new, strict=True):
                    if a != b:
                        found.setdefault(measure.event, set()).add((min(a, b), max(a, b)))
        return found


class Sweeper:
    """Finds the people of a layer whom time changes.

    Edges pass over few moments in an hour. Those of such a span are looked for once, among all
    there are, and only they are looked at again until it is over.

    Args:
        layer: the layer; its events stay as they are.
        edges: what moves with the clock.
        before: the instant from which on it will be asked.
        until: the last instant of which it will be asked, of the same local day.
    """

    def __init__(self, layer: Layer, edges: Edges, before: When, until: When) -> None:
        self._edges = edges
        self._until = until
        self._persons = layer.persons.size
        self._events: dict[str, _Moments] = {}
        self._fields: dict[tuple[str, int], _Moments] = {}
        people = layer.house.people
        for event, intervals in edges.passed(before, until).items():
            timeline = people.timeline(event)
            if timeline is None:
                continue
            if any(low == FOREVER for low, _ in intervals):  # of whoever ever did it
                ever = np.full(timeline.people.size, FOREVER)
                self._events[event] = _Moments(ever, timeline.people)
            else:
                hit = _find(timeline.at, intervals)
                rows = np.searchsorted(timeline.offsets, hit, "right") - 1
                self._events[event] = _Moments(timeline.at[hit], timeline.people[rows])
        for field, days in edges.fields:
            column = people.column(field)
            if column is not None and column.kind == "moment":
                shift = days * _DAY
                hit = _find(column.values, {(before.now + shift, until.now + shift)})
                self._fields[field, days] = _Moments(column.values[hit], hit)

    def serves(self, edges: Edges, now: When) -> bool:
        """Say whether it may be asked of an instant, while such edges move."""
        return self._edges == edges and now.now <= self._until.now

    def find_due(self, before: When, now: When) -> NDArray[np.bool_]:
        """Return which people may have changed between two instants of one local day."""
        due = np.zeros(self._persons, np.bool_)
        for event, intervals in self._edges.passed(before, now).items():
            if event in self._events:
                due[self._events[event].inside(intervals)] = True
        for (_, days), moments in self._fields.items():
            shift = days * _DAY
            due[moments.inside({(before.now + shift, now.now + shift)})] = True
        return due


@dataclass(frozen=True)
class _Moments:
    """Moments, and whose each is."""

    at: NDArray[np.int64]
    people: NDArray[np.integer[Any]]

    def inside(self, intervals: Iterable[Interval]) -> NDArray[np.integer[Any]]:
        """Return whose moments lie in some spans of time."""
        return self.people[_inside(self.at, intervals)]


def look_ahead(when: When) -> When:
    """Return an instant some time after another, of the same local day."""
    last = clock.moment(when.midnight(when.today + timedelta(days=1))) - _LEAST
    return When(min(when.as_of + _AHEAD, last), when.zone)


def _moves(leaf: Leaf) -> bool:
    return isinstance(leaf, Compare) and leaf.op in _MOVING


def _find(at: NDArray[np.int64], intervals: Iterable[Interval]) -> NDArray[np.int64]:
    """Return which moments lie in some spans of time, without a flag for each of all at once."""
    strides = range(0, at.size, _STRIDE)
    found = [
        begin + np.flatnonzero(_inside(at[begin : begin + _STRIDE], intervals)) for begin in strides
    ]
    return np.concatenate([np.zeros(0, np.int64), *found])


def _inside(at: NDArray[np.int64], intervals: Iterable[Interval]) -> NDArray[np.bool_]:
    out = np.zeros(at.size, np.bool_)
    for low, high in intervals:
        out |= (at >= low) & (at < high)
    return out
