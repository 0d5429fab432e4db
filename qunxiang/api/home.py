"""Routes: the first page of a workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from qunxiang.api.callers import CallerOf, HouseOf
from qunxiang.api.jobs import JobAnswer, TellerOf
from qunxiang.app import CHANNELS, Figures, Home, sample_imports

router = APIRouter(tags=["home"])
_CHANNEL_LABELS = {
    "phone": ("手机", "Phone"),
    "mail": ("邮箱", "Mail"),
    "wechat": ("微信", "WeChat"),
}


class _Told(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ChannelAnswer(BaseModel):
    """How many people can be reached in one way."""

    channel: Literal["phone", "mail", "wechat"]
    zh: str
    en: str
    people: int


class MonthAnswer(_Told):
    """How many people came in a month (`2026-09`), and how many there were at its end."""

    month: str
    new: int
    total: int


class SourceAnswer(_Told):
    """A source: how much of it is in force, and how new it is."""

    name: str
    zh: str
    en: str
    imports: int
    rows: int
    bad_rows: int
    last_import_at: datetime
    newest_event_at: datetime | None


class ChecklistAnswer(BaseModel):
    """A step of setting up."""

    step: Literal["owner", "data", "refresh", "portrait", "tag", "audience"]
    done: bool


class SampleAnswer(BaseModel):
    """Whether sample data is in the workspace, and by which imports."""

    loaded: bool
    imports: list[int]


class HomeAnswer(BaseModel):
    """A workspace at a glance.

    Figures are as of the last refresh, `as_of`; `stale` says that imports, definitions or changes by
    hand have come since. `records` are landed rows in force; `active_30d` people had an event within
    30 days, `new_30d` were first seen within them. `attention` are jobs that failed within a week.
    `set_aside` rows wait to be mended.
    """

    as_of: datetime | None
    stale: bool
    people: int
    records: int
    active_30d: int
    new_30d: int
    reachable: list[ChannelAnswer]
    growth: list[MonthAnswer]
    sources: list[SourceAnswer]
    attention: list[JobAnswer]
    set_aside: int
    checklist: list[ChecklistAnswer]
    sample: SampleAnswer


def get_home(request: Request) -> Home:
    """Return what gathers the first page."""
    return request.app.state.home


HomeOf = Annotated[Home, Depends(get_home)]
_NOBODY = Figures(0, 0, 0, dict.fromkeys(CHANNELS, 0), (), {})


@router.get("/home")
def show_home(caller: CallerOf, house: HouseOf, home: HomeOf, teller: TellerOf) -> HomeAnswer:
    """Return the workspace at a glance."""
    caller.require("read")
    state, samples = home.show(), sample_imports(house)
    figures = state.figures or _NOBODY
    return HomeAnswer(
        as_of=state.as_of,
        stale=state.stale,
        people=figures.people,
        records=state.records,
        active_30d=figures.active,
        new_30d=figures.new,
        reachable=[
            ChannelAnswer.model_validate({"channel": name, "zh": zh, "en": en, "people": count})
            for name, count in figures.reachable.items()
            for zh, en in [_CHANNEL_LABELS[name]]
        ],
        growth=[MonthAnswer.model_validate(m) for m in figures.growth],
        sources=[SourceAnswer.model_validate(s) for s in state.sources],
        attention=teller.tell_all(state.attention),
        set_aside=state.set_aside,
        checklist=[
            ChecklistAnswer.model_validate({"step": step, "done": done})
            for step, done in state.done.items()
        ],
        sample=SampleAnswer(loaded=bool(samples), imports=samples),
    )
