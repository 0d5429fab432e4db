"""Routes: ask about groups of people: count, explain, list, sample, compare, overlap and export."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask

from qunxiang.api.answers import (
    CountAnswer,
    ReasonAnswer,
    RowsAnswer,
    RuleAnswer,
    count_answer,
    reason_answer,
    rule_answer,
)
from qunxiang.api.callers import CallerOf, HouseOf, LangOf
from qunxiang.api.portraits import PortraitAnswer, portrait_answers
from qunxiang.api.shapes import RuleSaid
from qunxiang.app import ColumnInfo, House, Order, Questions, list_columns
from qunxiang.audiences import AudienceDefinition
from qunxiang.engine import Bits
from qunxiang.governance import Caller
from qunxiang.insights import count_regions
from qunxiang.language import describe
from qunxiang.sources import write_csv, write_xlsx

router = APIRouter(tags=["groups"])


class Said(BaseModel):
    """A rule, as text or tree."""

    rule: RuleSaid


class Asked(BaseModel):
    """A group of people: a rule as text or tree, or a saved audience; everybody if neither."""

    rule: RuleSaid | None = None
    audience: str | None = None
    as_of: datetime | None = None


class AskedColumns(Asked):
    """A group of people and what to show of them."""

    columns: list[str] = Field(default=[], max_length=200)


class AskedRows(AskedColumns):
    """A page of a group; with `order` by that column, those of whom it is not known last."""

    limit: int = Field(default=100, ge=1, le=10_000)
    offset: int = Field(default=0, ge=0)
    order: str | None = None
    descending: bool = False


class AskedSample(AskedColumns):
    """So many people of a group, chosen at random; the same each time for the same seed."""

    n: int = Field(default=20, ge=1, le=1_000)
    seed: str = Field(default="", max_length=100)


class AskedWhy(Asked):
    """A group of people and one person."""

    person: str


class AskedPair(BaseModel):
    """Two groups to compare."""

    one: Asked
    other: Asked
    columns: list[str] = []


class AskedOverlap(BaseModel):
    """Two to five groups."""

    groups: list[Asked] = Field(min_length=2, max_length=5)


class CompareAnswer(BaseModel):
    """Two groups, each next to everybody; `both` is how many people are in the one and the other."""

    counts: list[int]
    both: int
    total: int
    one: list[PortraitAnswer]
    other: list[PortraitAnswer]


class RegionAnswer(BaseModel):
    """How many people are in exactly those groups for which `of` is true."""

    of: list[bool]
    count: int


class OverlapAnswer(BaseModel):
    """How groups overlap; `any` is how many people are in at least one."""

    sizes: list[int]
    regions: list[RegionAnswer]
    any: int
    total: int


def _said(asked: Asked, house: House) -> Any:
    if asked.audience is not None:
        return house.catalog.get(AudienceDefinition, asked.audience).rule
    return asked.rule if asked.rule is not None else {"node": "all", "of": []}


def _people(asked: Asked, house: House, caller: Caller) -> tuple[Questions, Bits]:
    questions = Questions(house, caller, asked.as_of)
    if asked.audience is not None:
        return questions, questions.audience(asked.audience)
    everybody = asked.rule is None
    return questions, questions.everybody() if everybody else questions.people(_said(asked, house))


def describe_columns(house: House, caller: Caller, columns: list[str]) -> list[ColumnInfo]:
    """Return what the columns asked for are, under the names they were asked by."""
    if not columns:
        return []
    known, schema = list_columns(house, caller), house.schema()
    return [replace(known[schema.find_field(said).name], name=said) for said in columns]


@router.post("/rule")
def read_rule(said: Said, caller: CallerOf, house: HouseOf, lang: LangOf) -> RuleAnswer:
    """Check a rule and return it as tree, text and sentence; nobody is counted."""
    rule, warnings = Questions(house, caller).rule(said.rule)
    return rule_answer(rule, house.schema(), warnings, lang)


@router.post("/count")
def count(asked: Asked, caller: CallerOf, house: HouseOf, lang: LangOf) -> CountAnswer:
    """Count who satisfies a rule, with the waterfall of its conditions."""
    found = Questions(house, caller, asked.as_of).count(_said(asked, house))
    return count_answer(found, describe(found.steps.rule, house.schema(), lang), lang)


@router.post("/members")
def list_members(asked: AskedRows, caller: CallerOf, house: HouseOf) -> RowsAnswer:
    """Return a page of the people in a group; personal fields are masked without the right to them."""
    questions, people = _people(asked, house, caller)
    order = None if asked.order is None else Order(asked.order, asked.descending)
    rows = questions.members(
        people, asked.columns, limit=asked.limit, offset=asked.offset, order=order
    )
    columns = describe_columns(house, caller, asked.columns)
    return RowsAnswer(total=people.count(), rows=rows.to_pylist(), columns=columns)


@router.post("/sample")
def draw_sample(asked: AskedSample, caller: CallerOf, house: HouseOf) -> RowsAnswer:
    """Return some of a group, chosen at random, masked like members."""
    questions, people = _people(asked, house, caller)
    rows = questions.sample(people, asked.columns, size=asked.n, seed=asked.seed)
    columns = describe_columns(house, caller, asked.columns)
    return RowsAnswer(total=people.count(), rows=rows.to_pylist(), columns=columns)


@router.post("/why")
def why(asked: AskedWhy, caller: CallerOf, house: HouseOf, lang: LangOf) -> ReasonAnswer:
    """Say, condition by condition, why a person is in a group or not."""
    person = house.identity.find(asked.person)
    reason = Questions(house, caller, asked.as_of).why(_said(asked, house), person)
    return reason_answer(reason, lang)


@router.post("/portrait")
def draw_portrait(asked: AskedColumns, caller: CallerOf, house: HouseOf) -> list[PortraitAnswer]:
    """Return what a group is like next to everybody: shares, TGI, distributions."""
    questions, people = _people(asked, house, caller)
    return portrait_answers(questions.portrait(people, asked.columns), house, caller)


@router.post("/compare")
def compare(asked: AskedPair, caller: CallerOf, house: HouseOf) -> CompareAnswer:
    """Put the portraits of two groups side by side, each next to everybody."""
    groups: list[Bits] = []
    drawn: list[list[PortraitAnswer]] = []
    for one in (asked.one, asked.other):
        questions, people = _people(one, house, caller)
        groups.append(people)
        drawn.append(portrait_answers(questions.portrait(people, asked.columns), house, caller))
    return CompareAnswer(
        counts=[group.count() for group in groups],
        both=(groups[0] & groups[1]).count(),
        total=house.people.people.count(),
        one=drawn[0],
        other=drawn[1],
    )


@router.post("/overlap")
def find_overlap(asked: AskedOverlap, caller: CallerOf, house: HouseOf) -> OverlapAnswer:
    """Count the people in every combination of two to five groups."""
    groups = [_people(one, house, caller)[1] for one in asked.groups]
    regions = [RegionAnswer(of=list(of), count=n) for of, n in count_regions(groups)]
    return OverlapAnswer(
        sizes=[group.count() for group in groups],
        regions=regions,
        any=sum(region.count for region in regions),
        total=house.people.people.count(),
    )


@router.post("/export/{kind}", response_class=FileResponse)
def export(
    kind: Literal["csv", "xlsx"], asked: AskedColumns, caller: CallerOf, house: HouseOf
) -> FileResponse:
    """Export a group; cells that look like formulas are written as text."""
    caller.require("export")
    questions, people = _people(asked, house, caller)
    with tempfile.NamedTemporaryFile(dir=house.folder, suffix=f".{kind}", delete=False) as made:
        path = Path(made.name)
    (write_xlsx if kind == "xlsx" else write_csv)(questions.pages(people, asked.columns), path)
    house.audit.note(caller.name, "export", rows=people.count(), audience=asked.audience or "")
    return FileResponse(path, filename=f"audience.{kind}", background=BackgroundTask(path.unlink))
