"""Two streams of a NATS server: what was appended, and what erasure put elsewhere under its sequence."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.segments import Position, list_segments

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.js.api import RawStreamMsg

    from qunxiang.sources.link import Link

RECORDS = 1 << 24  # that a segment's number has places for
MARK = "jetstream"  # the file that says the log is there, and not in this folder
_PIECES = "Qunxiang-Pieces"  # the header that names a record's pieces
_AT_ONCE = 32  # messages that are fetched together
_SENT_AT_ONCE = 8
_FOR_HEADERS = 64 << 10


def position_of(sequence: int) -> Position:
    """Return a message's place in the log by its sequence in the stream."""
    return Position(sequence // RECORDS, sequence % RECORDS)


def sequence_of(segment: int, record: int) -> int:
    """Return the sequence in the stream by the place in the log."""
    return segment * RECORDS + record


@dataclass(frozen=True)
class Stored:
    """A message of the stream: a record, or a piece of one.

    Attributes:
        sequence: its own.
        data: its bytes.
        pieces: the sequences of those that stand before its bytes.
        is_piece: whether another message names it.
        at: when the server took it, seconds since 1970.
    """

    sequence: int
    data: bytes
    pieces: tuple[int, ...]
    is_piece: bool
    at: float


@dataclass
class Store:
    """The streams of a workspace's log.

    Args:
        link: the connection.
        name: of the stream; that of what erasure changed is called after it.
        folder: where it is noted that the log is there.
    """

    link: Link
    name: str
    folder: Path
    _made: bool = False
    _moved_last: int = -1
    _moved: list[int] = field(default_factory=list[int])

    @property
    def _aside(self) -> str:
        return f"{self.name}_mended"

    def make(self) -> None:
        """Make the streams when something is first written; see that they drop nothing.

        Raises:
            QunxiangError: sources.log_elsewhere, if messages stand in files; sources.log_gone, if
                the streams were there and are no more; sources.log_unsafe.
        """
        if self._made:
            return
        if list_segments(self.folder):
            raise QunxiangError("sources.log_elsewhere", there=str(self.folder))
        for name in (self.name, self._aside):
            if self._config(name) is None:
                if (self.folder / MARK).exists():
                    raise QunxiangError("sources.log_gone", name=name, server=self.link.where)
                self.link.ask(_maker(name))
            self._check(name, self._config(name))
        self._mark()
        self._made = True

    def _config(self, name: str) -> Any:
        info = self._info(name)
        return None if info is None else info["config"]

    def _check(self, name: str, config: Any) -> None:
        bounded = any(config.get(k, -1) > 0 for k in ("max_msgs", "max_bytes", "max_age"))
        bounded = bounded or config.get("max_msgs_per_subject", -1) > 0
        keeps = config["retention"] == "limits" and config["storage"] == "file"
        if bounded or not keeps or config["discard"] != "new":
            raise QunxiangError("sources.log_unsafe", name=name, server=self.link.where)

    def _mark(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / MARK).open("w", encoding="utf-8") as out:
            out.write(f"{self.name}\n")
            out.flush()
            os.fsync(out.fileno())

    def _info(self, name: str, **asked: Any) -> Any:
        """Return what the server tells of a stream; None if there is none."""
        found = self._call(f"STREAM.INFO.{name}", asked)
        if "error" not in found:
            return found
        if found["error"].get("code") == 404:
            return None
        raise _away(self.link, found["error"])

    def _call(self, what: str, asked: Any) -> Any:
        async def call(client: Client) -> Any:
            reply = await client.request(f"$JS.API.{what}", msgspec.json.encode(asked), timeout=5)
            return msgspec.json.decode(reply.data)

        return self.link.ask(call)

    def last(self) -> int:
        """Return the sequence of the newest message; 0 if nothing was ever written."""
        info = self._info(self.name)
        if info is None:
            if (self.folder / MARK).exists():
                raise QunxiangError("sources.log_gone", name=self.name, server=self.link.where)
            return 0
        return int(info["state"]["last_seq"])

    # ── writing ──────────────────────────────────────────────────────────────────────────────────

    def put(self, raw: bytes) -> None:
        """Add a record; it is durable when this returns."""
        self.link.ask(_putter(self.name, f"{self.name}.record", f"{self.name}.piece", raw), 60)

    def move(self, sequence: int, raw: bytes) -> None:
        """Put what a record is now elsewhere, durably; what stood there for it goes."""
        subject = f"{self._aside}.record.{sequence}"
        before = self._newest(subject)
        piece = f"{self._aside}.piece.{sequence}"
        self.link.ask(_putter(self._aside, subject, piece, raw), 60)
        if before is not None:
            self._overwrite(self._aside, before)

    def drop(self, sequence: int) -> None:
        """Take away what stands elsewhere for a record."""
        before = self._newest(f"{self._aside}.record.{sequence}")
        if before is not None:
            self._overwrite(self._aside, before)

    def erase(self, one: Stored) -> None:
        """Overwrite a message of the stream, and its pieces."""
        self._overwrite(self.name, one)

    def erase_piece(self, sequence: int) -> None:
        """Overwrite a piece that no record names."""
        found = self._find(self.name, sequence)
        if found is not None:
            self._overwrite(self.name, found)

    def _overwrite(self, name: str, one: Stored) -> None:
        for sequence in (*one.pieces, one.sequence):  # who names the others goes last
            found = self._call(f"STREAM.MSG.DELETE.{name}", {"seq": sequence})  # it overwrites
            if "error" in found and self._find(name, sequence) is not None:
                raise _away(self.link, found["error"])

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def moved(self) -> list[int]:
        """Return the sequences, ascending, of which something else counts now."""
        info = self._info(self._aside)
        last = 0 if info is None else int(info["state"]["last_seq"])
        if last != self._moved_last:
            found, more = dict[str, int](), last > 0
            while more:
                asked = {"subjects_filter": f"{self._aside}.record.>", "offset": len(found)}
                told = self._info(self._aside, **asked)
                page = told["state"].get("subjects") or {}
                found |= page
                more = bool(page) and len(found) < told.get("total", 0)
            self._moved = sorted(int(subject.rpartition(".")[2]) for subject in found)
            self._moved_last = last
        return self._moved

    def instead(self, sequence: int) -> bytes | None:
        """Return what counts for a record of which something else does; None if nothing is left."""
        found = self._newest(f"{self._aside}.record.{sequence}")
        return None if found is None else self._join(self._aside, found)

    def left_over(self) -> list[Stored]:
        """Return the records that a kill left in their place though something else counts for them."""
        moved = self.moved()
        if not moved:
            return []
        state = self._info(self.name, deleted_details=True)["state"]
        gone: set[int] = set(state.get("deleted") or ())
        there = [s for s in moved if s >= state["first_seq"] and s not in gone]
        return [one for s in there if (one := self._find(self.name, s)) is not None]

    def whole(self, one: Stored) -> bytes:
        """Return a record's bytes, with those of its pieces."""
        return self._join(self.name, one)

    def _join(self, name: str, one: Stored) -> bytes:
        if not one.pieces:
            return one.data
        parts = [self._find(name, sequence) for sequence in one.pieces]
        if any(part is None for part in parts):
            raise QunxiangError("sources.log_damaged", where=f"{name}:{one.sequence}", file=name)
        return b"".join([*(part.data for part in parts if part is not None), one.data])

    def _find(self, name: str, sequence: int) -> Stored | None:
        return self._got(lambda js: js.get_msg(name, seq=sequence))

    def _newest(self, subject: str) -> Stored | None:
        return self._got(lambda js: js.get_last_msg(self._aside, subject))

    def _got(self, ask: Callable[[Any], Awaitable[RawStreamMsg]]) -> Stored | None:
        from nats.js.errors import NotFoundError  # noqa: PLC0415 the optional part

        async def get(client: Client) -> RawStreamMsg | None:
            try:
                return await ask(client.jetstream())
            except NotFoundError:
                return None

        found = self.link.ask(get)
        if found is None:
            return None
        pieces = (found.headers or {}).get(_PIECES, "")
        subject = found.subject or ""
        return Stored(
            sequence=found.seq or 0,
            data=found.data or b"",
            pieces=_numbers(pieces),
            is_piece=".piece" in subject,
            at=0.0 if found.time is None else found.time.timestamp(),
        )

    def messages(self, begin: int, end: int) -> Iterator[list[Stored]]:
        """Yield the messages from one sequence to another, some at a time."""
        if begin > end:
            return
        fetch = self.link.ask(_reader(self.name, begin))
        left = -1
        while left:
            found, left = self.link.ask(fetch)
            mine = [one for one in found if one.sequence <= end]
            if mine:
                yield mine
            if len(mine) < len(found) or (mine and mine[-1].sequence == end):
                return


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split()))


