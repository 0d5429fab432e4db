"""Sweep: whom time alone has changed, with nothing new said of them.

A window's edges move with the clock. Between two instants an edge passes over some events and some
moments of the portrait; only the people these belong to can have changed. What counts in local days
changes for anybody at midnight, and is worked out for everybody then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qunxiang.app.live.layers import Layer
from qunxiang.audiences import AudienceDefinition
from qunxiang.catalog import Catalog
from qunxiang.language import Compare, Last, Leaf, Measure, Measured, Rule, When, leaves, span
from qunxiang.models import list_measures
from qunxiang.tags import TagDefinition, measures_of, rules_of

Interval = tuple[int, int]
_DAY = 86_400_000_000
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


def find_due(layer: Layer, edges: Edges, before: When, now: When) -> NDArray[np.bool_]:
    """Return which people of a layer may have changed between two instants of one local day."""
    people = layer.house.people
    due = np.zeros(layer.persons.size, np.bool_)
    for event, intervals in edges.passed(before, now).items():
        timeline = people.timeline(event)
        if timeline is None:
            continue
        hit = np.flatnonzero(_inside(timeline.at, intervals))
        rows = np.searchsorted(timeline.offsets, hit, "right") - 1
        due[timeline.people[rows]] = True
    for field, days in edges.fields:
        column = people.column(field)
        if column is not None and column.kind == "moment":
            shift = days * _DAY
            due |= _inside(column.values, [(before.now + shift, now.now + shift)])
    return due


def _moves(leaf: Leaf) -> bool:
    return isinstance(leaf, Compare) and leaf.op in _MOVING


def _inside(at: NDArray[np.int64], intervals: Iterable[Interval]) -> NDArray[np.bool_]:
    out = np.zeros(at.size, np.bool_)
    for low, high in intervals:
        out |= (at >= low) & (at < high)
    return out
