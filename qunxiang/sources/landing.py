"""The landing log: every row as it came, durable before it is acknowledged; the truth.

The log is a folder of segments. A segment is a header and records; a record is its length, a
content hash and its bytes, an Arrow stream of one batch. Every process that writes begins a new
segment, so a record torn by a crash is always the last of its segment and hides nothing behind it.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
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
    """A place in the log: the segment's number and the byte in it."""

    segment: int
    offset: int

    def __str__(self) -> str:
        return f"{self.segment}:{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Position:
        """Read what `str` wrote."""
        segment, offset = text.split(":")
        return cls(int(segment), int(offset))


class LandingLog:
    """Appends batches durably and reads them back, each checked against its hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._out: IO[bytes] | None = None
        self._segment = 0

    def append(self, batch: pa.RecordBatch) -> Position:
        """Write one batch; it is durable once `commit` has returned. Return where it begins."""
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.ipc.new_stream(sink, batch.schema, options=options) as writer:
            writer.write_batch(batch)
        return self._write(memoryview(sink.getvalue()))

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

    def read(self, begin: Position, end: Position | None = None) -> Iterator[tuple[Position, pa.RecordBatch]]:
        """Yield the batches from one place up to another, in order.

        A torn last record of a segment was never acknowledged and is passed over.

        Raises:
            QunxiangError: sources.log_damaged, where a record in the middle does not match its hash.
        """
        for number, path in self.segments():
            if number < begin.segment or (end is not None and number > end.segment):
                continue
            offset = begin.offset if number == begin.segment else len(MAGIC)
            for place, payload in _records(path, number, offset):
                if end is not None and place >= end:
                    return
                with pa.ipc.open_stream(payload) as reader:
                    yield place, reader.read_next_batch()

    def segments(self) -> list[tuple[int, Path]]:
        """Return the segments there are, oldest first."""
        return sorted((int(p.stem), p) for p in self.folder.glob("*.log"))

    def end(self) -> Position:
        """Return the place where the next record will begin."""
        if self._out is None:
            self._open_segment()
        assert self._out is not None
        return Position(self._segment, self._out.tell())

    def _write(self, payload: memoryview) -> Position:
        if self._out is None or self._out.tell() > SEGMENT_BYTES:
            self.close()
            self._open_segment()
        assert self._out is not None
        place = Position(self._segment, self._out.tell())
        try:
            self._out.write(RECORD.pack(payload.nbytes, xxhash.xxh3_128_digest(payload)))
            self._out.write(payload)
            self._out.flush()
        except OSError as error:
            raise QunxiangError("sources.log_full", where=str(self.folder), reason=str(error)) from error
        return place

    def _open_segment(self) -> None:
        numbers = [n for n, _ in self.segments()]
        self._segment = max(numbers, default=0) + 1
        try:
            self._out = (self.folder / f"{self._segment:08d}.log").open("xb")
            self._out.write(MAGIC)
            self._out.flush()
            folder = os.open(self.folder, os.O_RDONLY)
        except OSError as error:
            raise QunxiangError("sources.log_full", where=str(self.folder), reason=str(error)) from error
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _records(path: Path, number: int, offset: int) -> Iterator[tuple[Position, bytes]]:
    size = path.stat().st_size
    with path.open("rb") as source:
        if size < len(MAGIC) or source.read(len(MAGIC)) != MAGIC:
            return
        source.seek(offset)
        while offset + RECORD.size <= size:
            length, digest = RECORD.unpack(source.read(RECORD.size))
            after = offset + RECORD.size + length
            if after > size:
                return  # torn by a crash before it was acknowledged
            payload = source.read(length)
            if xxhash.xxh3_128_digest(payload) != digest:
                if after == size:
                    return
                raise QunxiangError("sources.log_damaged", where=f"{path}:{offset}", file=path.name)
            yield Position(number, offset), payload
            offset = after
