"""The landing log: every row as it came, durable before it is acknowledged; the truth.

The log is a folder of segments. A segment is a header and records; a record is its length, a
content hash and its bytes, an Arrow stream of one batch. Every process that writes begins a new
segment, so a record torn by a crash is always the last of its segment and hides nothing behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa

from qunxiang.errors import QunxiangError
from qunxiang.sources.segments import (
    Position,
    SegmentWriter,
    list_segments,
    read_records,
    replace_segment,
)


class LandingLog:
    """Appends batches durably and reads them back, each checked against its hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writer = SegmentWriter(folder)

    def append(self, batch: pa.RecordBatch) -> Position:
        """Write one batch; it is durable once `commit` has returned. Return where it begins."""
        return self._writer.write(_packed(batch))

    def commit(self) -> None:
        """Make everything appended so far durable."""
        self._writer.commit()

    def close(self) -> None:
        """Commit and let go of the segment; the next append begins a new one."""
        self._writer.close()

    def end(self) -> Position:
        """Return the place where the next record will begin."""
        return self._writer.end()

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
            for record, _, payload in read_records(path, first):
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
            for record, _, payload in read_records(path, 0):
                with pa.ipc.open_stream(payload) as reader:
                    before = reader.read_next_batch()
                after = change(Position(number, record), before)
                removed += before.num_rows - after.num_rows
                records.append(payload if after is before else _packed(after))
            if removed:
                replace_segment(path, records)
                gone += removed
        return gone

    def segments(self) -> list[tuple[int, Path]]:
        """Return the segments there are, oldest first."""
        return list_segments(self.folder)


def _packed(batch: pa.RecordBatch) -> memoryview:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, batch.schema, options=options) as writer:
        writer.write_batch(batch)
    return memoryview(sink.getvalue())
