"""Routes: people as they change, told as it happens (server-sent events)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from qunxiang.api.callers import CallerOf, HouseOf
from qunxiang.api.streams import BEAT_SECONDS, may_go_on
from qunxiang.app import Following

router = APIRouter(tags=["live"])
_LOOK_SECONDS = 0.25
_TOLD: dict[int | str, dict[str, object]] = {
    200: {
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
        "description": "Events named `live`; the data of each is a LiveNews.",
    }
}


class LiveNews(BaseModel):
    """What changed since the news before: how many messages came, and how many people they touched.

    `number` counts on; `person` says whether the one asked about is among them, or may be.
    """

    number: int
    at: datetime
    messages: int
    touched: int
    person: bool


class LiveState(BaseModel):
    """Whether people are told as of now (`following`), or as of the last refresh; and the last news."""

    following: bool
    news: LiveNews | None


def _following(request: Request) -> Following:
    return request.app.state.following


def _since(following: Following, number: int, person: str | None) -> LiveNews | None:
    """Return what is new behind a number, as one; None if nothing is."""
    news = [each for each in list(following.news) if each.number > number]
    if not news:
        return None
    touched = frozenset[str]().union(*(each.people for each in news))
    # Whoever missed some, or looks at a fresh beginning, has to look at everything again.
    missed = news[0].number > number + 1 or any(not each.people for each in news)
    return LiveNews(
        number=news[-1].number,
        at=news[-1].at,
        messages=sum(each.messages for each in news),
        touched=len(touched),
        person=person is not None and (missed or person in touched),
    )


@router.get("/live")
def get_live(request: Request, caller: CallerOf, house: HouseOf) -> LiveState:
    """Say whether people are told as of now, or as of the last refresh."""
    caller.require("read")
    following = _following(request)
    last = following.news[-1].number - 1 if following.news else 0
    return LiveState(following=house.present is not None, news=_since(following, last, None))


@router.get("/live/stream", response_class=StreamingResponse, responses=_TOLD)
def stream_live(
    request: Request,
    caller: CallerOf,
    house: HouseOf,
    person: Annotated[str | None, Query(description="A public id to watch.")] = None,
) -> StreamingResponse:
    """Stream what changes: one event for all that came since the last, four a second at most.

    A comment is sent every 15 seconds. The stream ends with the session, or with the server.
    """
    caller.require("read")
    following = _following(request)

    async def tell() -> AsyncGenerator[bytes]:
        beat = time.monotonic()
        number = following.news[-1].number if following.news else 0
        yield b": listening\n\n"
        while not request.app.state.leaving.is_set():
            await asyncio.sleep(_LOOK_SECONDS)
            news = _since(following, number, person)
            if news is not None:
                number = news.number
                yield b"event: live\ndata: " + news.model_dump_json().encode() + b"\n\n"
            elif time.monotonic() - beat > BEAT_SECONDS:
                if not await run_in_threadpool(may_go_on, request, house):
                    return
                beat = time.monotonic()
                yield b": still here\n\n"

    return StreamingResponse(tell(), media_type="text/event-stream")
