"""The desk: looks at a request, decides what is taken of it, and answers once that is durable."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

import xxhash

from qunxiang.cleaning import Door
from qunxiang.errors import QunxiangError
from qunxiang.intake.hooks import HOME, HookBook
from qunxiang.intake.keys import Holder, KeyRing
from qunxiang.intake.plans import PlanBook
from qunxiang.intake.scripts import Script
from qunxiang.sources import (
    BY_NAME,
    REPEAT,
    Arrival,
    Item,
    Reading,
    Reply,
    Request,
    Speaker,
    find_speaker,
    judge,
    parse_form,
)

_KEPT_BYTES = 1 << 20  # of a body that cannot be read
_GENERATION = 1 << 18
_NOT_FOUND = Reply(status=404, body=b'{"error":"no such path"}')
_HOOK = BY_NAME["hook"]
_KEY_NAMES = ("writeKey", "write_key", "key", "token", "api_key", "api_secret")


@dataclass
class Taken:
    """What is taken of a request: it waits to be durable, then it is answered."""

    request: Request
    speaker: Speaker
    arrival: Arrival
    marks: list[int] = field(default_factory=list[int])
    verdicts: list[str] | None = None  # on every message, where some are refused and not kept

    def reply(self) -> Reply:
        """Return the answer, now that everything is durable."""
        said = self.arrival.faults if self.verdicts is None else self.verdicts
        return self.speaker.reply(self.request, said)

    def refuse(self, error: QunxiangError) -> Reply:
        """Return the answer if it could not be made durable: the client is to come again."""
        return _come_again(self.speaker.refuse(self.request, error), 5)


@dataclass
class Counts:
    """What came since the start; what is counted per source and minute stands in the log."""

    requests: int = 0
    accepted: int = 0
    set_aside: int = 0
    repeats: int = 0
    refused: int = 0


class Desk:
    """Decides about requests; it neither reads from the network nor writes to the log."""

    def __init__(
        self,
        keys: KeyRing,
        plans: PlanBook | None = None,
        scripts: Mapping[str, Script] | None = None,
        hooks: HookBook | None = None,
    ) -> None:
        self._keys = keys
        self._hooks = hooks
        self._plans = plans
        self._scripts = scripts or {}
        self._recent: set[int] = set()
        self._before: set[int] = set()
        self.counts = Counts()

    def receive(self, request: Request) -> Reply | Taken:
        """Return the answer to a request, or what must be durable before it is answered."""
        self.counts.requests += 1
        if self._hooks is not None and request.path.startswith(HOME):
            return self._hear_hook(self._hooks, request)
        script = self._scripts.get(request.path)
        return script.answer(request) if script else self._hear(request)

    def _hear(self, request: Request) -> Reply | Taken:
        speaker = find_speaker(request)
        if speaker is None:
            return _NOT_FOUND
        try:
            reading = speaker.read(request)
        except QunxiangError as error:
            return self._keep_unread(request, speaker, error)
        holder = self._keys.find(reading.key)
        if holder is None:
            if not reading.items and not reading.key:
                return speaker.reply(request, ())
            return self._refuse(request, speaker, QunxiangError("intake.unknown_key"))
        if not holder.may_come_from(request.headers.get("origin", "")):
            return self._refuse(request, speaker, QunxiangError("intake.wrong_origin"))
        return self._admit(request, speaker, reading, holder)

    def _hear_hook(self, hooks: HookBook, request: Request) -> Reply | Taken:
        try:
            heard = hooks.hear(request)
        except QunxiangError as error:
            return self._refuse(request, _HOOK, error)
        if isinstance(heard, Reply):
            return heard
        return self._admit(request, heard.speaker, heard.reading, heard.holder)

    def _admit(
        self, request: Request, speaker: Speaker, reading: Reading, holder: Holder
    ) -> Reply | Taken:
        """Take the messages of somebody who may send them, as far as pace and plan allow."""
        if not reading.items:
            return speaker.reply(request, ())
        wait = holder.take(len(reading.items))
        if wait:
            self.counts.refused += len(reading.items)
            return _come_again(speaker.refuse(request, QunxiangError("intake.too_fast")), wait)
        judge(speaker, reading, request.received)
        door = None if self._plans is None else self._plans.find(holder.key.source)
        take = self._take if door is None else partial(self._take_planned, door)
        return take(request, speaker, reading, holder)

    def remember(self, taken: Taken) -> None:
        """Remember messages that are durable now, to know them when they come again."""
        if len(self._recent) >= _GENERATION:
            self._before, self._recent = self._recent, set()
        self._recent.update(taken.marks)
        faults = taken.arrival.faults
        accepted, repeats = faults.count(""), faults.count(REPEAT)
        self.counts.accepted += accepted
        self.counts.repeats += repeats
        self.counts.set_aside += len(faults) - accepted - repeats

    def refresh(self) -> float:
        """Read the keys anew; return after how many seconds to do so again."""
        self._keys.read()
        if self._plans is not None:
            self._plans.read()
        if self._hooks is not None:
            self._hooks.read()
        return self._keys.look_every

    def _take(self, request: Request, speaker: Speaker, reading: Reading, holder: Holder) -> Taken:
        items = reading.items
        if holder.forbidden:
            for item in items:
                if item.kind in holder.forbidden:
                    item.fault = item.fault or "intake.not_allowed"
        mark_of, seed = xxhash.xxh3_64_intdigest, hash(holder.key.source) & 0xFFFFFFFF
        marks = [mark_of(item.raw, seed) for item in items if item.id and not item.fault]
        if not (self._recent.isdisjoint(marks) and self._before.isdisjoint(marks)):
            marks = self._find_repeats(items, seed)
        arrival = Arrival(
            source=holder.key.source,
            protocol=speaker.name,
            about=reading.about,
            received=request.received,
            items=items,
            faults=[item.fault for item in items],
        )
        return Taken(request, speaker, arrival, marks)

    def _find_repeats(self, items: list[Item], seed: int) -> list[int]:
        """Put what stands for a repeat in the places of those that came before; mark the others."""
        marks: list[int] = []
        for place, item in enumerate(items):
            if item.id and not item.fault:
                # Only the very same bytes are known again here; the loader decides about the rest.
                mark = xxhash.xxh3_64_intdigest(item.raw, seed)
                if mark in self._recent or mark in self._before:
                    items[place] = Item(raw=b"", id=item.id, fault=REPEAT)
                else:
                    marks.append(mark)
        return marks

    def _ask(
        self, door: Door, request: Request, speaker: Speaker, reading: Reading, holder: Holder
    ) -> dict[int, str]:
        """Return, by their places, the messages that the tracking plan refuses, and why."""
        refused: dict[int, str] = {}
        for place, item in enumerate(reading.items):
            if item.fault or item.kind in holder.forbidden:
                continue
            try:
                said = speaker.translate(item.raw, reading.about, request.received)
            except QunxiangError:
                continue  # set aside by what reads it later
            why = door.refuses(said)
            if why:
                refused[place] = why
        return refused

    def _take_planned(
        self, door: Door, request: Request, speaker: Speaker, reading: Reading, holder: Holder
    ) -> Reply | Taken:
        """Take what the plan does not refuse; of the rest nothing is kept but the answer."""
        refused = self._ask(door, request, speaker, reading, holder)
        if not refused:
            return self._take(request, speaker, reading, holder)
        self.counts.refused += len(refused)
        every = len(reading.items)
        reading.items = [i for place, i in enumerate(reading.items) if place not in refused]
        if not reading.items:
            return speaker.reply(request, [refused[place] for place in range(every)])
        taken = self._take(request, speaker, reading, holder)
        kept = iter(taken.arrival.faults)
        taken.verdicts = [refused.get(place) or next(kept) for place in range(every)]
        return taken

    def _keep_unread(
        self, request: Request, speaker: Speaker, error: QunxiangError
    ) -> Reply | Taken:
        """Set a body aside that cannot be read, if its sender can be told; then refuse it."""
        holder = self._keys.find(_find_key(request))
        reply = speaker.refuse(request, error)
        if holder is None or not request.body or holder.take(1):
            self.counts.refused += 1
            return reply
        arrival = Arrival(
            source=holder.key.source,
            protocol=speaker.name,
            about=b"",
            received=request.received,
            items=[Item(raw=request.body[:_KEPT_BYTES])],
            faults=[error.code],
        )
        return _Refused(request, speaker, arrival, answer=reply)

    def _refuse(self, request: Request, speaker: Speaker, error: QunxiangError) -> Reply:
        self.counts.refused += 1
        return speaker.refuse(request, error)


@dataclass
class _Refused(Taken):
    """A request that is kept, and refused all the same."""

    answer: Reply = field(default_factory=Reply)

    def reply(self) -> Reply:
        return self.answer


def _come_again(reply: Reply, seconds: float) -> Reply:
    after = ("Retry-After", str(max(1, round(seconds))))
    return Reply(
        status=reply.status, body=reply.body, type=reply.type, headers=(*reply.headers, after)
    )


def _find_key(request: Request) -> str:
    """Return the key of a request whose body cannot be read, from its headers or its query."""
    headers = request.headers
    if headers.get("x-write-key"):
        return headers["x-write-key"]
    scheme, _, shown = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return shown.strip()
    if scheme.lower() == "basic":
        try:
            plain = base64.b64decode(shown + "=" * (-len(shown) % 4)).decode("utf-8", "replace")
        except binascii.Error:
            return ""
        return plain.partition(":")[0]
    asked = parse_form(request.query) if request.query else {}
    return next((asked[name] for name in _KEY_NAMES if asked.get(name)), "")
