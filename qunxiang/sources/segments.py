"""Segments: files of records, each with its length and a hash of its bytes, only ever added to.

A segment is the 8 bytes `QXLOG001` and then records; a record is its length (8 bytes, little
endian), the XXH3-128 hash of its bytes, and its bytes. Every process that writes begins a segment
of its own and holds a lock on it while it may still write, so a record torn by a crash is always
the last of its segment and hides nothing behind it, and whoever reads knows which segments are done.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import xxhash

from qunxiang.errors import QunxiangError

MAGIC = b"QXLOG001"
SEGMENT_BYTES = 256 << 20
RECORD = struct.Struct("<Q16s")


@dataclass(frozen=True, order=True)
class Position:
    """A place in a log: the segment's number and how many records stand before it there.

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


class SegmentWriter:
    """Adds records to segments of its own."""

    def __init__(self, folder: Path, most_bytes: int = SEGMENT_BYTES) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._most = most_bytes
        self._out: IO[bytes] | None = None
        self._segment = 0
        self._count = 0

    def write(self, payload: bytes | memoryview) -> Position:
        """Add a record; it is durable once `commit` has returned. Return where it begins.

        Raises:
            QunxiangError: sources.log_full.
        """
        if self._out is None or self._out.tell() > self._most:
            self.close()
            self._open()
        assert self._out is not None
        place = Position(self._segment, self._count)
        try:
            self._out.write(RECORD.pack(len(payload), xxhash.xxh3_128_digest(payload)))
            self._out.write(payload)
            self._out.flush()
            self._count += 1
        except OSError as error:
            # What stands behind a torn record is never read: the next goes to another segment.
            out, self._out = self._out, None
            _close_quietly(out)
            raise _full(self.folder, error) from error
        return place

    def commit(self) -> None:
        """Make everything written so far durable.

        Raises:
            QunxiangError: sources.log_full; what was written since the last commit may be lost.
        """
        if self._out is None:
            return
        try:
            self._out.flush()
            os.fdatasync(self._out.fileno())
        except OSError as error:
            # After a failed sync the kernel may have dropped the pages: this segment is over.
            out, self._out = self._out, None
            _close_quietly(out)
            raise _full(self.folder, error) from error

    def close(self) -> None:
        """Commit and let go of the segment; the next record begins a new one."""
        if self._out is not None:
            self.commit()
            assert self._out is not None
            self._out.close()
            self._out = None

    def end(self) -> Position:
        """Return the place where the next record will begin."""
        if self._out is None:
            self._open()
        return Position(self._segment, self._count)

    def _open(self) -> None:
        try:
            number = max((n for n, _ in list_segments(self.folder)), default=0) + 1
            while True:
                try:
                    out = (self.folder / f"{number:08d}.log").open("xb")
                    break
                except FileExistsError:  # another process was quicker
                    number += 1
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
            out.write(MAGIC)
            out.flush()
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise _full(self.folder, error) from error
        self._out, self._segment, self._count = out, number, 0


def list_segments(folder: Path) -> list[tuple[int, Path]]:
    """Return the segments there are, oldest first."""
    return sorted((int(p.stem), p) for p in folder.glob("*.log"))


def is_done(path: Path) -> bool:
    """Say whether nobody will write to a segment any more."""
    with path.open("rb") as source:
        try:
            fcntl.flock(source, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        # Between its making and its lock a segment is empty; it is done once it is more than that.
        return path.stat().st_size >= len(MAGIC)


def read_records(path: Path, first: int, offset: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Yield the records of a segment: number, the offset behind it, and its bytes.

    A record that is not whole yet, or was torn by a crash, ends the reading.

    Args:
        path: the segment.
        first: the number of the first record wanted.
        offset: where record `first` begins, if that is known; 0 to count from the beginning.

    Raises:
        QunxiangError: sources.log_damaged, where a record in the middle does not match its hash.
    """
    size, record = path.stat().st_size, first if offset else 0
    with path.open("rb") as source:
        if size < len(MAGIC) or source.read(len(MAGIC)) != MAGIC:
            return
        at = offset or len(MAGIC)
        while at + RECORD.size <= size:
            source.seek(at)
            length, digest = RECORD.unpack(source.read(RECORD.size))
            at += RECORD.size + length
            if at > size:
                return
            if record >= first:
                payload = source.read(length)
                if xxhash.xxh3_128_digest(payload) == digest:
                    yield record, at, payload
                elif at < size:
                    raise QunxiangError(
                        "sources.log_damaged", where=f"{path}:{record}", file=path.name
                    )
            record += 1


def replace_segment(path: Path, records: list[bytes | memoryview]) -> None:
    """Put other records in a segment's place, by an atomic rename once they are durable."""
    temporary = path.with_suffix(".new")
    with temporary.open("wb") as out:
        out.write(MAGIC)
        for payload in records:
            out.write(RECORD.pack(len(payload), xxhash.xxh3_128_digest(payload)))
            out.write(payload)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)


def _close_quietly(out: IO[bytes]) -> None:
    with contextlib.suppress(OSError):
        out.close()


def _full(folder: Path, error: OSError) -> QunxiangError:
    return QunxiangError("sources.log_full", where=str(folder), reason=str(error))
