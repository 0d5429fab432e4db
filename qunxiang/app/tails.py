"""Messages as they land: the newest of the stream log, for whoever asks, masked by right.

What a message holds is shown as it came. To whoever may not see personal values, identifiers and
texts are masked, but for those of properties and fields of which the catalog says that they are not
personal: what nobody has defined yet may be anything.
"""

from __future__ import annotations

import json
import re
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, cast

import msgspec
import pyarrow as pa

from qunxiang.app.house import House
from qunxiang.app.matches import Matches
from qunxiang.app.persons import mask_identifier
from qunxiang.catalog import EventDefinition, FieldDefinition, IdentifierDefinition
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller, is_masked, mask
from qunxiang.identity import write_ids
from qunxiang.sources import BY_NAME, REPEAT, Message, News, Portion, plain

MOST_SHOWN = 200
MOST_LOOKED_AT = 2_000  # messages that are translated in one look, so that no look is long
MOST_TAILS = 8
_TEXT = FieldDefinition(name="text", personal="contact")
_SHORT = 4  # of a shorter text nothing is shown
# What protocols call their own parts; none says anything of a person.
_TECHNICAL = frozenset(
    [
        "at",
        "event",
        "type",
        "id_type",
        "messageid",
        "sent_at",
        "sentat",
        "timestamp",
        "originaltimestamp",
        "receivedat",
        "time",
        "lib",
        "library",
        "version",
        "channel",
        "kind",
        "method",
        "e",
        "tv",
        "p",
        "eid",
        "currency",
        "quantity",
        "price",
        "currency_code",
    ]
)
_TELLING = re.compile(r"@|\d[\d\s()+-]{5,}\d")
Verdict = Literal["accepted", "repeat", "set aside"]
Ids = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Wanted:
    """Which messages are wanted: of a source, of an event, of somebody by an identifier; '' for any."""

    source: str = ""
    event: str = ""
    who: str = ""


ANY = Wanted()


@dataclass(frozen=True)
class Landed:
    """A message that landed.

    Attributes:
        number: its number in the log.
        received: when it came.
        source: of which source it is.
        protocol: what its client speaks.
        kind: what kind of message it is; empty if that cannot be told.
        event: the event's name as the client writes it; empty if it is none.
        at: when it happened, by our clock; None for its receipt, or if it cannot be told.
        ids: the identifiers it names, type and value, masked by right.
        fault: the code of why it was set aside, or that it is a repeat; empty if it was accepted.
    """

    number: int
    received: datetime
    source: str
    protocol: str
    kind: str
    event: str
    at: datetime | None
    ids: Ids
    fault: str

    @property
    def verdict(self) -> Verdict:
        """What became of it."""
        return "accepted" if not self.fault else "repeat" if self.fault == REPEAT else "set aside"


@dataclass(frozen=True)
class Seen:
    """What a look found, oldest first; `more` if more came than can be shown."""

    messages: tuple[Landed, ...]
    more: bool


@dataclass(frozen=True)
class Opened:
    """A whole message: what came, masked by right, and whom its identifiers lead to by now."""

    landed: Landed
    raw: str
    masked: bool
    people: tuple[str, ...]


