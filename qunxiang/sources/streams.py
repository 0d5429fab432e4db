"""The stream log: every message the intake took, as it came, durable before it is acknowledged.

A record is what one group commit made durable: an Arrow stream of one batch, a row for each
message. Several processes may write, each to segments of its own; whoever reads keeps, for each
segment, how many records it has had.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
import pyarrow as pa

from qunxiang.errors import QunxiangError
from qunxiang.sources.protocols.wire import Item
from qunxiang.sources.segments import (
    Position,
    SegmentWriter,
    is_done,
    list_segments,
    read_records,
    replace_segment,
)

# A message's number: its segment, its record in it, and its place in the record.
_SEGMENT, _RECORD = 43, 19
PLACES = 1 << _RECORD
_ASKED = "give-way"  # touched by whoever wants segments let go of
_WAIT_SECONDS = 15.0
SCHEMA = pa.schema(
    {
        "place": pa.int32(),  # in the record, from 0; it stays when others are erased
        "raw": pa.binary(),  # the JSON it came in
        "fault": pa.dictionary(pa.int32(), pa.string()),  # why it cannot be used; empty if it can
        "source": pa.dictionary(pa.int32(), pa.string()),
        "protocol": pa.dictionary(pa.int32(), pa.string()),
        "about": pa.dictionary(pa.int32(), pa.binary()),  # what holds for the whole request
        "received": pa.int64(),  # microseconds since 1970 UTC
    }
)


class Arrival(msgspec.Struct, kw_only=True):
    """The messages of one request, to be made durable together."""

    source: str
    protocol: str
    about: bytes
    received: int
    items: list[Item]
    faults: list[str]


def split_number(number: int) -> tuple[int, int, int]:
    """Return the segment, the record and the place that a message's number says."""
    record = (number >> _RECORD) & ((1 << (_SEGMENT - _RECORD)) - 1)
    return number >> _SEGMENT, record, number & (PLACES - 1)


