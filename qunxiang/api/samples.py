"""Routes: sample data, made up for a look around and taken away again; and the work behind them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from qunxiang import clock
from qunxiang.api.callers import CallerOf, HouseOf
from qunxiang.api.jobs import JobAnswer, JobsOf, Seconds, TellerOf
from qunxiang.app import House, SampleData, Samples, Watch, Work, sample_imports, tell_refresh
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller
from qunxiang.samples import AUDIENCES, Company, make_company

router = APIRouter(tags=["samples"])
_FOLDER = "samples.making"
_MOST = 100_000


class AskedSamples(BaseModel):
    """How many customers the made-up company has."""

    people: int = Field(default=2_000, ge=1, le=_MOST)


@router.post("/samples")
def load_samples(  # noqa: PLR0913, PLR0917 what the framework hands in
    asked: AskedSamples,
    caller: CallerOf,
    house: HouseOf,
    jobs: JobsOf,
    teller: TellerOf,
    response: Response,
    wait: Seconds = 0,
) -> JobAnswer:
    """Make up a skin-care company, import its files, save audiences and refresh."""
    SampleData(house, caller)
    if sample_imports(house):
        raise QunxiangError("app.samples_loaded")
    job = jobs.ask("samples", caller, asked.model_dump())
    return teller.tell(jobs.wait(job.number, wait), response)


@router.delete("/samples")
def remove_samples(
    caller: CallerOf,
    house: HouseOf,
    jobs: JobsOf,
    teller: TellerOf,
    response: Response,
    wait: Seconds = 0,
) -> JobAnswer:
    """Undo the sample's imports, take out its audiences that nobody changed or uses, and refresh."""
    SampleData(house, caller)
    if not sample_imports(house):
        raise QunxiangError("app.no_samples")
    job = jobs.ask("remove_samples", caller)
    return teller.tell(jobs.wait(job.number, wait), response)


def sample_work(house: House) -> dict[str, Work]:
    """Return the work of a workspace that joins the house and the room of samples."""

    def load(caller: Caller, asked: Mapping[str, Any], watch: Watch) -> dict[str, Any]:
        yesterday = clock.local(clock.now(), house.settings.time_zone).date() - timedelta(days=1)
        company = Company(people=asked["people"], until=yesterday)
        watch.expect("samples", company.people)
        watch.tell("samples", 0)
        folder = house.folder / _FOLDER
        shutil.rmtree(folder, ignore_errors=True)  # a crash may have left it
        try:
            made = make_company(company, folder, progress=_Progress(watch))
            for file in made.files:
                watch.expect(file.path.name, file.rows)
            return _tell(SampleData(house, caller).load(made.files, AUDIENCES, watch.tell))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def remove(caller: Caller, _asked: Mapping[str, Any], watch: Watch) -> dict[str, Any]:
        return _tell(SampleData(house, caller).remove(watch.tell))

    return {"samples": load, "remove_samples": remove}


class _Progress:
    """Tells a watch of rows one after another, by how many are done in all."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._before = 0

    def __call__(self, done: int, _total: int) -> None:
        self._watch.tell("samples", done - self._before)
        self._before = done


def _tell(samples: Samples) -> dict[str, Any]:
    return {
        "imports": list(samples.imports),
        "audiences": list(samples.audiences),
        "refresh": tell_refresh(samples.refresh),
    }
