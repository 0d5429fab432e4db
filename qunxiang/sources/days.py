"""A day of a source's stream counts as an import: it can be looked at, undone and erased from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import insert, select, update

from qunxiang import clock
from qunxiang.engine import State
from qunxiang.sources.guesses import EVENTS
from qunxiang.sources.mappings import ColumnMapping, MappingDefinition
from qunxiang.sources.origins import StreamDay
from qunxiang.sources.rows import RawBatch
from qunxiang.sources.shapes import FileShape
from qunxiang.sources.streams import Portion, StreamLog
from qunxiang.sources.tables import IMPORTS

DAY = 86_400 * 1_000_000
STREAM = "stream"
MESSAGE = "message"
_NOWHERE = "0:0"
# Messages have no one mapping: what their columns mean is found in the catalog as they come.
MESSAGES = MappingDefinition(
    name="messages",
    zh="消息",
    en="Messages",
    source=STREAM,
    rows=EVENTS,
    columns=(ColumnMapping(column=MESSAGE, to=None, because="unused"),),
)


def is_stream(shape: dict[str, Any]) -> bool:
    """Say whether an import, by its shape, is a day of a stream."""
    return shape.get("stream") is not None


class Days:
    """The days of all streams, by their import numbers."""

    def __init__(self, state: State, log: StreamLog) -> None:
        self._state = state
        self._log = log
        self._numbers: dict[tuple[str, int], int] = {}

    def number(self, source: str, received: int) -> int:
        """Return the import number of the day on which a message was received, making it if need be."""
        day = received // DAY
        found = self._numbers.get((source, day))
        if found is None:
            found = self._find(source, day)
            self._numbers[source, day] = found
        return found

    def _find(self, source: str, day: int) -> int:
        """Return the number under which the day is noted in the state store."""
        date = datetime.fromtimestamp(day * 86_400, UTC).date().isoformat()
        shape = FileShape(
            format="stream", columns=(MESSAGE,), stream=StreamDay(source=source, day=date)
        )
        fingerprint = f"{STREAM}:{source}:{date}"
        with self._state.writing() as connection:
            query = select(IMPORTS.c.number).where(IMPORTS.c.fingerprint == fingerprint)
            row = connection.execute(query).first()
            if row is not None:
                return int(row[0])
            values = {
                "status": "landed",
                "file": f"{source} {date}",
                "fingerprint": fingerprint,
                "source": source,
                "mapping": MESSAGES.name,
                "mapping_version": 0,
                "mends": None,
                "shape": shape.model_dump(mode="json", exclude={"top", "rows_seen"}),
                "begins": _NOWHERE,
                "ends": _NOWHERE,
                "rows": 0,
                "bad_rows": 0,
                "author": "intake",
                "at": clock.now().isoformat(),
            }
            done = connection.execute(insert(IMPORTS).values(**values))
            return int(done.inserted_primary_key[0])  # pyright: ignore[reportOptionalSubscript]

    def count(self, number: int, rows: int, aside: int) -> None:
        """Note how many rows a day has brought so far, and how many were set aside."""
        with self._state.writing() as connection:
            day = update(IMPORTS).where(IMPORTS.c.number == number)
            connection.execute(day.values(rows=rows, bad_rows=aside))

    def portions(self, shape: dict[str, Any]) -> Iterator[Portion]:
        """Yield the messages of a day of a stream."""
        told = StreamDay.model_validate(shape[STREAM])
        begin = datetime.fromisoformat(told.day).replace(tzinfo=UTC).timestamp() * 1_000_000
        for portion in self._log.read({}):
            received = portion.messages.column("received")
            mine = pc.and_(
                pc.and_(pc.greater_equal(received, begin), pc.less(received, begin + DAY)),
                pc.equal(portion.messages.column("source").cast(pa.string()), told.source),
            )
            if pc.any(mine).as_py():
                yield Portion(portion.position, portion.messages.filter(mine))

    def rows(self, shape: dict[str, Any]) -> Iterator[RawBatch]:
        """Yield the messages of a day as rows of one column, the JSON they came in."""
        for portion in self.portions(shape):
            raw = portion.messages.column("raw")
            texts = [text.decode("utf-8", "backslashreplace") for text in raw.to_pylist()]
            rows = pa.RecordBatch.from_arrays([pa.array(texts, pa.string())], [MESSAGE])
            numbers = portion.numbers()
            yield RawBatch(int(numbers[0]), rows, pa.array(numbers))

    def erase(self, gone: set[int]) -> int:
        """Take messages out of the log for good, by their numbers; return how many went."""
        wanted = np.array(sorted(gone), np.int64)

        def without(portion: Portion) -> pa.RecordBatch:
            hit = np.isin(portion.numbers(), wanted)
            return portion.messages.filter(pa.array(~hit)) if hit.any() else portion.messages

        return self._log.rewrite(without)
