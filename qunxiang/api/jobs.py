"""Routes: background jobs, how far they are, and refresh and rebuild as such."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from qunxiang.api.answers import OutcomeAnswer, Problem, RefreshAnswer
from qunxiang.api.callers import CallerOf, LangOf
from qunxiang.app import Job, Jobs
from qunxiang.errors import Lang

router = APIRouter(tags=["jobs"])


def get_jobs(request: Request) -> Jobs:
    """Return the jobs of the workspace this server serves."""
    return request.app.state.jobs


JobsOf = Annotated[Jobs, Depends(get_jobs)]
Seconds = Annotated[
    float, Query(ge=0, le=60, description="How long to wait for it to end before answering.")
]


class JobAnswer(BaseModel):
    """A job: `status` is waiting, running, done, failed or cancelled; `rows` are of its `step`."""

    number: int
    what: str
    status: str
    author: str
    asked: dict[str, Any]
    cancelling: bool
    step: str
    rows: int
    result: OutcomeAnswer | RefreshAnswer | None
    problem: Problem | None
    at: datetime
    began: datetime | None
    ended: datetime | None


def job_answer(job: Job, lang: Lang, response: Response) -> JobAnswer:
    """Return a job as it is sent: 202 while it has not ended, with the place to look again."""
    if not job.has_ended:
        response.status_code = 202
        response.headers["Location"] = f"/v1/jobs/{job.number}"
    answer = vars(job) | {"problem": job.problem and job.problem[lang]}
    return JobAnswer.model_validate(answer)


@router.get("/jobs")
def list_jobs(
    caller: CallerOf, jobs: JobsOf, lang: LangOf, limit: Annotated[int, Query(ge=1, le=1_000)] = 100
) -> list[JobAnswer]:
    """List the jobs, newest first."""
    caller.require("read")
    return [job_answer(job, lang, Response()) for job in jobs.newest(limit)]


@router.get("/jobs/{number}")
def read_job(
    number: int,
    caller: CallerOf,
    jobs: JobsOf,
    lang: LangOf,
    response: Response,
    wait: Seconds = 0,
) -> JobAnswer:
    """Tell how far a job is, and what came of it."""
    caller.require("read")
    return job_answer(jobs.wait(number, wait), lang, response)


@router.post("/jobs/{number}/cancel")
def cancel_job(
    number: int, caller: CallerOf, jobs: JobsOf, lang: LangOf, response: Response
) -> JobAnswer:
    """Ask a job to stop; what it has not finished takes no effect."""
    return job_answer(jobs.cancel(number, caller), lang, response)


@router.post("/refresh")
def refresh(
    caller: CallerOf,
    jobs: JobsOf,
    lang: LangOf,
    response: Response,
    as_of: datetime | None = None,
    wait: Seconds = 0,
) -> JobAnswer:
    """Bring everything up to date."""
    job = jobs.ask("refresh", caller, {"as_of": as_of.isoformat() if as_of else None})
    return job_answer(jobs.wait(job.number, wait), lang, response)


@router.post("/rebuild")
def rebuild(
    caller: CallerOf,
    jobs: JobsOf,
    lang: LangOf,
    response: Response,
    as_of: datetime | None = None,
    wait: Seconds = 0,
) -> JobAnswer:
    """Make the engine anew from the landing log and the state store."""
    job = jobs.ask("rebuild", caller, {"as_of": as_of.isoformat() if as_of else None})
    return job_answer(jobs.wait(job.number, wait), lang, response)