def _away(link: Link, error: Any) -> QunxiangError:
    reason = str(error.get("description", error))
    return QunxiangError("sources.log_away", server=link.where, reason=reason)


def _maker(name: str) -> Callable[[Client], Awaitable[None]]:
    """Return what makes a stream that keeps everything, and rather refuses than drops."""

    async def make(client: Client) -> None:
        from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType  # noqa: PLC0415

        await client.jetstream().add_stream(
            name=name,
            subjects=[f"{name}.>"],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=DiscardPolicy.NEW,
            max_msgs=-1,
            max_bytes=-1,
            max_age=0,
        )

    return make


def _putter(name: str, subject: str, piece: str, raw: bytes) -> Callable[[Client], Awaitable[None]]:
    """Return what sends a record, in pieces if one message cannot hold it."""

    async def put(client: Client) -> None:
        js = client.jetstream(timeout=5)
        room = max(client.max_payload - _FOR_HEADERS, client.max_payload // 2)
        cuts = [raw[at : at + room] for at in range(0, len(raw), room)] or [b""]
        sequences = list[int]()
        for at in range(0, len(cuts) - 1, _SENT_AT_ONCE):
            some = cuts[at : min(at + _SENT_AT_ONCE, len(cuts) - 1)]
            acks = await asyncio.gather(*(js.publish(piece, cut, stream=name) for cut in some))
            sequences += [ack.seq for ack in acks]
        headers = {_PIECES: " ".join(map(str, sequences))} if sequences else None
        await js.publish(subject, cuts[-1], stream=name, headers=headers)

    return put


def _reader(
    name: str, begin: int
) -> Callable[[Client], Awaitable[Callable[[Client], Awaitable[tuple[list[Stored], int]]]]]:
    """Return what makes a reader from a sequence on; it gives some messages and how many are left."""

    async def start(client: Client) -> Callable[[Client], Awaitable[tuple[list[Stored], int]]]:
        import nats.errors  # noqa: PLC0415
        from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy  # noqa: PLC0415

        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=begin,
            ack_policy=AckPolicy.NONE,
            mem_storage=True,
            inactive_threshold=30.0,
        )
        asked = await client.jetstream().pull_subscribe(f"{name}.>", stream=name, config=config)
        left = (await asked.consumer_info()).num_pending or 0

        async def fetch(_client: Client) -> tuple[list[Stored], int]:
            nonlocal left
            if not left:
                await asked.unsubscribe()
                return [], 0
            try:
                found = await asked.fetch(min(left, _AT_ONCE), timeout=2)
            except nats.errors.TimeoutError:  # what was left was erased meanwhile
                found = []
            stored = [_stored(one) for one in found]
            left = found[-1].metadata.num_pending if found else 0
            if not left:
                await asked.unsubscribe()
            return stored, left

        return fetch

    return start


def _stored(one: Msg) -> Stored:
    told = one.metadata
    return Stored(
        sequence=told.sequence.stream,
        data=one.data,
        pieces=_numbers((one.headers or {}).get(_PIECES, "")),
        is_piece=".piece" in one.subject,
        at=told.timestamp.timestamp(),
    )
