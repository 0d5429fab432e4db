"""Changes: what is added to numbers and lists and what is cleared, folded in the order of time.

A field that nobody ever adds to has the value that its preference chooses, of those said after it
was last cleared. One that is added to follows time alone: what was set last, and every change after
it. The order in which rows were read decides only between rows of one instant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qunxiang.engine import Column
from qunxiang.profiles.survivorship import Rows

Places = NDArray[np.int64]
Flags = NDArray[np.bool_]
_NEVER = np.iinfo(np.int64).min
_LISTS = ("append", "union", "remove")


@dataclass(frozen=True)
class Changes:
    """The changes among the rows in force.

    Args:
        rows: the rows.
        said: when each was said, microseconds; of those that count once, too.
        does: what each does; null for those that set fields.
        cleared: by field, the rows that clear it.
    """

    rows: Rows
    said: NDArray[np.int64]
    does: pl.Series
    cleared: dict[str, Places]

    @classmethod
    def of(
        cls, rows: Rows, said: NDArray[np.int64], does: pl.Series, cleared: pl.Series
    ) -> Changes | None:
        """Return the changes among rows, None if all of them only set fields."""
        if does.null_count() == len(does):
            return None
        named = pl.DataFrame({"place": np.arange(len(does)), "field": cleared}).explode("field")
        by_field = {
            str(name): part["place"].to_numpy()
            for (name,), part in named.drop_nulls().group_by("field")
        }
        return cls(rows, said, does, by_field)

    def standing(self, field: str, known: Flags) -> Flags:
        """Return which values still stand: those said after the field was last cleared."""
        deleted = np.flatnonzero(self._does("delete"))
        clears = np.concatenate([self.cleared.get(field, np.zeros(0, np.int64)), deleted])
        clears = clears[self.rows.person[clears] >= 0]
        if not clears.size:
            return known
        last = self._last(clears, self.said)
        return known & _after(self.rows.person, self.said, last, self.said)

    def plain(self) -> Flags:
        """Return which rows set fields."""
        return self.does.is_null().to_numpy()

    def fold(self, column: Column, known: Flags, people: int) -> tuple[Column, Places] | None:
        """Return a field's value for each person, and the row that changed it last.

        Args:
            column: the field's value in each row.
            known: which of them stand.
            people: how many person numbers there are.

        Returns:
            None if nothing is ever added to the field, or taken out of it.
        """
        mine = known & (self.rows.person >= 0)
        names = _LISTS if column.offsets is not None else ("add",)
        changing = mine & self._does(*names)
        if not changing.any():
            return None
        base = self._last(np.flatnonzero(mine & self.plain()), self.rows.at, people)
        later = changing & _after(self.rows.person, self.rows.at, base, self.rows.at)
        steps = self._in_time(np.flatnonzero(later), self.rows.at)
        winner = base.copy()
        winner[self.rows.person[steps]] = steps
        if column.offsets is None:
            return self._sum(column, base, steps), winner
        return self._unite(column, base, steps), winner

    def _sum(self, column: Column, base: Places, steps: Places) -> Column:
        begun = base >= 0
        total = np.zeros(base.size, column.values.dtype)
        total[begun] = column.values[base[begun]]
        person = self.rows.person[steps]
        np.add.at(total, person, column.values[steps])
        begun[person] = True
        total[~begun] = column.unknown()
        return replace(column, values=total)

    def _unite(self, column: Column, base: Places, steps: Places) -> Column:
        """Return lists: a word is on one if what was said of it last did not take it off."""
        assert column.offsets is not None
        rows = np.concatenate([base[base >= 0], steps])
        taken = column.take(rows)
        assert taken.offsets is not None
        sizes = np.diff(taken.offsets)
        mentions = pl.DataFrame(
            {
                "person": np.repeat(self.rows.person[rows], sizes).astype(np.int64),
                "word": taken.values,
                "out": np.repeat(self._does("remove")[rows], sizes),
            }
        ).with_row_index("turn")
        last = (
            mentions.group_by("person", "word")
            .agg(pl.col("turn").min(), pl.col("out").last())
            .filter(~pl.col("out"))
            .sort("person", "turn")
        )
        counts = np.bincount(last["person"].to_numpy(), minlength=base.size)
        offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        return replace(column, values=last["word"].to_numpy(), offsets=offsets)

    def _does(self, *names: str) -> Flags:
        return self.does.is_in(list(names)).fill_null(value=False).to_numpy()

    @staticmethod
    def _in_time(places: Places, at: NDArray[np.int64]) -> Places:
        return places[np.lexsort((places, at[places]))]

    def _last(self, places: Places, at: NDArray[np.int64], people: int = 0) -> Places:
        """Return the latest of some rows for each person, -1 where there is none."""
        ordered = self._in_time(places, at)
        size = max(people, int(self.rows.person.max(initial=-1)) + 1)
        last = np.full(size, -1, np.int64)
        last[self.rows.person[ordered]] = ordered  # of several, the last one stays
        return last


def _after(person: NDArray[Any], at: NDArray[np.int64], last: Places, when: NDArray[Any]) -> Flags:
    """Say which rows come after a row of the same person; all do where there is no such row."""
    if not last.size:
        return np.ones(person.size, np.bool_)
    mark = np.where(person >= 0, last[person], -1)
    then = np.where(mark >= 0, when[mark], _NEVER)
    return (mark < 0) | (at > then) | ((at == then) & (np.arange(person.size) > mark))
