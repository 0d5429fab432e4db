"""Says things to the protocols as the intake does, for tests to compare."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources import Item, Message, Reply, Request, Speaker, find_speaker, judge, unpack

RECEIVED = 1_795_300_800_000_000  # 2026-11-21T22:40:00Z
MOST = 20 << 20


@dataclass
class Answer:
    """What became of a request; `refused` is the code of why nothing of it was taken."""

    speaker: Speaker
    reply: Reply
    key: str = ""
    items: list[Item] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    refused: str = ""

    @property
    def faults(self) -> list[str]:
        return [item.fault for item in self.items]

    @property
    def said(self) -> Any:
        return json.loads(self.reply.body)


def request(
    path: str, body: Any = b"", *, method: str = "POST", received: int = RECEIVED, **headers: str
) -> Request:
    """Make a request: what is no bytes becomes JSON, a dict of texts under `form=` a form."""
    place, _, query = path.partition("?")
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Request(
        method=method, path=place, query=query, headers=named, body=raw, received=received
    )


def form(**fields: str) -> bytes:
    """Write a form."""
    return "&".join(f"{n}={quote_plus(v)}" for n, v in fields.items()).encode()


def answer(asked: Request) -> Answer:
    """Read, judge, translate and answer a request, as the intake and the loader do."""
    try:
        body, torn = unpack(asked.body, MOST), None
    except QunxiangError as error:
        body, torn = asked.body, error
    asked = msgspec.structs.replace(asked, body=body)
    speaker = find_speaker(asked)
    assert speaker is not None, asked.path
    if torn is not None:
        return Answer(speaker, speaker.refuse(asked, torn), refused=torn.code)
    try:
        reading = speaker.read(asked)
    except QunxiangError as error:
        return Answer(speaker, speaker.refuse(asked, error), refused=error.code)
    judge(speaker, reading, asked.received)
    messages: list[Message] = []
    for item in reading.items:
        json.loads(item.raw)
        if not item.fault:
            message = speaker.translate(item.raw, reading.about, asked.received)
            assert message == speaker.translate(item.raw, reading.about, asked.received)
            assert item.id == message.id
            messages.append(message)
    reply = speaker.reply(asked, [item.fault for item in reading.items])
    return Answer(speaker, reply, reading.key, reading.items, messages)


def tell(path: str, body: Any = b"", *, method: str = "POST", **headers: str) -> Answer:
    """Ask and answer in one go."""
    return answer(request(path, body, method=method, **headers))
