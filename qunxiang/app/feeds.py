"""Where data comes from: each source with what feeds it, how much came day by day, and when last.

What a refresh has loaded is told by the imports; what has landed in the stream log since is counted
here, from where the refresh read to, and remembered from one question to the next.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.app.setaside import Aside, SetAside
from qunxiang.catalog import SourceDefinition
from qunxiang.governance import WriteKey
from qunxiang.sources import (
    DAY,
    REPEAT,
    ConnectorDefinition,
    HookDefinition,
    Import,
    Portion,
    StreamLog,
    is_stream,
    note_of,
)

# What feeds a source: files that somebody brings, clients with a write key, connectors that pull.
Way = Literal["files", "keys", "connectors"]
_WAYS: tuple[Way, ...] = get_args(Way)
_COUNT_SECONDS = 1.0  # then whoever asks is answered, and the next question counts on
_NEWEST = 2_000  # messages by which is known when a source was last heard of


@dataclass(frozen=True)
class FeedDay:
    """What came on a day (UTC): rows or messages, and how many were set aside whole."""

    day: date
    rows: int = 0
    set_aside: int = 0


@dataclass(frozen=True)
class Feed:
    """A source of data.

    Attributes:
        name: the source's.
        zh: its label.
        en: its label.
        ways: what feeds it.
        keys: how many write keys send as it.
        connectors: which connectors pull it.
        received_at: when something last came of it; None if nothing ever did.
        rows: how many rows and messages are in force; those that wait count.
        set_aside: how many of them were set aside whole.
        waiting: messages that have landed and wait for a refresh.
        counting: whether more may wait than could be counted yet.
        days: the last days, oldest first.
    """

    name: str
    zh: str
    en: str
    ways: tuple[Way, ...]
    keys: int
    connectors: tuple[str, ...]
    received_at: datetime | None
    rows: int
    set_aside: int
    waiting: int
    counting: bool
    days: tuple[FeedDay, ...]


@dataclass
class _Tally:
    """What has come of a source since the refresh: by day messages and those set aside."""

    last: int = 0
    days: dict[date, list[int]] = field(default_factory=dict[date, list[int]])


class Feeds:
    """Tells of every source; kept by whoever serves, since it remembers what it has counted."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._turn = threading.Lock()
        self._log: StreamLog | None = None
        self._base: dict[int, int] = {}
        self._read: dict[int, int] = {}
        self._tallies: dict[str, _Tally] = {}
        self._last: dict[str, int] = {}

    def all(self, days: int = 14) -> list[Feed]:
        """Return every source that is defined, has brought something, or is fed by something."""
        house = self._house
        with self._turn:
            counting = self._count()
            tallies, last = dict(self._tallies), dict(self._last)
        imports, aside = house.sources.landed(), SetAside(house).counts()
        keys, pulls = house.write_keys.all(), house.catalog.all(ConnectorDefinition).values()
        known = house.catalog.all(SourceDefinition)
        names = {i.source for i in imports} | {k.source for k in keys} | {p.origin for p in pulls}
        names |= {hook.origin for hook in house.catalog.all(HookDefinition).values()}
        out: list[Feed] = []
        for name in sorted({*names, *known, *tallies}):
            mine = [i for i in imports if i.source == name and not i.withdraws]
            tally = tallies.get(name, _Tally())
            theirs = [k for k in keys if k.source == name]
            pulled = tuple(p.name for p in pulls if p.origin == name)
            told = known.get(name, SourceDefinition(name=name))
            by_day = _by_day(mine, aside, tally)
            out.append(
                Feed(
                    name=name,
                    zh=told.zh or name,
                    en=told.en or name,
                    ways=_ways(mine, theirs, pulled, tally),
                    keys=len(theirs),
                    connectors=pulled,
                    received_at=_received(mine, max(tally.last, last.get(name, 0))),
                    rows=sum(d.rows for d in by_day.values()),
                    set_aside=sum(d.set_aside for d in by_day.values()),
                    waiting=sum(n for n, _ in tally.days.values()),
                    counting=counting,
                    days=_last_days(by_day, days),
                )
            )
        return out

    def _count(self) -> bool:
        """Count on from where the counting stood; say whether more is left than time allowed."""
        if self._log is None:
            self._log = self._house.reader()
            for portion in self._house.follow().newest(_NEWEST).portions:
                for source, last, _, _ in _tally(portion):
                    self._last[source] = max(last, self._last.get(source, 0))
        base = SetAside(self._house).stream_reads()
        if base != self._base:
            for source, tally in self._tallies.items():
                self._last[source] = max(tally.last, self._last.get(source, 0))
            self._base, self._read, self._tallies = base, dict(base), {}
        until = time.monotonic() + _COUNT_SECONDS
        for portion in self._log.read(self._read):
            for source, last, day, (rows, aside) in _tally(portion):
                tally = self._tallies.setdefault(source, _Tally())
                tally.last = max(tally.last, last)
                so_far = tally.days.setdefault(day, [0, 0])
                so_far[0] += rows
                so_far[1] += aside
            self._read[portion.position.segment] = portion.position.record + 1
            if time.monotonic() > until:
                return True
        return False


