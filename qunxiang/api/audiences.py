"""Routes: count and explain rules, save audiences, members, portraits, history, export."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
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
    count_answer,
    portrait_answer,
    reason_answer,
)
from qunxiang.api.callers import CallerOf, HouseOf, LangOf
from qunxiang.app import Questions
from qunxiang.audiences import AudienceDefinition
from qunxiang.engine import Bits
from qunxiang.language import describe
from qunxiang.sources import write_csv, write_xlsx

router = APIRouter(tags=["audiences"])


class Asked(BaseModel):
    """A group of people: a rule as text or tree, or a saved audience; everybody if neither."""

    rule: str | dict[str, Any] | None = None
    audience: str | None = None
    as_of: datetime | None = None


class AskedRows(Asked):
    """A group of people and what to show of them."""

    columns: list[str] = Field(default=[], max_length=200)
    limit: int = Field(default=100, ge=1, le=10_000)
    offset: int = Field(default=0, ge=0)


class AskedWhy(Asked):
    """A group of people and one person."""

    person: str


class AskedPair(BaseModel):
    """Two groups to compare."""

    one: Asked
    other: Asked
    columns: list[str] = []


class NewAudience(BaseModel):
    """An audience to save."""

    rule: str | dict[str, Any]
    zh: str = ""
    en: str = ""
    description: str = ""


def _said(asked: Asked, house: HouseOf) -> Any:
    if asked.audience is not None:
        return house.catalog.get(AudienceDefinition, asked.audience).rule
    return asked.rule if asked.rule is not None else {"node": "all", "of": []}


def _people(asked: Asked, questions: Questions) -> Bits:
    if asked.audience is not None:
        return questions.audience(asked.audience)
    return questions.everybody() if asked.rule is None else questions.people(asked.rule)


@router.post("/count")
def count(asked: Asked, caller: CallerOf, house: HouseOf, lang: LangOf) -> CountAnswer:
    """Count who satisfies a rule, with the waterfall of its conditions."""
    found = Questions(house, caller, asked.as_of).count(_said(asked, house))
    return count_answer(found, describe(found.steps.rule, house.schema(), lang), lang)


@router.post("/members")
def list_members(asked: AskedRows, caller: CallerOf, house: HouseOf) -> RowsAnswer:
    """Return a page of the people in a group; personal fields are masked without the right to them."""
    questions = Questions(house, caller, asked.as_of)
    people = _people(asked, questions)
    rows = questions.members(people, asked.columns, limit=asked.limit, offset=asked.offset)
    return RowsAnswer(total=people.count(), rows=rows.to_pylist())


@router.post("/why")
def why(asked: AskedWhy, caller: CallerOf, house: HouseOf, lang: LangOf) -> ReasonAnswer:
    """Say, condition by condition, why a person is in a group or not."""
    person = house.identity.find(asked.person)
    reason = Questions(house, caller, asked.as_of).why(_said(asked, house), person)
    return reason_answer(reason, lang)


@router.post("/portrait")
def draw_portrait(asked: AskedRows, caller: CallerOf, house: HouseOf) -> list[dict[str, Any]]:
    """Return what a group is like next to everybody: shares, TGI, distributions."""
    questions = Questions(house, caller, asked.as_of)
    return portrait_answer(questions.portrait(_people(asked, questions), asked.columns))


@router.post("/compare")
def compare(asked: AskedPair, caller: CallerOf, house: HouseOf) -> dict[str, Any]:
    """Put the portraits of two groups side by side."""
    groups: list[Bits] = []
    drawn: list[list[dict[str, Any]]] = []
    for one in (asked.one, asked.other):
        questions = Questions(house, caller, one.as_of)
        groups.append(_people(one, questions))
        drawn.append(portrait_answer(questions.portrait(groups[-1], asked.columns)))
    counts = [g.count() for g in groups]
    both = (groups[0] & groups[1]).count()
    return {"counts": counts, "both": both, "one": drawn[0], "other": drawn[1]}


@router.post("/export/{kind}", response_class=FileResponse)
def export(
    kind: Literal["csv", "xlsx"], asked: AskedRows, caller: CallerOf, house: HouseOf
) -> FileResponse:
    """Export a group; cells that look like formulas are written as text."""
    caller.require("export")
    questions = Questions(house, caller, asked.as_of)
    people = _people(asked, questions)
    with tempfile.NamedTemporaryFile(dir=house.folder, suffix=f".{kind}", delete=False) as made:
        path = Path(made.name)
    (write_xlsx if kind == "xlsx" else write_csv)(questions.pages(people, asked.columns), path)
    house.audit.note(caller.name, "export", rows=people.count(), audience=asked.audience or "")
    return FileResponse(path, filename=f"audience.{kind}", background=BackgroundTask(path.unlink))


@router.put("/audiences/{name}")
def save_audience(name: str, body: NewAudience, caller: CallerOf, house: HouseOf) -> dict[str, Any]:
    """Save a rule under a name; members come with the next refresh."""
    labels = {"zh": body.zh, "en": body.en, "description": body.description}
    saved = Questions(house, caller).save_audience(name, body.rule, **labels)
    return saved.model_dump(mode="json")


@router.get("/audiences/{name}/history")
def get_history(name: str, caller: CallerOf, house: HouseOf) -> list[dict[str, Any]]:
    """Return an audience's size at each refresh, and how many entered and left."""
    caller.require("read")
    return [asdict(r) for r in house.audiences.history(name)]