@dataclass(frozen=True)
class Portion:
    """One record of the stream log: its messages in order, columns as in SCHEMA."""

    position: Position
    messages: pa.RecordBatch

    def numbers(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return the number of each message, the same whenever the log is read."""
        base = (self.position.segment << _SEGMENT) | (self.position.record << _RECORD)
        return self.messages.column("place").to_numpy().astype(np.int64) + base


class StreamLog(Protocol):
    """Where messages are made durable, and read again in order."""

    def append(self, arrivals: Sequence[Arrival]) -> None:
        """Make messages durable: when this returns they are, or it raises and none counts.

        Raises:
            QunxiangError: sources.log_full.
        """
        ...

    def read(self, read: Mapping[int, int]) -> Iterator[Portion]:
        """Yield what stands in the log beyond what was read, by segment its number of records."""
        ...

    def extent(self) -> list[tuple[int, int]]:
        """Return how much stands in each segment; it changes whenever something was added."""
        ...

    def rewrite(self, change: Callable[[Portion], pa.RecordBatch]) -> int:
        """Change records for good, as erasure does; return how many messages are gone."""
        ...

    def give_way(self) -> None:
        """Let go of what is written, if somebody waits to rewrite it; asked every second or so."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


@dataclass
class _Reading:
    """How far a segment was read: the records, and the bytes they take in its file."""

    file: int
    records: int = 0
    offset: int = 0


@dataclass
class FileLog:
    """A stream log of files in a folder."""

    folder: Path
    _writer: SegmentWriter | None = None
    _began: int = 0
    _places: dict[int, _Reading] = field(default_factory=dict[int, _Reading])

    def append(self, arrivals: Sequence[Arrival]) -> None:
        """Write a record, or several if there are too many messages for one, and sync them."""
        self.give_way()
        if self._writer is None:
            self._writer = SegmentWriter(self.folder)
            self._began = time.time_ns()
        for part in split_batch(batch_of(arrivals)):
            self._writer.write(pack(part))
        self._writer.commit()

    def give_way(self) -> None:
        """Let go of the segment that is written, if somebody wants to rewrite it."""
        if self._writer is not None and self._asked_at() >= self._began:
            self.close()

    def _asked_at(self) -> int:
        try:
            return (self.folder / _ASKED).stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def read(self, read: Mapping[int, int]) -> Iterator[Portion]:
        """Yield the records beyond those read, segment by segment."""
        for number, path in list_segments(self.folder):
            first = read.get(number, 0)
            now = path.stat()
            place = self._places.setdefault(number, _Reading(now.st_ino))
            if (place.file, place.records) != (now.st_ino, first):
                # Somebody else's position, or a file that erasure put here: count from the beginning.
                place.file, place.records, place.offset = now.st_ino, first, 0
            if place.offset and now.st_size == place.offset:
                continue
            for record, behind, payload in read_records(path, first, place.offset):
                with pa.ipc.open_stream(payload) as reader:
                    batch = reader.read_next_batch()
                place.records, place.offset = record + 1, behind
                yield Portion(Position(number, record), batch)

    def extent(self) -> list[tuple[int, int]]:
        """Return the bytes of each segment."""
        return [(number, path.stat().st_size) for number, path in list_segments(self.folder)]

    def rewrite(self, change: Callable[[Portion], pa.RecordBatch]) -> int:
        """Put changed segments in the place of the old ones, each once nobody writes to it.

        Raises:
            QunxiangError: sources.log_in_use, if a writer does not let go of its segment.
        """
        self.close()
        self._places.clear()
        gone = 0
        for number, path in list_segments(self.folder):
            removed, _ = _rewritten(number, path, change)
            if removed:
                self._wait_for(path)
                removed, records = _rewritten(number, path, change)
                replace_segment(path, records)
                gone += removed
        return gone

    def _wait_for(self, path: Path) -> None:
        until = time.monotonic() + _WAIT_SECONDS
        while not is_done(path):
            (self.folder / _ASKED).touch()
            if time.monotonic() > until:
                raise QunxiangError("sources.log_in_use", where=str(path))
            time.sleep(0.05)

    def close(self) -> None:
        """Let go of the segment that is written; the next message begins a new one."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def _rewritten(
    number: int, path: Path, change: Callable[[Portion], pa.RecordBatch]
) -> tuple[int, list[bytes | memoryview]]:
    """Return how many messages a change takes out of a segment, and the records that are left."""
    removed, records = 0, list[bytes | memoryview]()
    for record, _, payload in read_records(path, 0):
        with pa.ipc.open_stream(payload) as reader:
            before = reader.read_next_batch()
        after = change(Portion(Position(number, record), before))
        removed += before.num_rows - after.num_rows
        records.append(payload if after is before else pack(after))
    return removed, records


def batch_of(arrivals: Sequence[Arrival]) -> pa.RecordBatch:
    """Return messages as a batch of SCHEMA; what a request's messages share is written once."""
    counts = np.array([len(a.items) for a in arrivals], np.int64)
    request = np.repeat(np.arange(len(arrivals), dtype=np.int32), counts)
    raws = [item.raw for a in arrivals for item in a.items]
    faults = [fault for a in arrivals for fault in a.faults]

    def told(values: list[Any], kind: pa.DataType) -> pa.DictionaryArray:
        words = list(dict.fromkeys(values))
        place = {word: i for i, word in enumerate(words)}
        codes = np.array([place[value] for value in values], np.int32)[request]
        return pa.DictionaryArray.from_arrays(codes, pa.array(words, kind))

    arrays = [
        pa.array(np.arange(len(raws), dtype=np.int32)),
        pa.array(raws, pa.binary()),
        _words_of(faults),
        told([a.source for a in arrivals], pa.string()),
        told([a.protocol for a in arrivals], pa.string()),
        told([a.about for a in arrivals], pa.binary()),
        pa.array(np.array([a.received for a in arrivals], np.int64)[request]),
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def split_batch(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield a batch in records of no more messages than a message's number has places for."""
    if batch.num_rows <= PLACES:
        yield batch
        return
    for begin in range(0, batch.num_rows, PLACES):
        part = batch.slice(begin, PLACES)
        places = pa.array(np.arange(part.num_rows, dtype=np.int32))
        yield part.set_column(0, SCHEMA.field(0), places)


def _words_of(faults: list[str]) -> pa.DictionaryArray:
    if faults.count("") == len(faults):
        codes = np.zeros(len(faults), np.int32)
        return pa.DictionaryArray.from_arrays(codes, pa.array([""], pa.string()))
    return pa.array(faults, pa.string()).dictionary_encode()


def pack(batch: pa.RecordBatch) -> memoryview:
    """Return a batch as the bytes of a record; packing them would cost more than it saves here."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return memoryview(sink.getvalue())
