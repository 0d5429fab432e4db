"""Survivorship: of several values that rows give for one field, which one becomes the portrait's.

A value that was given always beats one that was worked out. Then the field's preference decides
(latest, trusted, frequent, complete), then the later row, then the row read last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from qunxiang.catalog import Preference

Places = NDArray[np.int64]
_INFERRED = -1_000_000_000


@dataclass(frozen=True)
class Rows:
    """The rows in force, in order: whose they are and what preferences look at.

    Args:
        person: the person number of each row, -1 for nobody.
        at: when the row was last changed, microseconds; the import's own time where not said.
        trust: the trust of its source.
        filled: how many fields it fills.
    """

    person: NDArray[np.int32]
    at: NDArray[np.int64]
    trust: NDArray[np.int64]
    filled: NDArray[np.int64]


@njit(cache=True, nogil=True)
def _choose(person: Any, known: Any, first: Any, second: Any, best: Any) -> None:
    for i in range(person.size):
        p = person[i]
        if p < 0 or not known[i]:
            continue
        b = best[p]
        if b < 0 or first[i] > first[b] or (first[i] == first[b] and second[i] >= second[b]):
            best[p] = i


def choose(
    rows: Rows,
    preference: Preference,
    known: NDArray[np.bool_],
    codes: NDArray[Any],
    certainty: NDArray[np.float64] | None,
    people: int,
) -> Places:
    """Return, per person number, the place of the row whose value wins, -1 if none has one.

    Args:
        rows: the rows in force.
        preference: the field's.
        known: whether each row has a value.
        codes: anything equal for equal values; read by `frequent` only.
        certainty: how sure an inferred value is, NaN where it was given; None if never inferred.
        people: how many person numbers there are.
    """
    first = _first_key(rows, preference, known, codes)
    if certainty is not None:
        inferred = ~np.isnan(certainty)
        first = np.where(
            inferred, _INFERRED + np.nan_to_num(certainty * 1_000).astype(np.int64), first
        )
    best = np.full(people, -1, np.int64)
    _choose(rows.person, known, first, rows.at, best)
    return best


def _first_key(
    rows: Rows, preference: Preference, known: NDArray[np.bool_], codes: NDArray[Any]
) -> NDArray[np.int64]:
    match preference:
        case "trusted":
            return rows.trust
        case "complete":
            return rows.filled
        case "frequent":
            frame = pl.DataFrame({"p": rows.person, "c": codes, "k": known})
            times = frame.select(pl.col("k").sum().over("p", "c"))[:, 0]
            return times.cast(pl.Int64).to_numpy()
        case _:
            return np.zeros(rows.person.size, np.int64)
