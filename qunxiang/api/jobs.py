"""Routes: background jobs, how far they are, and refresh and rebuild as such."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from qunxiang.api.answers import Problem
from qunxiang.api.callers import CallerOf, LangOf
from qunxiang.api.outcomes import (
    OutcomeAnswer,
    PullAnswer,
    RefreshAnswer,
    SamplesAnswer,
    result_of,
)
from qunxiang.app import NEEDS, Job, Jobs, What
from qunxiang.errors import Lang
from qunxiang.governance import Caller
from qunxiang.sources import MappingDefinition, ShapeOverrides

router = APIRouter(tags=["jobs"])


def get_jobs(request: Request) -> Jobs:
    """Return the jobs of the workspace this server serves."""
    return request.app.state.jobs


JobsOf = Annotated[Jobs, Depends(get_jobs)]
Seconds = Annotated[
    float, Query(ge=0, le=60, description="How long to wait for it to end before answering.")
]


class AskedAnswer(BaseModel):
    """What a job was asked for: of imports the file and how it is read, of a refresh its instant, of a pull its connector."""

    file: str | None = None
    rows: str | None = None
    source: str | None = None
    upload: str | None = None
    overrides: ShapeOverrides | None = None
    mapping: MappingDefinition | None = None
    as_of: datetime | None = None
    people: int | None = None
    connector: str | None = None
    anew: bool = False
    then_refresh: bool = False


class JobAnswer(BaseModel):
    """A job, how far it is, and what came of it.

    `rows` are those done of its `step`, of `total` where that is known or estimated; `rate` (rows a
    second) and `left_seconds` are of that step, too. `retried` is the number of the job that does it
    again. `can_cancel` and `can_retry` are as the caller may.
    """

    number: int
    what: What
    status: Literal["waiting", "running", "done", "failed", "cancelled"]
    author: str
    asked: AskedAnswer
    cancelling: bool
    step: str
    rows: int
    total: int | None
    rate: float | None
    left_seconds: float | None
    can_cancel: bool
    can_retry: bool
    retried: int | None
    result: OutcomeAnswer | PullAnswer | RefreshAnswer | SamplesAnswer | None
    problem: Problem | None
    at: datetime
    began: datetime | None
    ended: datetime | None


class JobTeller:
    """Tells jobs to a caller: in their language, and no more than they may see."""

    def __init__(self, caller: Caller, jobs: Jobs, lang: Lang) -> None:
        self._caller = caller
        self._jobs = jobs
        self._lang: Lang = lang

    def tell(self, job: Job, response: Response) -> JobAnswer:
        """Return a job as it is sent: 202 while it has not ended, with the place to look again."""
        if not job.has_ended:
            response.status_code = 202
            response.headers["Location"] = f"/v1/jobs/{job.number}"
        return self._answer(job, self._jobs.retryable([job], self._caller), whole=True)

    def tell_all(self, jobs: Sequence[Job]) -> list[JobAnswer]:
        """Return jobs as they are listed."""
        again = self._jobs.retryable(jobs, self._caller)
        return [self._answer(job, again) for job in jobs]

    def _answer(self, job: Job, again: set[int], *, whole: bool = False) -> JobAnswer:
        live = not job.has_ended and not job.cancelling
        values = self._jobs.uploads.read_examples(*self._place(job)) if whole else None
        told = {
            "problem": job.problem and job.problem[self._lang],
            "result": job.result and result_of(job.result, self._lang, values),
            "rate": job.rate(),
            "left_seconds": job.left_seconds(),
            "can_cancel": live and self._caller.may(NEEDS[job.what]),
            "can_retry": job.number in again,
        }
        return JobAnswer.model_validate(vars(job) | told)

    def _place(self, job: Job) -> tuple[str | None, int]:
        """Return where the values of a trial's examples are; nowhere for those who may not see them."""
        theirs = job.author == self._caller.name or self._caller.may("personal")
        seen = job.what == "try_import" and theirs and self._caller.may("import")
        return (job.asked.get("upload") if seen else None), job.number


def get_teller(caller: CallerOf, jobs: JobsOf, lang: LangOf) -> JobTeller:
    """Return who tells jobs to this caller."""
    return JobTeller(caller, jobs, lang)


TellerOf = Annotated[JobTeller, Depends(get_teller)]


@router.get("/jobs")
def list_jobs(
    caller: CallerOf,
    jobs: JobsOf,
    teller: TellerOf,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> list[JobAnswer]:
    """List the jobs, newest first."""
    caller.require("read")
    return teller.tell_all(jobs.newest(limit))


@router.get("/jobs/{number}")
def read_job(
    number: int,
    caller: CallerOf,
    jobs: JobsOf,
    teller: TellerOf,
    response: Response,
    wait: Seconds = 0,
) -> JobAnswer:
    """Tell how far a job is, and what came of it."""
    caller.require("read")
    return teller.tell(jobs.wait(number, wait), response)


@router.post("/jobs/{number}/cancel")
def cancel_job(
    number: int, caller: CallerOf, jobs: JobsOf, teller: TellerOf, response: Response
) -> JobAnswer:
    """Ask a job to stop; what it has not finished takes no effect."""
    return teller.tell(jobs.cancel(number, caller), response)


@router.post("/jobs/{number}/retry")
def retry_job(
    number: int, caller: CallerOf, jobs: JobsOf, teller: TellerOf, response: Response
) -> JobAnswer:
    """Ask again for a job that failed or was cancelled; the answer is the new job.

    An import needs its file: that of an upload is kept for 24 hours.
    """
    return teller.tell(jobs.retry(number, caller), response)


@router.post("/refresh")
def refresh(
    caller: CallerOf,
    jobs: JobsOf,
    teller: TellerOf,
    response: Response,
    as_of: datetime | None = None,
    wait: Seconds = 0,
) -> JobAnswer:
    """Bring everything up to date."""
    job = jobs.ask("refresh", caller, {"as_of": as_of.isoformat() if as_of else None})
    return teller.tell(jobs.wait(job.number, wait), response)


@router.post("/rebuild")
def rebuild(
    caller: CallerOf,
    jobs: JobsOf,
    teller: TellerOf,
    response: Response,
    as_of: datetime | None = None,
    wait: Seconds = 0,
) -> JobAnswer:
    """Make the engine anew from the landing log and the state store."""
    job = jobs.ask("rebuild", caller, {"as_of": as_of.isoformat() if as_of else None})
    return teller.tell(jobs.wait(job.number, wait), response)
