"""Routes: what was set aside in groups, fixes tried on it and put in force, and replays."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel

from qunxiang.api.callers import CallerOf, HouseOf, LangOf
from qunxiang.api.jobs import JobsOf
from qunxiang.app import Fixes
from qunxiang.catalog import FixDefinition, read_definition
from qunxiang.cleaning import explain, remedy

router = APIRouter(tags=["quality"])


class AsideGroupAnswer(BaseModel):
    """What was set aside of a source for one reason; `whole` if the rows went with it.

    `event` may be `customers`, and is empty where it is not known; `first` and `last` are the days
    (UTC) on which it came; `messages` of them came as messages.
    """

    source: str
    event: str
    column: str
    code: str
    message: str
    remedy: str
    whole: bool
    count: int
    first: dt.date
    last: dt.date
    messages: int


class FailingAnswer(BaseModel):
    """Why rows would still be set aside, in whole or part, and of how many."""

    event: str
    column: str
    code: str
    message: str
    count: int


class FixChangeAnswer(BaseModel):
    """A row that a fix puts right: its import and number, what was wrong, and what it is then."""

    number: int
    row: int
    event: str
    column: str
    code: str
    before: str | None
    after: str | None


class FixPreviewAnswer(BaseModel):
    """What a fix would do: of `looked` rows that were set aside `passing` would be whole.

    Without the right `personal`, examples show no values.
    """

    looked: int
    whole: bool
    passing: int
    failing: list[FailingAnswer]
    examples: list[FixChangeAnswer]


class AppliedAnswer(BaseModel):
    """A fix that is in force, and the number of the job that refreshes, if asked for."""

    name: str
    version: int
    job: int | None


class ReplayedAnswer(BaseModel):
    """How many imports and days of a source the next refresh loads again."""

    imports: int


@router.get("/set-aside")
def list_set_aside_groups(
    caller: CallerOf,
    house: HouseOf,
    lang: LangOf,
    source: Annotated[str | None, Query(description="This source alone.")] = None,
    event: Annotated[str | None, Query(description="This event alone.")] = None,
) -> list[AsideGroupAnswer]:
    """List what was set aside by source, event, column and reason, the most frequent first."""
    caller.require("read")
    return [
        AsideGroupAnswer(
            source=one.source,
            event=one.group.event,
            column=one.group.column,
            code=one.group.code,
            message=explain(one.group.code, lang),
            remedy=remedy(one.group.code, lang),
            whole=one.group.whole,
            count=one.group.count,
            first=one.first,
            last=one.last,
            messages=one.messages,
        )
        for one in Fixes(house).groups(source, event)
    ]


@router.post("/fixes/{name}/preview")
def preview_fix(
    name: str,
    caller: CallerOf,
    house: HouseOf,
    lang: LangOf,
    body: Annotated[
        dict[str, Any] | None,
        Body(description="A fix that is not saved yet; by default the one of this name."),
    ] = None,
) -> FixPreviewAnswer:
    """Say what a fix would do with the rows that were set aside; nothing is changed."""
    caller.require("read")
    if body is None:
        fix = house.catalog.get(FixDefinition, name)
    else:
        fix = read_definition(FixDefinition, body | {"name": name})
    said = Fixes(house).preview(fix, caller)
    failing = sorted(said.failing.items(), key=lambda item: (-item[1], item[0]))
    return FixPreviewAnswer(
        looked=said.looked,
        whole=said.whole,
        passing=said.passing,
        failing=[
            FailingAnswer(
                event=event, column=column, code=code, message=explain(code, lang), count=count
            )
            for (event, column, code), count in failing
        ],
        examples=[FixChangeAnswer.model_validate(e, from_attributes=True) for e in said.examples],
    )


@router.post("/fixes/{name}/apply")
def apply_fix(
    name: str,
    body: dict[str, Any],
    caller: CallerOf,
    house: HouseOf,
    jobs: JobsOf,
    then_refresh: Annotated[
        bool, Query(description="Whether a refresh is begun, which brings the rows in.")
    ] = True,
) -> AppliedAnswer:
    """Put a fix in force; the refresh loads again what it concerns."""
    if then_refresh:
        caller.require("refresh")
    fix = read_definition(FixDefinition, body | {"name": name})
    version = Fixes(house).apply(fix, caller)
    job = jobs.ask("refresh", caller, {"as_of": None}) if then_refresh else None
    return AppliedAnswer(name=name, version=version, job=None if job is None else job.number)


@router.post("/set-aside/replay")
def replay_source(
    source: Annotated[str, Query(description="The source's name.")],
    caller: CallerOf,
    house: HouseOf,
) -> ReplayedAnswer:
    """Have the next refresh load again what came from a source and was set aside in part."""
    return ReplayedAnswer(imports=Fixes(house).replay(source, caller))
