"""The landing log: every row as it came, durable before it is acknowledged; the truth.

The log is a folder of segments. A segment is a header and records; a record is its length, a
content hash and its bytes, an Arrow stream of one batch. Every process that writes begins a new
segment, so a record torn by a crash is always the last of its segment and hides nothing behind it.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import xxhash

from qunxiang.errors import QunxiangError

MAGIC = b"QXLOG001"
SEGMENT_BYTES = 256 << 20
RECORD = struct.Struct("<Q16s")


@dataclass(frozen=True, order=True)
class Position:
    """A place in the log: the segment's number and how many records stand before it there.

    Records are counted, not bytes, so that a segment can be rewritten without somebody's rows.
    """

    segment: int
    record: int

    def __str__(self) -> str:
        return f"{self.segment}:{self.record}"

    @classmethod
    def parse(cls, text: str) -> Position:
        """Read what `str` wrote."""
        segment, record = text.split(":")
        return cls(int(segment), int(record))


class LandingLog:
    """Appends batches durably and reads them back, each checked against its hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._out: IO[bytes] | None = None
        self._segment = 0
        self._count = 0

    def append(self, batch: pa.RecordBatch) -> Position:
        """Write one batch; it is durable once `commit` has returned. Return where it begins."""
        return self._write(_packed(batch))

    def commit(self) -> None:
        """Make everything appended so far durable."""
        if self._out is not None:
            self._out.flush()
            os.fdatasync(self._out.fileno())

    def close(self) -> None:
        """Commit and let go of the segment; the next append begins a new one."""
        if self._out is not None:
            self.commit()
            self._out.close()
            self._out = None

    def read(
        self, begin: Position, end: Position | None = None
    ) -> Iterator[tuple[Position, pa.RecordBatch]]:
        """Yield the batches from one place up to another, in order.

        A torn last record of a segment was never acknowledged and is passed over.

        Raises:
            QunxiangError: sources.log_damaged, where a record in the middle does not match its hash.
        """
        behind = begin
        for number, path in self.segments():
            if number < begin.segment or (end is not None and number > end.segment):
                continue
            first = begin.record if number == begin.segment else 0
            for record, payload in _records(path, first):
                place = Position(number, record)
                if end is not None and place >= end:
                    return
                with pa.ipc.open_stream(payload) as reader:
                    yield place, reader.read_next_batch()
                behind = Position(number, record + 1)
        if end is not None and end.record and behind < end:
            # It was acknowledged up to there: what is missing was not torn by a crash.
            raise QunxiangError(
                "sources.log_damaged", where=f"{self.folder}:{behind}", file=str(behind)
            )

    def rewrite(self, change: Callable[[Position, pa.RecordBatch], pa.RecordBatch]) -> int:
        """Change batches for good, as erasure does; return how many rows are gone.

        A changed segment takes the old one's place by an atomic rename once it is durable; one in
        which nothing changed is left as it is. No append may run beside it.
        """
        self.close()
        gone = 0
        for number, path in self.segments():
            removed, records = 0, list[bytes | memoryview]()
            for record, payload in _records(path, 0):
                with pa.ipc.open_stream(payload) as reader:
                    before = reader.read_next_batch()
                after = change(Position(number, record), before)
                removed += before.num_rows - after.num_rows
                records.append(payload if after is before else _packed(after))
            if removed:
                _replace_segment(path, records)
                gone += removed
        return gone

    def segments(self) -> list[tuple[int, Path]]:
        """Return the segments there are, oldest first."""
        return sorted((int(p.stem), p) for p in self.folder.glob("*.log"))

    def end(self) -> Position:
        """Return the place where the next record will begin."""
        if self._out is None:
            self._open_segment()
        assert self._out is not None
        return Position(self._segment, self._count)

    def _write(self, payload: memoryview) -> Position:
        if self._out is None or self._out.tell() > SEGMENT_BYTES:
            self.close()
            self._open_segment()
        assert self._out is not None
        place = Position(self._segment, self._count)
        try:
            self._out.write(RECORD.pack(payload.nbytes, xxhash.xxh3_128_digest(payload)))
            self._out.write(payload)
            self._out.flush()
            self._count += 1
        except OSError as error:
            raise QunxiangError(
                "sources.log_full", where=str(self.folder), reason=str(error)
            ) from error
        return place

    def _open_segment(self) -> None:
        numbers = [n for n, _ in self.segments()]
        self._segment, self._count = max(numbers, default=0) + 1, 0
        try:
            self._out = (self.folder / f"{self._segment:08d}.log").open("xb")
            self._out.write(MAGIC)
            self._out.flush()
            folder = os.open(self.folder, os.O_RDONLY)
        except OSError as error:
            raise QunxiangError(
                "sources.log_full", where=str(self.folder), reason=str(error)
            ) from error
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _packed(batch: pa.RecordBatch) -> memoryview:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, batch.schema, options=options) as writer:
        writer.write_batch(batch)
    return memoryview(sink.getvalue())


def _replace_segment(path: Path, records: list[bytes | memoryview]) -> None:
    temporary = path.with_suffix(".new")
    with temporary.open("wb") as out:
        out.write(MAGIC)
        for payload in records:
            out.write(RECORD.pack(len(payload), xxhash.xxh3_128_digest(payload)))
            out.write(payload)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)


def _records(path: Path, first: int) -> Iterator[tuple[int, bytes]]:
    size, offset, record = path.stat().st_size, len(MAGIC), 0
    with path.open("rb") as source:
        if size < len(MAGIC) or source.read(len(MAGIC)) != MAGIC:
            return
        while offset + RECORD.size <= size:
            source.seek(offset)
            length, digest = RECORD.unpack(source.read(RECORD.size))
            offset += RECORD.size + length
            if offset > size:
                return  # torn by a crash before it was acknowledged
            if record >= first:
                payload = source.read(length)
                if xxhash.xxh3_128_digest(payload) == digest:
                    yield record, payload
                elif offset < size:
                    raise QunxiangError(
                        "sources.log_damaged", where=f"{path}:{record}", file=path.name
                    )
            record += 1
