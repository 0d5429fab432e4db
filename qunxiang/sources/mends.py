"""Messages mended by hand: what is to be read in the place of what came, which stays in the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from sqlalchemy import delete, insert, select

from qunxiang import clock
from qunxiang.engine import State, hash_strings
from qunxiang.sources.streams import Portion
from qunxiang.sources.tables import MESSAGE_MENDS


@dataclass(frozen=True)
class Mend:
    """A message as somebody mended it.

    Attributes:
        import_no: the import that is its day.
        row_no: its number in the stream log.
        raw: the JSON that stands in the place of what came.
        why: what the person said of it.
        author: who mended it.
        at: when.
    """

    import_no: int
    row_no: int
    raw: str
    why: str
    author: str
    at: str


@dataclass(frozen=True)
class Mended:
    """All mended messages as they stood at one moment."""

    mends: tuple[Mend, ...]

    @cached_property
    def raws(self) -> dict[int, bytes]:
        """What stands in the place of messages, by their numbers."""
        return {one.row_no: one.raw.encode() for one in self.mends}

    def numbers(self, import_no: int) -> set[int]:
        """Return which messages of a day are mended."""
        return {one.row_no for one in self.mends if one.import_no == import_no}

    @cached_property
    def marks(self) -> dict[int, int]:
        """For each day of which messages are mended, a mark of how; that of none is 0."""
        found: dict[int, list[tuple[int, str]]] = {}
        for one in self.mends:
            found.setdefault(one.import_no, []).append((one.row_no, one.at))
        if not found:
            return {}
        marks = hash_strings(pa.array([repr(sorted(told)) for told in found.values()]))
        return {number: int(mark) >> 1 for number, mark in zip(found, marks, strict=True)}

    def put(self, portion: Portion) -> Portion:
        """Return a portion with what stands in the place of its messages; the same if nothing does."""
        return put_mended(portion, self.raws)


class Mends:
    """The mended messages, by their numbers in the stream log."""

    def __init__(self, state: State) -> None:
        self._state = state

    def all(self) -> Mended:
        """Return every one, the newest first."""
        with self._state.reading() as connection:
            query = select(MESSAGE_MENDS).order_by(MESSAGE_MENDS.c.at.desc())
            return Mended(tuple(Mend(**row) for row in connection.execute(query).mappings()))

    def find(self, number: int) -> Mend | None:
        """Return what stands in the place of a message; None if it is as it came."""
        with self._state.reading() as connection:
            query = select(MESSAGE_MENDS).where(MESSAGE_MENDS.c.row_no == number)
            row = connection.execute(query).mappings().first()
            return None if row is None else Mend(**row)

    def put(self, import_no: int, number: int, raw: str, *, why: str, author: str) -> None:
        """Put something in the place of a message, or of what stood there by an earlier mend."""
        mine = MESSAGE_MENDS.c.row_no == number
        row = Mend(import_no, number, raw, why, author, clock.now().isoformat())
        with self._state.writing() as connection:
            connection.execute(delete(MESSAGE_MENDS).where(mine))
            connection.execute(insert(MESSAGE_MENDS).values(**vars(row)))

    def undo(self, number: int) -> bool:
        """Let a message be as it came; say whether it was mended."""
        with self._state.writing() as connection:
            mine = MESSAGE_MENDS.c.row_no == number
            return bool(connection.execute(delete(MESSAGE_MENDS).where(mine)).rowcount)


def put_mended(portion: Portion, raws: Mapping[int, bytes]) -> Portion:
    """Return a portion with what stands in the place of its messages; the same if nothing does."""
    if not raws:
        return portion
    numbers = portion.numbers()
    hit = np.isin(numbers, np.fromiter(raws, np.int64, len(raws)))
    if not hit.any():
        return portion
    batch = portion.messages
    texts, faults = batch.column("raw").to_pylist(), batch.column("fault").to_pylist()
    for place in np.flatnonzero(hit).tolist():
        texts[place], faults[place] = raws[int(numbers[place])], ""
    columns = {name: batch.column(name) for name in batch.schema.names}
    columns["raw"] = pa.array(texts, pa.binary())
    columns["fault"] = pa.array(faults, pa.string()).dictionary_encode()
    return Portion(portion.position, pa.RecordBatch.from_pydict(columns, schema=batch.schema))
