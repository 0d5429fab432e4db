"""What each store holds about people: declared beside each table, walked by export and erasure.

A room's `tables.py` declares every table, shelf column and log it writes as a `Holding`, those that
name nobody too. `app/holdings.py` gathers them; a table that nobody declares fails the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Store = Literal["state", "warehouse", "shelf", "log"]

# nobody: names no customer. public_id: text, an old id included. ids: public ids inside a value.
# pseudonym: a keyed hash of the public id. node: the number of an identifier. number: aligned to
# person numbers. bits: one bit per person number. timeline: a person's
# events or records. circle: what hangs together with an identifier. row: a landed row.
By = Literal[
    "nobody", "public_id", "ids", "pseudonym", "node", "number", "bits", "timeline", "circle", "row"
]

# delete: rows go. forget: the person is taken out of the value. pseudonymise: a keyed hash takes
# the id's place. rewrite: the landed rows leave the log for good. rebuild: made anew from what is
# left of the log. keep: nothing to do.
Fate = Literal["delete", "forget", "pseudonymise", "rewrite", "rebuild", "keep"]


@dataclass(frozen=True)
class Named:
    """One person by everything that may name them.

    Args:
        number: the person number.
        nodes: the identifier nodes.
        bits: the public ids, old ones included, as 64 bits.
        ids: the same ids as text.
        values: the identifiers' values, by type.
        pseudonym: the keyed hash that takes the place of the id in trails.
        rows: the landed rows that are theirs, by import and row number.
    """

    number: int
    nodes: tuple[int, ...]
    bits: NDArray[np.uint64]
    ids: tuple[str, ...]
    values: Mapping[str, Sequence[str]]
    pseudonym: str
    rows: Mapping[int, set[int]] = field(default_factory=dict[int, set[int]])

    def spellings(self) -> list[str]:
        """Return the identifiers' values, phones of this country also without its code."""
        every = {v for values in self.values.values() for v in values}
        return sorted(every | {v.removeprefix("+86") for v in every})


def _keep_whole(value: Any, _who: Named) -> Any:
    return value


@dataclass(frozen=True)
class Holding:
    """One table, part of the shelf, or log: how it names a person, and what erasure does there.

    Args:
        name: the table or log; on the shelf a column, or a prefix that ends in `/`; `*` stands for
            any letters.
        store: where it is.
        by: how a person is named.
        columns: the columns that do it; of a table by `row`, those that may hold the value of an
            identifier; the places of the row are `import_no` and `row_no`.
        fate: what erasure does with what it holds of a person.
        without: of `ids`, returns a column's value without the person, the same value if it does
            not name them.
    """

    name: str
    store: Store
    by: By = "nobody"
    columns: tuple[str, ...] = ()
    fate: Fate = "keep"
    without: Callable[[Any, Named], Any] = _keep_whole

    def covers(self, name: str) -> bool:
        """Say whether a table or column of this name is meant."""
        return fnmatchcase(name, f"{self.name}*" if self.name.endswith("/") else self.name)
