"""Routes: how the server and its workspace are, and who did what."""

from __future__ import annotations

import platform
from datetime import datetime
from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, JsonValue

from qunxiang.api.callers import CallerOf, HouseOf
from qunxiang.app import Worker, last_instant, list_settings, measure_stores, read_notice
from qunxiang.audiences import AudienceDefinition

router = APIRouter(tags=["system"])


class WorkerAnswer(BaseModel):
    """The worker: whether it is there, when it last showed it, and the job it is at."""

    alive: bool
    last_beat: datetime | None
    job: int | None


class StoreAnswer(BaseModel):
    """A store: where it is, for admins, and its size, unless it is on another server."""

    name: str
    path: str | None
    bytes: int | None


class SettingAnswer(BaseModel):
    """A setting as it is, and as it would be by itself."""

    name: str
    value: JsonValue
    default: JsonValue
    description: str


class SystemAnswer(BaseModel):
    """The server and its workspace; `segments` are files of the landing log.

    Files larger than `max_file_mb` (MB of 2²⁰ bytes) are refused. Settings are for admins.
    """

    version: str
    python: str
    started_at: datetime
    worker: WorkerAnswer
    stores: list[StoreAnswer]
    people: int
    audiences: int
    segments: int
    as_of: datetime | None
    max_file_mb: int
    settings: list[SettingAnswer] | None
    licences: list[str]


class AuditAnswer(BaseModel):
    """Something that was done: by whom, to whom (a public id), and with what."""

    number: int
    at: datetime
    who: str
    what: str
    subject: str
    details: dict[str, JsonValue]


@router.get("/system")
def show_system(request: Request, caller: CallerOf, house: HouseOf) -> SystemAnswer:
    """Tell how the server and its workspace are."""
    caller.require("read")
    worker: Worker = request.app.state.worker
    admin = caller.may("admin")
    settings = [
        SettingAnswer(name=name, value=value, default=default, description=description)
        for name, value, default, description in list_settings(house)
    ]
    return SystemAnswer(
        version=version("qunxiang"),
        python=platform.python_version(),
        started_at=request.app.state.began,
        worker=WorkerAnswer(alive=worker.alive, last_beat=worker.beat, job=worker.job),
        stores=[
            StoreAnswer(name=s.name, path=s.path if admin else None, bytes=s.bytes)
            for s in measure_stores(house)
        ],
        people=house.people.people.count(),
        audiences=len(house.catalog.all(AudienceDefinition)),
        segments=len(house.log.segments()),
        as_of=last_instant(house),
        max_file_mb=house.settings.max_file_mb,
        settings=settings if admin else None,
        licences=read_notice(),
    )


@router.get("/audit")
def list_audit(
    caller: CallerOf,
    house: HouseOf,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
    before: Annotated[int | None, Query(description="Only entries before that number.")] = None,
) -> list[AuditAnswer]:
    """List who did what, newest first."""
    caller.require("admin")
    return [AuditAnswer.model_validate(e) for e in house.audit.entries(limit, before)]
