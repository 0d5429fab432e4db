"""Routes: tracking plans, proposed from what has come and tried on it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel

from qunxiang.api.callers import CallerOf, HouseOf, LangOf
from qunxiang.app import Plans
from qunxiang.catalog import Action, PlanDefinition, read_definition
from qunxiang.cleaning import explain

router = APIRouter(tags=["quality"])


class BrokenAnswer(BaseModel):
    """Rows that break a plan in one way, and what would become of them; `property` '' is the event.

    `examples` are some of the values, for those who may see personal ones.
    """

    source: str
    event: str
    property: str
    code: str
    message: str
    action: Action
    rows: int
    examples: tuple[str, ...]


class PlanTrialAnswer(BaseModel):
    """What a plan would have done to what came since a day.

    `looked` rows were judged, by event in `events`; all of them if `whole`. `touched` of them break
    it in a way that is not allowed.
    """

    since: dt.date
    looked: int
    touched: int
    whole: bool
    events: dict[str, int]
    broken: list[BrokenAnswer]


@router.get("/plans/propose")
def propose_plan(
    source: Annotated[str, Query(description="The source's name.")],
    caller: CallerOf,
    house: HouseOf,
) -> PlanDefinition:
    """Propose a tracking plan that what has come from a source keeps to; nothing is saved."""
    return Plans(house).propose(source, caller)


@router.post("/plans/{name}/trial")
def try_plan(
    name: str,
    caller: CallerOf,
    house: HouseOf,
    lang: LangOf,
    days: Annotated[int, Query(ge=0, le=3650, description="How many days back.")] = 7,
    body: Annotated[
        dict[str, Any] | None,
        Body(description="A plan that is not saved yet; by default the one of this name."),
    ] = None,
) -> PlanTrialAnswer:
    """Say what a plan would have done to what came within the last days; nothing is changed."""
    caller.require("read")
    if body is None:
        plan = house.catalog.get(PlanDefinition, name)
    else:
        plan = read_definition(PlanDefinition, body | {"name": name})
    trial = Plans(house).try_out(plan, days, caller)
    broken = [
        BrokenAnswer(
            source=one.source,
            event=one.event,
            property=one.property,
            code=one.code,
            message=explain(one.code, lang),
            action=one.action,
            rows=one.rows,
            examples=one.examples,
        )
        for one in trial.broken
    ]
    return PlanTrialAnswer(
        since=trial.since,
        looked=trial.looked,
        touched=trial.touched,
        whole=trial.whole,
        events=trial.events,
        broken=broken,
    )
