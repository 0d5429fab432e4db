"""Land files: read, write to the landing log, and note the import; or undo one."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import insert, select, update

from qunxiang import clock
from qunxiang.engine import State, run_ahead
from qunxiang.errors import Cancelled, QunxiangError
from qunxiang.settings import Settings
from qunxiang.sources.days import Days, is_stream
from qunxiang.sources.landing import LandingLog, Position
from qunxiang.sources.mends import Mends
from qunxiang.sources.origins import StreamDay
from qunxiang.sources.rows import BadRow, RawBatch
from qunxiang.sources.streams import StreamLog
from qunxiang.sources.tables import IMPORTS

ROW_NUMBER, RAW, CODE = "\0row", "\0raw", "\0code"
OF_IMPORT, OF_ROW = "_import", "_row"
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Import:
    """One import as the state store notes it."""

    number: int
    status: str
    file: str
    fingerprint: str
    source: str
    mapping: str
    mapping_version: int
    mends: int | None
    shape: dict[str, Any]
    begins: str
    ends: str
    rows: int
    bad_rows: int
    author: str
    at: str

    @property
    def withdraws(self) -> dict[int, int]:
        """How many rows of which imports it takes out of force: they are gone where they came from."""
        pull = self.shape.get("pull") or {}
        return {int(number): rows for number, rows in pull.get("withdraws", {}).items()}

    def overtakes(self, number: int) -> bool:
        """Say whether it stands in the place of rows of another import, or withdraws some."""
        return self.mends == number or number in self.withdraws


class Sources:
    """The room's doorway: the landing log and the list of imports."""

    def __init__(
        self, log: LandingLog, stream: StreamLog, state: State, settings: Settings
    ) -> None:
        self.log = log
        self.stream = stream
        self.days = Days(state, stream)
        self.mends = Mends(state)
        self._state = state
        self._settings = settings

    def recover(self) -> int:
        """Mark imports a crash left running as interrupted; return how many there were.

        What they landed stays in the log and is never loaded; importing the file again is safe.
        """
        running = IMPORTS.c.status == "running"
        with self._state.writing() as connection:
            done = connection.execute(update(IMPORTS).where(running).values(status="interrupted"))
            return int(done.rowcount)

    def find(self, fingerprint: str, mapping: str, version: int) -> Import | None:
        """Return the landed import of the same file by the same mapping, if there is one."""
        table = IMPORTS.c
        same = (table.fingerprint == fingerprint) & (table.mapping == mapping)
        return self._first(same & (table.mapping_version == version) & (table.status == "landed"))

    def get(self, number: int) -> Import:
        """Return an import; raise sources.no_import if there is none of that number."""
        found = self._first(IMPORTS.c.number == number)
        if found is None:
            raise QunxiangError("sources.no_import", number=number)
        return found

    def all(self) -> list[Import]:
        """Return every import, newest first."""
        with self._state.reading() as connection:
            query = select(IMPORTS).order_by(IMPORTS.c.number.desc())
            return [Import(**row) for row in connection.execute(query).mappings()]

    def landed(self) -> list[Import]:
        """Return the imports in force, oldest first."""
        with self._state.reading() as connection:
            query = select(IMPORTS).where(IMPORTS.c.status == "landed").order_by(IMPORTS.c.number)
            return [Import(**row) for row in connection.execute(query).mappings()]

    def land(
        self,
        batches: Iterator[RawBatch],
        note: dict[str, Any],
        *,
        progress: Progress = lambda _rows: None,
    ) -> Import:
        """Land every row of a file, good or bad, and acknowledge only when all are durable.

        Args:
            batches: the file's rows as read.
            note: file, fingerprint, source, mapping, mapping_version, mends, shape and author.
            progress: told the number of rows of each batch landed; it may raise Cancelled.

        Raises:
            QunxiangError: app.cancelled, or sources.log_full when the disk is full; in both cases
                nothing of the file will be loaded.
        """
        begins = self.log.end()
        number = self._begin(note, begins)
        rows = bad = 0
        try:
            with run_ahead(batches) as arriving:
                for batch in arriving:
                    self._check_space()
                    self.log.append(_with_numbers(batch))
                    if batch.bad:
                        self.log.append(_bad_batch(batch.bad))
                    rows += batch.rows.num_rows
                    bad += len(batch.bad)
                    progress(batch.rows.num_rows + len(batch.bad))
            ends = self.log.end()
            self.log.commit()
        except BaseException as error:
            status = "cancelled" if isinstance(error, Cancelled) else "interrupted"
            self._set(number, status=status)
            raise
        self._set(number, status="landed", ends=str(ends), rows=rows, bad_rows=bad)
        return self.get(number)

    def undo(self, number: int) -> Import:
        """Mark an import undone: the next refresh takes its rows out; the log keeps them."""
        if self.get(number).status != "landed":
            raise QunxiangError("sources.not_landed", number=number)
        self._set(number, status="undone")
        return self.get(number)

    def rows_of(self, one: Import) -> Iterator[RawBatch]:
        """Read an import back from the log, batch by batch, exactly as it landed.

        Rows that a later, landed import mends are left out: the mended row stands in their place.
        So are rows that one withdraws; itself, it names rows and holds none.
        """
        if one.withdraws:
            return
        left_out = self.overtaken(one.number)
        if is_stream(one.shape):
            for rows in self.days.rows(one.shape):
                yield rows.but(left_out) if left_out else rows
            return
        for _, batch in self.log.read(Position.parse(one.begins), Position.parse(one.ends)):
            unpacked = _unpacked(batch)
            yield unpacked.but(left_out) if left_out else unpacked

    def landed_rows(self, one: Import) -> Iterator[RawBatch]:
        """Read everything an import brought, whatever became of it: undone or mended rows, too."""
        if is_stream(one.shape):
            yield from self.days.rows(one.shape)
            return
        for _, batch in self.log.read(*self._span(one)):
            yield _unpacked(batch)

    def stream_days(self) -> dict[int, tuple[str, dt.date]]:
        """Return, by the numbers of the days of streams in force, the source and the date of each."""
        found = (i for i in self.landed() if is_stream(i.shape))
        told = {i.number: StreamDay.model_validate(i.shape["stream"]) for i in found}
        return {n: (t.source, dt.date.fromisoformat(t.day)) for n, t in told.items()}

    def undone_days(self) -> set[int]:
        """Return the numbers of the days of streams that were undone."""
        with self._state.reading() as connection:
            query = select(IMPORTS.c.number, IMPORTS.c.shape).where(IMPORTS.c.status == "undone")
            return {number for number, shape in connection.execute(query) if is_stream(shape)}

    def overtaken(self, number: int) -> set[int]:
        """Return the row numbers of an import that later imports have mended, or withdrawn."""
        rows: set[int] = set()
        for one in self.landed():
            if not one.overtakes(number):
                continue
            for _, batch in self.log.read(Position.parse(one.begins), Position.parse(one.ends)):
                unpacked = _unpacked(batch)
                told = withdrawn_of(unpacked, number) if one.withdraws else unpacked.row_numbers
                rows.update(told.to_pylist())
        return rows

    def erase(self, rows: dict[int, set[int]]) -> int:
        """Rewrite the log without the rows named, by import and row number; return how many went.

        Rows of later imports that mended one of them are named under those imports' numbers.
        """
        imports = {n: self.get(n) for n in rows}
        spans = {n: self._span(one) for n, one in imports.items() if not is_stream(one.shape)}
        messages = set[int]().union(*(rows[n] for n in imports.keys() - spans.keys()))
        gone = self.days.erase(messages) if messages else 0

        def without(place: Position, batch: pa.RecordBatch) -> pa.RecordBatch:
            for number, (begins, ends) in spans.items():
                if begins <= place < ends:
                    gone = pa.array(sorted(rows[number]), pa.int64())
                    hit = pc.is_in(batch.column(0), value_set=gone)
                    return batch.filter(pc.invert(hit)) if pc.any(hit).as_py() else batch
            return batch

        return gone + (self.log.rewrite(without) if spans else 0)

    def _span(self, one: Import) -> tuple[Position, Position]:
        begins, ends = Position.parse(one.begins), Position.parse(one.ends)
        if one.status in {"landed", "undone"}:
            return begins, ends
        # Of one that was broken off, what it landed reaches up to the next, or the segment's end.
        later = [Position.parse(i.begins) for i in self.all() if i.number > one.number]
        return begins, min([*later, Position(begins.segment + 1, 0)])

    def _check_space(self) -> None:
        free = shutil.disk_usage(self.log.folder).free >> 20
        if free < self._settings.min_free_mb:
            raise QunxiangError(
                "sources.log_full", where=str(self.log.folder), reason=f"{free} MB free"
            )

    def _begin(self, note: dict[str, Any], begins: Position) -> int:
        values = note | {
            "status": "running",
            "begins": str(begins),
            "ends": str(begins),
            "rows": 0,
            "bad_rows": 0,
            "at": clock.now().isoformat(),
        }
        with self._state.writing() as connection:
            done = connection.execute(insert(IMPORTS).values(**values))
            return int(done.inserted_primary_key[0])  # pyright: ignore[reportOptionalSubscript]

    def _set(self, number: int, **values: Any) -> None:
        with self._state.writing() as connection:
            connection.execute(update(IMPORTS).where(IMPORTS.c.number == number).values(**values))

    def _first(self, condition: Any) -> Import | None:
        with self._state.reading() as connection:
            query = select(IMPORTS).where(condition).order_by(IMPORTS.c.number.desc()).limit(1)
            row = connection.execute(query).mappings().first()
            return Import(**row) if row is not None else None