class Tail:
    """The end of the stream log, for one caller."""

    def __init__(self, house: House, caller: Caller, wanted: Wanted = ANY) -> None:
        caller.require("read")
        self._house, self._caller, self._wanted = house, caller, wanted
        self._tail = house.follow()
        self._harmless = _list_harmless(house)
        self._kinds = house.catalog.all(IdentifierDefinition)
        self._fields = house.catalog.all(FieldDefinition)

    def newest(self, messages: int) -> Seen:
        """Return the newest messages that are there; looks go on from them.

        Raises:
            QunxiangError: app.too_many_tails, if as many as may be are followed already.
        """
        if len(_followed) >= MOST_TAILS:
            raise QunxiangError("app.too_many_tails", most=MOST_TAILS)
        _followed.add(self)
        looked_at = messages if self._wanted == ANY else MOST_LOOKED_AT
        return self._seen(self._tail.newest(looked_at), messages)

    def close(self) -> None:
        """Make room for another."""
        _followed.discard(self)

    def more(self) -> Seen:
        """Return what came since the last look."""
        return self._seen(self._tail.more(), MOST_SHOWN)

    def open(self, number: int) -> Opened:
        """Return a whole message by its number.

        Raises:
            QunxiangError: app.no_message, if there is none, or it was erased.
        """
        portion = self._house.message(number)
        if portion is None:
            raise QunxiangError("app.no_message", number=number)
        ((landed, ids, raw),) = _read(portion, 1)
        personal = self._caller.may("personal")
        text = raw.decode("utf-8", "replace")
        return Opened(
            landed=self._shown(landed, ids),
            raw=text if personal else self._mask(raw),
            masked=not personal,
            people=self._people(ids),
        )

    def _seen(self, news: News, most: int) -> Seen:
        """Return the newest of what came that are wanted, oldest first."""
        found: list[Landed] = []
        left = most if self._wanted == ANY else MOST_LOOKED_AT
        looked_at = left
        for portion in reversed(news.portions):
            for landed, ids, _ in _read(portion, left):
                left -= 1
                if len(found) < most and self._is_wanted(landed, ids):
                    found.append(self._shown(landed, ids))
        came = sum(p.messages.num_rows for p in news.portions)
        more = news.more or came > looked_at or len(found) == most
        return Seen(tuple(reversed(found)), more)

    def _is_wanted(self, landed: Landed, ids: Ids) -> bool:
        wanted = self._wanted
        if wanted.source and wanted.source != landed.source:
            return False
        if wanted.event and wanted.event.casefold() != landed.event.casefold():
            return False
        who = wanted.who.casefold()
        return not who or any(who in {v.casefold(), v.removeprefix("+86")} for _, v in ids)

    def _shown(self, landed: Landed, ids: Ids) -> Landed:
        if self._caller.may("personal"):
            return replace(landed, ids=ids)
        return replace(landed, ids=tuple((kind, self._mask_id(kind, value)) for kind, value in ids))

    def _mask_id(self, kind: str, value: str) -> str:
        known = self._kinds.get(kind)
        return _hide(value) if known is None else mask_identifier(known, self._fields, value)

    def _people(self, ids: Ids) -> tuple[str, ...]:
        """Return the public ids of those whom identifiers lead to."""
        numbers = Matches(self._house).of_ids(ids)
        if not numbers:
            return ()
        return tuple(write_ids(self._house.identity.public_ids(numbers)).to_pylist())

    def _mask(self, raw: bytes) -> str:
        """Return a message as those may see it who may not see personal values."""
        try:
            said = msgspec.json.decode(raw)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return ""
        return json.dumps(self._veil(said, ""), ensure_ascii=False)

    def _veil(self, value: Any, name: str) -> Any:
        if isinstance(value, dict):
            parts = cast("dict[str, Any]", value)
            return {_veil_name(key): self._veil(part, key) for key, part in parts.items()}
        if isinstance(value, list):
            return [self._veil(part, name) for part in cast("list[Any]", value)]
        if value is None or isinstance(value, bool):
            return value
        if plain(name) in self._harmless and not _TELLING.search(str(value)):
            return value
        return _hide(str(value))


_followed = weakref.WeakSet[Tail]()  # by this process; one that nobody holds any more is none


def _list_harmless(house: House) -> frozenset[str]:
    """Return the words of what is nobody's secret: the catalog says so of all that go by that word."""
    fields = list(house.catalog.all(FieldDefinition).values())
    properties = [p for e in house.catalog.all(EventDefinition).values() for p in e.properties]
    hidden = {plain(one.name) for one in (*fields, *properties) if is_masked(one)}
    types = {plain(name) for name in house.catalog.all(IdentifierDefinition)}
    told = {plain(one.name) for one in (*fields, *properties)} | _TECHNICAL
    return frozenset(told - hidden - types)


def _read(portion: Portion, most: int) -> Iterator[tuple[Landed, Ids, bytes]]:
    """Yield the newest messages of a portion, newest first, with their identifiers and bytes."""
    messages = portion.messages
    numbers = portion.numbers()
    begin = max(0, messages.num_rows - most)
    rows = messages.slice(begin).to_pylist()
    for number, row in zip(reversed(numbers[begin:].tolist()), reversed(rows), strict=True):
        message = _translate(row)
        landed = Landed(
            number=number,
            received=_moment(row["received"]),
            source=row["source"],
            protocol=row["protocol"],
            kind="" if message is None else message.kind,
            event="" if message is None else message.event,
            at=None if message is None or message.at is None else _moment(message.at),
            ids=(),
            fault=row["fault"],
        )
        yield landed, () if message is None else message.ids, row["raw"]


def _translate(row: Mapping[str, Any]) -> Message | None:
    speaker = BY_NAME.get(row["protocol"])
    if speaker is None or not row["raw"]:
        return None
    try:
        return speaker.translate(row["raw"], row["about"], row["received"])
    except QunxiangError:
        return None


def _moment(micros: int) -> datetime:
    try:
        return datetime.fromtimestamp(micros / 1_000_000, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _hide(text: str) -> str:
    return mask(pa.array([text]), _TEXT)[0].as_py() if len(text) > _SHORT else "*" * len(text)


def _veil_name(name: str) -> str:
    """Return a name of a part as it is, unless it is a value that somebody made a name of."""
    return _hide(name) if _TELLING.search(name) else name
