"""Routes: messages as they land (server-sent events), and one of them whole."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from qunxiang.api.callers import CallerOf, HouseOf, LangOf
from qunxiang.api.streams import may_go_on
from qunxiang.app import MOST_SHOWN, Landed, Seen, Tail, Verdict, Wanted
from qunxiang.errors import Lang, QunxiangError

router = APIRouter(tags=["intake"])
_LOOK_SECONDS, _BEAT_SECONDS = 0.5, 15.0


class TailAsk(BaseModel):
    """Which messages are wanted; `who` is an identifier that they name, `last` how many to begin with.

    `lang` is for browsers, whose event sources cannot ask for a language otherwise.
    """

    source: str = ""
    event: str = ""
    who: str = ""
    last: int = Field(default=50, ge=0, le=MOST_SHOWN)
    lang: Lang | None = None


class IdAnswer(BaseModel):
    """An identifier that a message names, masked by right."""

    type: str
    value: str


class ArrivedAnswer(BaseModel):
    """A message that landed.

    `number` names it in the log; `event` is as its client writes it. `code` says why it was set aside,
    and `reason` and `remedy` say it in words.
    """

    number: str
    received: datetime
    source: str
    protocol: str
    kind: str
    event: str
    at: datetime | None
    ids: list[IdAnswer]
    verdict: Verdict
    code: str
    reason: str
    remedy: str


class TailAnswer(BaseModel):
    """What landed since the last time, oldest first; `more` if more came than can be shown."""

    messages: list[ArrivedAnswer]
    more: bool


class MessageAnswer(BaseModel):
    """A whole message: `raw` as it came, or masked; `people` are those its identifiers lead to."""

    message: ArrivedAnswer
    raw: str
    masked: bool
    people: list[str]


_TOLD: dict[int | str, dict[str, object]] = {
    200: {
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
        "description": "Events named `messages`; the data of each is a TailAnswer as JSON: "
        "`messages`, each as GET /v1/events/{number} tells it, and `more`.",
    }
}


@router.get("/events/tail", response_class=StreamingResponse, responses=_TOLD)
def tail_events(
    request: Request,
    caller: CallerOf,
    house: HouseOf,
    said: LangOf,
    asked: Annotated[TailAsk, Query()],
) -> StreamingResponse:
    """Stream messages as they land: first the newest, then, every half second, what came.

    A comment is sent every 15 seconds. Of what comes faster than can be shown, the newest is told.
    The stream ends with the session, or with the server.
    """
    tail = Tail(house, caller, Wanted(asked.source, asked.event, asked.who))
    first = tail.newest(asked.last)
    words = asked.lang or said

    async def tell() -> AsyncGenerator[bytes]:
        beat = time.monotonic()
        try:
            yield _write(first, words)
            while not request.app.state.leaving.is_set():
                await asyncio.sleep(_LOOK_SECONDS)
                seen = await run_in_threadpool(tail.more)
                if seen.messages or seen.more:
                    yield _write(seen, words)
                if time.monotonic() - beat > _BEAT_SECONDS:
                    if not await run_in_threadpool(may_go_on, request, house):
                        return
                    beat = time.monotonic()
                    yield b": still here\n\n"
        finally:
            tail.close()

    return StreamingResponse(tell(), media_type="text/event-stream")


@router.get("/events/{number}")
def show_event(number: int, caller: CallerOf, house: HouseOf, lang: LangOf) -> MessageAnswer:
    """Return a message as it came, masked by right, and whom it leads to by now."""
    opened = Tail(house, caller).open(number)
    return MessageAnswer(
        message=tell_arrival(opened.landed, lang),
        raw=opened.raw,
        masked=opened.masked,
        people=list(opened.people),
    )


def _write(seen: Seen, lang: Lang) -> bytes:
    told = TailAnswer(messages=[tell_arrival(one, lang) for one in seen.messages], more=seen.more)
    return b"event: messages\ndata: " + told.model_dump_json().encode() + b"\n\n"


def tell_arrival(one: Landed, lang: Lang) -> ArrivedAnswer:
    """Return a message that landed as it is told, its fault in words."""
    error = QunxiangError(one.fault) if one.verdict == "set aside" else None
    return ArrivedAnswer(
        number=str(one.number),
        received=one.received,
        source=one.source,
        protocol=one.protocol,
        kind=one.kind,
        event=one.event,
        at=one.at,
        ids=[IdAnswer(type=kind, value=value) for kind, value in one.ids],
        verdict=one.verdict,
        code=one.fault,
        reason="" if error is None else error.message(lang),
        remedy="" if error is None else error.remedy(lang),
    )
