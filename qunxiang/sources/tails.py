"""The newest messages of the stream log, read as they land; whoever writes never waits for it.

A tail holds no lock and keeps no message. It notes how large each segment was when it began and reads
what comes behind; of what comes faster than it may read, only the newest.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from qunxiang.errors import QunxiangError
from qunxiang.sources.segments import MAGIC, RECORD, Position, list_segments, read_records
from qunxiang.sources.streams import Portion, split_number

MOST_BYTES = 4 << 20  # read at a time
_BEGIN = len(MAGIC)


@dataclass
class _Place:
    """How far a segment was followed: its file, its size then, and where its next record begins.

    While no record was looked for (`offset` 0) only what ends behind `size` is new.
    """

    file: int
    size: int
    records: int = 0
    offset: int = 0


@dataclass(frozen=True)
class _Whole:
    """A whole record of a segment: its number, where it begins, and its bytes with its head."""

    number: int
    begin: int
    bytes: int


@dataclass(frozen=True)
class News:
    """What came since the last look, oldest first; `more` if something was passed over."""

    portions: tuple[Portion, ...]
    more: bool = False


@dataclass
class FileTail:
    """The end of a stream log of files."""

    folder: Path
    most_bytes: int = MOST_BYTES
    _places: dict[int, _Place] = field(default_factory=dict[int, _Place])

    def newest(self, messages: int) -> News:
        """Return about so many of the newest messages, and begin behind them."""
        found: list[Portion] = []
        left, most = messages, self.most_bytes
        for number, path in reversed(list_segments(self.folder)):
            stat = path.stat()
            place = self._places[number] = _Place(stat.st_ino, stat.st_size)
            if left <= 0 or most <= 0:
                continue
            records = list(_walk(path, _BEGIN, 0))
            _move(place, records)
            for record in reversed(records):
                if left <= 0 or most <= 0:
                    break
                portion = _read(number, path, record)
                found.append(portion)
                left -= portion.messages.num_rows
                most -= record.bytes
        return News(tuple(sorted(found, key=_received)))

    def more(self) -> News:
        """Return what came since the last look."""
        found: list[Portion] = []
        passed, most = False, self.most_bytes
        for number, path in reversed(list_segments(self.folder)):
            for record in reversed(self._new(number, path)):
                if most <= 0:
                    passed = True
                    break
                found.append(_read(number, path, record))
                most -= record.bytes
        return News(tuple(sorted(found, key=_received)), passed)

    def _new(self, number: int, path: Path) -> list[_Whole]:
        """Return the whole records of a segment that were not there before."""
        stat = path.stat()
        place = self._places.get(number)
        if place is None:
            place = self._places[number] = _Place(stat.st_ino, 0, 0, _BEGIN)
        if place.file != stat.st_ino:  # erasure put another file in its place, with as many records
            records = list(_walk(path, _BEGIN, 0))
            new = [r for r in records if place.offset and r.number >= place.records]
        elif place.size == stat.st_size:
            return []
        elif place.offset:
            records = new = list(_walk(path, place.offset, place.records))
        else:
            records = list(_walk(path, _BEGIN, 0))
            new = [r for r in records if r.begin + r.bytes > place.size]
        place.file, place.size = stat.st_ino, stat.st_size
        _move(place, records)
        return new


def read_message(folder: Path, number: int) -> Portion | None:
    """Return a message by its number, alone in its portion; None if it is there no more."""
    segment, record, place = split_number(number)
    path = folder / f"{segment:08d}.log"
    if not path.exists():
        return None
    for _, _, payload in read_records(path, record):
        messages = _unpack(payload)
        mine = pa.compute.equal(messages.column("place"), place)
        alone = messages.filter(mine)
        return Portion(Position(segment, record), alone) if alone.num_rows else None
    return None


def _walk(path: Path, offset: int, number: int) -> Iterator[_Whole]:
    """Yield the whole records of a segment from an offset on, without reading what they hold."""
    with path.open("rb") as source:
        size = os.fstat(source.fileno()).st_size
        if size < offset + RECORD.size:
            return
        with mmap.mmap(source.fileno(), size, access=mmap.ACCESS_READ) as held:
            if held[:_BEGIN] != MAGIC:
                return
            at = offset
            while at + RECORD.size <= size:
                length, _ = RECORD.unpack_from(held, at)
                whole = RECORD.size + length
                if at + whole > size:
                    return
                yield _Whole(number, at, whole)
                at, number = at + whole, number + 1


def _move(place: _Place, records: list[_Whole]) -> None:
    if records:
        last = records[-1]
        place.records, place.offset = last.number + 1, last.begin + last.bytes
    elif not place.offset and place.size <= _BEGIN:
        place.offset = _BEGIN


def _read(segment: int, path: Path, record: _Whole) -> Portion:
    for number, _, payload in read_records(path, record.number, record.begin):
        return Portion(Position(segment, number), _unpack(payload))
    raise QunxiangError("sources.log_damaged", where=str(path), file=path.name)


def _unpack(payload: bytes) -> pa.RecordBatch:
    with pa.ipc.open_stream(payload) as reader:
        return reader.read_next_batch()


def _received(portion: Portion) -> tuple[int, Position]:
    received = portion.messages.column("received")
    return (received[0].as_py() if len(received) else 0, portion.position)
