"""Which kind of rows a file holds, when nobody said: each kind is proposed, and the best fit leads.

A kind gets a point for every column whose heading names one of its fields or properties, weighed by
how sure that is. Half a point has what any kind may have: identifiers, a record's key, and what an
event's row says of the person. Events need a time; events of several kinds need to name them.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from qunxiang.sources.mappings import (
    AT,
    CUSTOMERS,
    EVENT,
    ID,
    KEY,
    PERSON,
    ColumnMapping,
    MappingDefinition,
)
from qunxiang.sources.proposals import Vocabulary, propose

EVENTS = "events"
_BY_NAME = frozenset({"template", "name", "similar name"})


@dataclass(frozen=True)
class Guess:
    """How well a kind of rows fits a file: of all columns in use, the share that it explains."""

    rows: str
    score: float
    explained: int


def guess_rows(source: str, sample: pa.RecordBatch, vocabulary: Vocabulary) -> list[Guess]:
    """Return every kind of rows with how well it fits, the best first."""
    kinds = (CUSTOMERS, EVENTS, *vocabulary.events)
    found = (_weigh(propose("guess", source, kind, sample, vocabulary)) for kind in kinds)
    return sorted(found, key=lambda guess: -guess.score)


def _weigh(mapping: MappingDefinition) -> Guess:
    used = [c for c in mapping.columns if c.because != "unused" and _means_something(c)]
    named = [c for c in used if c.because in _BY_NAME]
    points = sum(c.confidence * _worth(c.to or "") for c in named)
    if mapping.rows != CUSTOMERS:
        names_events = mapping.column_for(EVENT) is not None
        if mapping.column_for(AT) is None or (mapping.rows == EVENTS and not names_events):
            points = 0.0
        elif mapping.rows != EVENTS and names_events:
            points /= 2
    return Guess(mapping.rows, round(points / max(len(used), 1), 3), len(named))


def _means_something(column: ColumnMapping) -> bool:
    return column.because != "template" or column.to is not None


def _worth(to: str) -> float:
    return 0.5 if to == KEY or to.startswith((ID, PERSON)) else 1.0
