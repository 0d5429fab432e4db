"""Routes: the jobs as they change, told as they happen (server-sent events)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from qunxiang.api.callers import CallerOf, HouseOf, LangOf, get_caller, get_session
from qunxiang.api.jobs import JobAnswer, JobsOf, JobTeller
from qunxiang.app import House, Job
from qunxiang.errors import Lang, QunxiangError

router = APIRouter(tags=["jobs"])
_LOOK_SECONDS, _BEAT_SECONDS = 0.5, 15.0
_NEWEST = 20
_ANSWERS = TypeAdapter(list[JobAnswer])
_TOLD: dict[int | str, dict[str, object]] = {
    200: {
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
        "description": "Events named `jobs`; the data of each is a list of jobs as /v1/jobs lists them.",
    }
}


@router.get("/jobs/stream", response_class=StreamingResponse, responses=_TOLD)
def stream_jobs(
    request: Request,
    caller: CallerOf,
    house: HouseOf,
    jobs: JobsOf,
    said: LangOf,
    lang: Lang | None = None,
) -> StreamingResponse:
    """Stream the jobs: first the newest 20, then, every half second, those that changed.

    A comment is sent every 15 seconds. The stream ends with the session, or with the server.
    `lang` is for browsers, whose event sources cannot ask for a language otherwise.
    """
    caller.require("read")
    teller = JobTeller(caller, jobs, lang or said)
    known: dict[int, Job] = {}

    def look() -> bytes:
        changed = [job for job in jobs.newest(_NEWEST) if known.get(job.number) != job]
        first = not known
        known.update({job.number: job for job in changed})
        if not changed and not first:
            return b""
        return b"event: jobs\ndata: " + _ANSWERS.dump_json(teller.tell_all(changed)) + b"\n\n"

    async def tell() -> AsyncGenerator[bytes]:
        beat = time.monotonic()
        yield await run_in_threadpool(look)
        while not request.app.state.leaving.is_set():
            await asyncio.sleep(_LOOK_SECONDS)
            news = await run_in_threadpool(look)
            if not news and time.monotonic() - beat > _BEAT_SECONDS:
                if not await run_in_threadpool(may_go_on, request, house):
                    return
                news, beat = b": still here\n\n", time.monotonic()
            if news:
                yield news

    return StreamingResponse(tell(), media_type="text/event-stream")


def may_go_on(request: Request, house: House) -> bool:
    """Say whether whoever asked is still signed in, and may still look."""
    try:
        get_caller(request, house, get_session(request, house)).require("read")
    except QunxiangError:
        return False
    return True
