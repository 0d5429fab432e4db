"""Routes: what each source sends of each event, and why it looks odd where it does."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from qunxiang.api.callers import CallerOf, HouseOf, LangOf
from qunxiang.app import AsideGroup, EventQuality, Quality
from qunxiang.catalog import PlannedProperty
from qunxiang.cleaning import explain, remedy
from qunxiang.errors import Lang
from qunxiang.insights import Anomaly, explain_anomaly

router = APIRouter(tags=["quality"])


class DayRows(BaseModel):
    """The rows that happened on a day."""

    day: dt.date
    rows: int


class AnomalyAnswer(BaseModel):
    """A day that is not like the same weekday of the weeks before, and why it was flagged.

    `property` is the one that is missing too often; '' where the number of rows is meant.
    """

    day: dt.date
    property: str
    value: float
    expected: float
    spread: float
    weeks: int
    direction: Literal["more", "less"]
    why: str


class FreshnessAnswer(BaseModel):
    """When the newest rows came and happened, and the seconds between; null where not known."""

    received: dt.datetime | None
    happened: dt.datetime | None
    lag: float | None


class EventQualityAnswer(BaseModel):
    """An event as a source sends it.

    `days` are the last 28; `fill` is the mean share of rows that have a value; `plan` covers the
    source, and has the event if `planned`.
    """

    source: str
    event: str
    rows: int
    set_aside: int
    values_set_aside: int
    fill: float | None
    days: list[DayRows]
    freshness: FreshnessAnswer
    anomalies: list[AnomalyAnswer]
    plan: str | None
    planned: bool


class PropertySeenAnswer(BaseModel):
    """What a property holds: its type, rows with a value, about how many distinct, and which."""

    value: str
    filled: int
    distinct: int
    least: str | None
    greatest: str | None
    top: list[str]


class PropertyQualityAnswer(BaseModel):
    """A property as it was seen and as it is declared; either may be null."""

    name: str
    seen: PropertySeenAnswer | None
    declared: PlannedProperty | None


class DayQualityAnswer(BaseModel):
    """A day of an event, and the share of its rows that have each property."""

    day: dt.date
    rows: int
    fill: dict[str, float]


class AsideReasonAnswer(BaseModel):
    """Why values, or rows if `whole`, were set aside, and what can be done."""

    code: str
    message: str
    remedy: str
    column: str
    whole: bool
    count: int


class EventDetailAnswer(BaseModel):
    """An event of a source in full."""

    quality: EventQualityAnswer
    properties: list[PropertyQualityAnswer]
    days: list[DayQualityAnswer]
    reasons: list[AsideReasonAnswer]


@router.get("/quality")
def list_quality(
    caller: CallerOf,
    house: HouseOf,
    lang: LangOf,
    source: Annotated[str | None, Query(description="This source alone.")] = None,
) -> list[EventQualityAnswer]:
    """List, by source and event, volume, what was set aside, fill, freshness and odd days."""
    return [_tell(one, lang) for one in Quality(house, caller).events(source)]


@router.get("/quality/{source}/{event}")
def get_quality(
    source: str, event: str, caller: CallerOf, house: HouseOf, lang: LangOf
) -> EventDetailAnswer:
    """Return an event of a source: its schema as seen and declared, its days, its reasons."""
    one = Quality(house, caller).event(source, event)
    return EventDetailAnswer(
        quality=_tell(one.quality, lang),
        properties=[
            PropertyQualityAnswer.model_validate(p, from_attributes=True) for p in one.properties
        ],
        days=[DayQualityAnswer.model_validate(d, from_attributes=True) for d in one.days],
        reasons=[_tell_reason(r, lang) for r in one.reasons],
    )


def _tell(one: EventQuality, lang: Lang) -> EventQualityAnswer:
    return EventQualityAnswer(
        source=one.source,
        event=one.event,
        rows=one.rows,
        set_aside=one.set_aside,
        values_set_aside=one.values_set_aside,
        fill=one.fill,
        days=[DayRows(day=day, rows=rows) for day, rows in one.days],
        freshness=FreshnessAnswer.model_validate(one.freshness, from_attributes=True),
        anomalies=[_tell_anomaly(a, lang) for a in one.anomalies],
        plan=one.plan,
        planned=one.planned,
    )


def _tell_anomaly(one: Anomaly, lang: Lang) -> AnomalyAnswer:
    return AnomalyAnswer(
        day=one.day,
        property=one.property,
        value=one.value,
        expected=one.expected,
        spread=one.spread,
        weeks=one.weeks,
        direction=one.direction,
        why=explain_anomaly(one, lang),
    )


def _tell_reason(one: AsideGroup, lang: Lang) -> AsideReasonAnswer:
    return AsideReasonAnswer(
        code=one.code,
        message=explain(one.code, lang),
        remedy=remedy(one.code, lang),
        column=one.column,
        whole=one.whole,
        count=one.count,
    )
