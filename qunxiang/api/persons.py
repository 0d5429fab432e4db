"""Routes: find a person, their card and timeline, everything held about them, and their erasure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from qunxiang.api.answers import ReasonAnswer, reason_answer
from qunxiang.api.callers import CallerOf, HouseOf, LangOf
from qunxiang.app import (
    Card,
    Cards,
    ColumnValue,
    Found,
    Happenings,
    Persons,
    Plain,
    Receipt,
    TagReason,
    TagReasons,
    TimelinePage,
)
from qunxiang.errors import Lang
from qunxiang.language import Measure, describe_measure, write_measure
from qunxiang.tags import Level, LevelsTag, TagDefinition

router = APIRouter(tags=["persons"])


class Sought(BaseModel):
    """What is looked for: any identifier's value, whole, or a public id."""

    text: str = Field(max_length=200)
    limit: int = Field(default=10, ge=1, le=100)


class AskedTag(BaseModel):
    """The name of a tag."""

    tag: str


class CaseAnswer(BaseModel):
    """A case of a tag: the value it gives, and whether and why it holds."""

    value: str
    reason: ReasonAnswer


class MeasuredAnswer(BaseModel):
    """A measure that decided, as a tree, as text and as a phrase, and what it is for the person."""

    measure: Measure
    text: str
    sentence: str
    value: Plain


class TagReasonAnswer(BaseModel):
    """Why a person has a tag's value: what applies to its kind (`how`), the rest empty or null."""

    tag: str
    zh: str
    en: str
    how: str
    value: Plain
    as_of: datetime
    cases: list[CaseAnswer]
    measures: list[MeasuredAnswer]
    columns: list[ColumnValue]
    levels: list[Level]
    needed: dict[str, float]
    on_list: bool | None
    by_hand: str | None


@router.post("/find")
def find_people(sought: Sought, caller: CallerOf, house: HouseOf) -> tuple[Found, ...]:
    """Find people by any identifier's value, in any spelling, or by a public id; none if nobody has it."""
    return Cards(house, caller).find(sought.text, sought.limit)


@router.get("/persons/{who}")
def get_person(who: str, caller: CallerOf, house: HouseOf) -> Card:
    """Return a person's card; `who` is a public id or any identifier's value."""
    return Cards(house.near(who), caller).draw(who)


@router.get("/persons/{who}/timeline")
def get_timeline(  # noqa: PLR0913, PLR0917 what the query gives
    who: str,
    caller: CallerOf,
    house: HouseOf,
    before: Annotated[str | None, Query(description="The `next` of the page before.")] = None,
    until: Annotated[
        date | None, Query(description="The last local day to begin with, without `before`.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    events: Annotated[str, Query(description="Names of events, between commas; all if none.")] = "",
) -> TimelinePage:
    """Return what happened to a person, newest first, a page at a time, and how often what did."""
    here = house.near(who)
    person = here.identity.find(who)
    wanted = [name.strip() for name in events.split(",") if name.strip()]
    happened = Happenings(here, caller)
    if before is None and until is not None:
        before = happened.after(until)
    return happened.page(person, before=before, limit=limit, events=wanted)


@router.post("/persons/{who}/why-tag")
def tell_why_tag(
    who: str, asked: AskedTag, caller: CallerOf, house: HouseOf, lang: LangOf
) -> TagReasonAnswer:
    """Say why a person has a tag's value, as of the last refresh."""
    return _tag_reason_answer(TagReasons(house.near(who), caller).tell(who, asked.tag), house, lang)


@router.get("/persons/{who}/export")
def export_person(who: str, caller: CallerOf, house: HouseOf) -> dict[str, Any]:
    """Return everything held about a person."""
    return Persons(house, caller).export(who)


@router.delete("/persons/{who}")
def erase_person(who: str, caller: CallerOf, house: HouseOf) -> Receipt:
    """Erase a person from every store; the receipt says what went, and what a search found after."""
    return Persons(house, caller).erase(who)


def _tag_reason_answer(found: TagReason, house: HouseOf, lang: Lang) -> TagReasonAnswer:
    tag: TagDefinition = found.tag
    schema = house.schema()
    return TagReasonAnswer(
        tag=tag.name,
        zh=tag.zh,
        en=tag.en,
        how=tag.how.kind,
        value=found.value,
        as_of=found.as_of,
        cases=[
            CaseAnswer(value=case.value, reason=reason_answer(case.reason, lang))
            for case in found.cases
        ],
        measures=[
            MeasuredAnswer(
                measure=each.measure,
                text=write_measure(each.measure, lang),
                sentence=describe_measure(each.measure, schema, lang),
                value=each.value,
            )
            for each in found.measures
        ],
        columns=list(found.columns),
        levels=list(tag.how.levels) if isinstance(tag.how, LevelsTag) else [],
        needed=found.needed,
        on_list=found.on_list,
        by_hand=found.by_hand,
    )
