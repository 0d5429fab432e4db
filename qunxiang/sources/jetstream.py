"""The stream log on NATS JetStream: a record is a message of a stream, its sequence the position.

A record too large for one message is sent in pieces before it; it exists once the last message does,
which names the others. What erasure changed stands in a second stream, under the record's sequence,
since nothing can be put in a message's place: it is durable there before the original goes.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from qunxiang.errors import QunxiangError
from qunxiang.sources.jetstore import RECORDS, Store, position_of, sequence_of
from qunxiang.sources.streams import Arrival, Portion, batch_of, pack, split_batch, split_number
from qunxiang.sources.tails import News

if TYPE_CHECKING:
    from qunxiang.sources.link import Link

_ORPHAN_SECONDS = 600  # after which a piece without its record will not get one any more
_MOST_NEW = 256  # records that a tail reads at once


@dataclass
class JetStreamLog:
    """A stream log in a NATS server.

    Args:
        link: the connection.
        name: of the stream.
        folder: where it is noted that this workspace's log is there.
    """

    link: Link
    name: str
    folder: Path
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.link, self.name, self.folder)

    def append(self, arrivals: Sequence[Arrival]) -> None:
        """Return once the server has acknowledged everything; it is to sync before it does.

        Raises:
            QunxiangError: sources.log_full, if it cannot be reached or takes nothing.
        """
        try:
            self.store.make()
            for part in split_batch(batch_of(arrivals)):
                self.store.put(bytes(pack(part)))
        except QunxiangError as error:
            if error.code != "sources.log_away":
                raise
            where, reason = self.link.where, str(error)
            raise QunxiangError("sources.log_full", where=where, reason=reason) from error

    def give_way(self) -> None:
        """Do nothing: nobody holds anything that erasure waits for."""

    def close(self) -> None:
        """Do nothing: the connection is the workspace's."""

    def extent(self) -> list[tuple[int, int]]:
        """Return how many records each segment may hold, as far as it was written."""
        last = self.store.last()
        if not last:
            return []
        end = position_of(last)
        return [*((n, RECORDS) for n in range(end.segment)), (end.segment, end.record + 1)]

    def read(self, read: Mapping[int, int]) -> Iterator[Portion]:
        """Yield the records beyond those read, in the order in which the server took them."""
        last = self.store.last()
        for segment in range(position_of(last).segment + 1) if last else ():
            begin = max(1, sequence_of(segment, read.get(segment, 0)))
            yield from self.between(begin, min(last, sequence_of(segment + 1, 0) - 1))

    def between(self, begin: int, end: int) -> Iterator[Portion]:
        """Yield the records from one sequence to another."""
        if begin > end:
            return
        at = begin
        for found in self.store.messages(begin, end):
            # Asked after they were fetched: of what erasure has taken since, something stands there.
            moved = self.store.moved()
            for one in found:
                yield from self._instead(moved, at, one.sequence)
                at = one.sequence + 1
                if not one.is_piece and not _has(moved, one.sequence):
                    yield _portion(one.sequence, self.store.whole(one))
        yield from self._instead(self.store.moved(), at, end)

    def _instead(self, moved: list[int], begin: int, end: int) -> Iterator[Portion]:
        """Yield what stands elsewhere for records of a range."""
        for sequence in moved[bisect_left(moved, begin) : bisect_left(moved, end + 1)]:
            raw = self.store.instead(sequence)
            if raw is not None:
                yield _portion(sequence, raw)

    def rewrite(self, change: Callable[[Portion], pa.RecordBatch]) -> int:
        """Change records for good: the new one is durable before the old one is overwritten.

        A kill in between leaves both, of which the new one counts; the next change of anything
        takes the old one away.
        """
        store, gone = self.store, 0
        last = store.last()
        if not last:
            return 0
        store.make()
        for one in store.left_over():
            store.erase(one)
        before = list(store.moved())
        named, pieces = set[int](), dict[int, float]()
        for found in store.messages(1, last):
            for one in found:
                if one.is_piece:
                    pieces[one.sequence] = one.at
                    continue
                portion = _portion(one.sequence, store.whole(one))
                after = change(portion)
                if after is portion.messages:
                    named.update(one.pieces)
                    continue
                gone += portion.messages.num_rows - after.num_rows
                if after.num_rows:
                    store.move(one.sequence, bytes(pack(after)))
                store.erase(one)
        self._sweep(pieces, named)
        return gone + sum(self._change_again(sequence, change) for sequence in before)

    def _change_again(self, sequence: int, change: Callable[[Portion], pa.RecordBatch]) -> int:
        """Change a record that stands elsewhere already; return how many messages are gone."""
        raw = self.store.instead(sequence)
        if raw is None:
            return 0
        portion = _portion(sequence, raw)
        after = change(portion)
        if after is portion.messages:
            return 0
        if after.num_rows:
            self.store.move(sequence, bytes(pack(after)))
        else:
            self.store.drop(sequence)
        return portion.messages.num_rows - after.num_rows

    def _sweep(self, pieces: Mapping[int, float], named: set[int]) -> None:
        """Take away pieces whose record never came: somebody was killed while sending them."""
        old = time.time() - _ORPHAN_SECONDS
        for sequence, at in pieces.items():
            if sequence not in named and at < old:
                self.store.erase_piece(sequence)


@dataclass
class JetStreamTail:
    """The end of a stream log in a NATS server; see FileTail."""

    log: JetStreamLog
    _at: int = 0

    def newest(self, messages: int) -> News:
        """Return about so many of the newest messages, and begin behind them."""
        self._at = last = self.log.store.last()
        back, found = 16, list[Portion]()
        while last:
            found = list(self.log.between(max(1, last - back + 1), last))
            if sum(p.messages.num_rows for p in found) >= messages or back >= min(last, _MOST_NEW):
                break
            back *= 4
        return News(tuple(found))

    def more(self) -> News:
        """Return what came since the last look."""
        last, begin = self.log.store.last(), self._at + 1
        self._at = last
        first = max(begin, last - _MOST_NEW + 1)
        return News(tuple(self.log.between(first, last)), first > begin)


def find_message(log: JetStreamLog, number: int) -> Portion | None:
    """Return a message by its number, alone in its portion; None if it is there no more."""
    segment, record, place = split_number(number)
    sequence = sequence_of(segment, record)
    if not 0 < sequence <= log.store.last():
        return None
    for portion in log.between(sequence, sequence):
        mine = pa.compute.equal(portion.messages.column("place"), place)
        alone = portion.messages.filter(mine)
        return Portion(portion.position, alone) if alone.num_rows else None
    return None


def _has(ordered: list[int], one: int) -> bool:
    place = bisect_left(ordered, one)
    return place < len(ordered) and ordered[place] == one


def _portion(sequence: int, raw: bytes) -> Portion:
    with pa.ipc.open_stream(raw) as reader:
        return Portion(position_of(sequence), reader.read_next_batch())