def withdrawal(first: int, places: list[tuple[int, int]]) -> RawBatch:
    """Return rows that name others, by import and row number, as being gone."""
    columns = {
        OF_IMPORT: pa.array([str(number) for number, _ in places], pa.string()),
        OF_ROW: pa.array([str(row) for _, row in places], pa.string()),
    }
    numbers = pa.array(range(first, first + len(places)), pa.int64())
    return RawBatch(first, pa.RecordBatch.from_pydict(columns), numbers)


def withdrawn_of(batch: RawBatch, number: int) -> pa.Int64Array:
    """Return the rows of one import that a withdrawal names."""
    mine = pc.equal(batch.rows.column(OF_IMPORT), str(number))
    return batch.rows.column(OF_ROW).filter(mine).cast(pa.int64())


def _with_numbers(batch: RawBatch) -> pa.RecordBatch:
    arrays = [batch.row_numbers, *batch.rows.columns]
    return pa.RecordBatch.from_arrays(arrays, names=[ROW_NUMBER, *batch.rows.schema.names])


def _bad_batch(bad: list[BadRow]) -> pa.RecordBatch:
    columns = {
        ROW_NUMBER: pa.array([b.row_number for b in bad], pa.int64()),
        RAW: pa.array([b.raw for b in bad], pa.string()),
        CODE: pa.array([b.code for b in bad], pa.string()),
    }
    return pa.RecordBatch.from_pydict(columns)


def _unpacked(batch: pa.RecordBatch) -> RawBatch:
    numbers = batch.column(0)
    first = numbers[0].as_py() if len(numbers) else 0
    if CODE in batch.schema.names:
        bad = [BadRow(r[ROW_NUMBER], r[RAW], r[CODE]) for r in batch.to_pylist()]
        empty = pa.RecordBatch.from_arrays([], names=[])
        return RawBatch(first, empty, pa.array([], pa.int64()), bad)
    rows = pa.RecordBatch.from_arrays(batch.columns[1:], names=batch.schema.names[1:])
    return RawBatch(first, rows, numbers, [])
