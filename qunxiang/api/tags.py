"""Routes: all tags at a glance, how their values are spread, and a tag tried out before it is saved."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel

from qunxiang.api.answers import WarningAnswer, warning_answer
from qunxiang.api.callers import CallerOf, HouseOf, LangOf
from qunxiang.api.portraits import PortraitAnswer, portrait_answer, portrait_answers
from qunxiang.api.shapes import ShownAs
from qunxiang.app import TagOverview, TagStates, label_tag
from qunxiang.catalog import read_definition
from qunxiang.language import Label, describe, describe_measure
from qunxiang.tags import TagDefinition, measures_of, rules_of

router = APIRouter(tags=["tags"])


class TriedTag(BaseModel):
    """A tag that need not be saved; without a name it is called `preview`."""

    definition: Annotated[dict[str, Any], ShownAs(TagDefinition)]


class PreviewAnswer(BaseModel):
    """A tag as it would be: how many people would have it, and how its values are spread."""

    people: int
    coverage: float
    total: int
    portrait: PortraitAnswer
    warnings: list[WarningAnswer]


class TagWords(BaseModel):
    """How a tag is known, as sentences: its measures, and the rules of its cases in their order."""

    measures: list[Label]
    rules: list[Label]


@router.get("/tags")
def list_tags(caller: CallerOf, house: HouseOf) -> list[TagOverview]:
    """List the tags in force: how many people have each, and which were changed since the refresh."""
    return TagStates(house, caller).all()


@router.post("/tags/preview")
def preview_tag(tried: TriedTag, caller: CallerOf, house: HouseOf, lang: LangOf) -> PreviewAnswer:
    """Work a tag out as of the last refresh without saving anything."""
    tag = read_definition(TagDefinition, {"name": "preview"} | tried.definition)
    found = TagStates(house, caller).preview(tag)
    return PreviewAnswer(
        people=found.portrait.known,
        coverage=found.portrait.coverage,
        total=found.total,
        portrait=portrait_answer(found.portrait, found.column, label_tag(tag)),
        warnings=[warning_answer(warning, lang) for warning in found.warnings],
    )


@router.post("/tags/words")
def say_tag(tried: TriedTag, caller: CallerOf, house: HouseOf) -> TagWords:
    """Say how a tag is known; it need not be one that could be saved, such as an old version."""
    caller.require("read")
    tag = read_definition(TagDefinition, {"name": "preview"} | tried.definition)
    schema = house.schema()
    return TagWords(
        measures=[
            Label(describe_measure(m, schema, "zh"), describe_measure(m, schema, "en"))
            for m in measures_of(tag.how)
        ],
        rules=[
            Label(describe(r, schema, "zh"), describe(r, schema, "en")) for r in rules_of(tag.how)
        ],
    )


@router.get("/tags/{tag}/portrait")
def draw_tag(tag: str, caller: CallerOf, house: HouseOf) -> PortraitAnswer:
    """Return how a tag's values are spread among everybody, as of the last refresh."""
    return portrait_answers([TagStates(house, caller).portrait(tag)], house, caller)[0]