def _tally(portion: Portion) -> Iterable[tuple[str, int, date, tuple[int, int]]]:
    """Yield by source and day of a portion: when its last message came, how many, how many aside."""
    messages = portion.messages
    fault = messages.column("fault").cast(pa.string())
    kept = pc.not_equal(fault, REPEAT)
    received = messages.column("received").cast(pa.int64())
    table = pa.table(
        {
            "source": messages.column("source").cast(pa.string()),
            "day": pc.divide(received, DAY),
            "received": received,
            "rows": kept.cast(pa.int64()),
            "aside": pc.and_(kept, pc.not_equal(fault, "")).cast(pa.int64()),
        }
    )
    wanted = [("received", "max"), ("rows", "sum"), ("aside", "sum")]
    for row in table.group_by(["source", "day"]).aggregate(wanted).to_pylist():
        day = datetime.fromtimestamp(row["day"] * 86_400, UTC).date()
        yield row["source"], row["received_max"], day, (row["rows_sum"], row["aside_sum"])


def _ways(
    imports: Sequence[Import], keys: Sequence[WriteKey], pulls: Sequence[str], tally: _Tally
) -> tuple[Way, ...]:
    streams = any(is_stream(i.shape) for i in imports)
    files = any(not is_stream(i.shape) and note_of(i) is None for i in imports)
    pulled = any(note_of(i) is not None for i in imports)
    there = (files, streams or bool(keys or tally.days), pulled or bool(pulls))
    return tuple(way for way, is_there in zip(_WAYS, there, strict=True) if is_there)


def _day_of(one: Import) -> date:
    stream = one.shape.get("stream")
    if stream is not None:
        return date.fromisoformat(stream["day"])
    return datetime.fromisoformat(one.at).astimezone(UTC).date()


def _by_day(
    imports: Sequence[Import], aside: dict[int, Aside], tally: _Tally
) -> dict[date, FeedDay]:
    out: dict[date, FeedDay] = {}

    def add(day: date, rows: int, set_aside: int) -> None:
        before = out.get(day, FeedDay(day))
        out[day] = FeedDay(day, before.rows + rows, before.set_aside + set_aside)

    for one in imports:
        whole = aside[one.number].rows if one.number in aside else one.bad_rows
        add(_day_of(one), one.rows + one.bad_rows, whole)
    for day, (rows, set_aside) in tally.days.items():
        add(day, rows, set_aside)
    return out


def _last_days(by_day: dict[date, FeedDay], days: int) -> tuple[FeedDay, ...]:
    today = clock.now().astimezone(UTC).date()
    wanted = (today - timedelta(days=back) for back in range(days - 1, -1, -1))
    return tuple(by_day.get(day, FeedDay(day)) for day in wanted)


def _received(imports: Sequence[Import], last: int) -> datetime | None:
    """Return when something last came; of a stream the log tells, or else when a day was first met."""
    files = [i for i in imports if not (last and is_stream(i.shape))]
    times = [datetime.fromisoformat(i.at) for i in files]
    if last:
        times.append(datetime.fromtimestamp(last / 1_000_000, UTC))
    return max(times, default=None)
