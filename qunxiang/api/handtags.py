"""Routes: manual tags, person by person or by a file; and which names of a file nobody has."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.background import BackgroundTask

from qunxiang.api.answers import RowsAnswer
from qunxiang.api.callers import CallerOf, HouseOf, LangOf
from qunxiang.api.naming import By, ChangeAnswer, Column, UploadsOf, change_answer
from qunxiang.app import HandTags, Matches, Questions
from qunxiang.errors import QunxiangError
from qunxiang.sources import write_csv

router = APIRouter(tags=["manual tags"])


class NewTag(BaseModel):
    """A manual tag to make; with `values`, no others may be set."""

    values: tuple[str, ...] = ()
    zh: str = ""
    en: str = ""


class Value(BaseModel):
    """The value of a manual tag."""

    value: str


@router.post("/tags/{tag}", status_code=201)
def create_tag(tag: str, body: NewTag, caller: CallerOf, house: HouseOf) -> dict[str, Any]:
    """Make a manual tag."""
    made = HandTags(house, caller).create(tag, body.values, zh=body.zh, en=body.en)
    return made.model_dump(mode="json")


@router.get("/tags/{tag}")
def get_tag(tag: str, caller: CallerOf, house: HouseOf) -> dict[str, Any]:
    """Return a manual tag: how many have each value, and every change."""
    return asdict(HandTags(house, caller).show(tag))


@router.get("/tags/{tag}/people")
def list_tagged(
    tag: str,
    caller: CallerOf,
    house: HouseOf,
    value: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> RowsAnswer:
    """Return a page of the public ids that were given the tag by hand, or one value of it."""
    people = HandTags(house, caller).tagged(tag, value)
    questions = Questions(house, caller)
    rows = questions.members(people, limit=min(max(limit, 1), 10_000), offset=max(offset, 0))
    return RowsAnswer(total=people.count(), rows=rows.to_pylist())


@router.get("/tags/{tag}/people/{who}")
def get_tag_of(tag: str, who: str, caller: CallerOf, house: HouseOf) -> dict[str, Any]:
    """Return what was set by hand for one person, null if nothing stands."""
    tags = HandTags(house, caller)
    return {"tag": tag, "person": who, "value": tags.value(tag, house.identity.find(who))}


@router.put("/tags/{tag}/people/{who}")
def set_tag(
    tag: str, who: str, body: Value, caller: CallerOf, house: HouseOf, lang: LangOf
) -> ChangeAnswer:
    """Give a person a value of a manual tag; it shows after the next refresh."""
    tags = HandTags(house, caller)
    match = Matches(house).of_one(who)
    return change_answer(tags.give(tag, match, body.value), match, lang)


@router.delete("/tags/{tag}/people/{who}")
def clear_tag(tag: str, who: str, caller: CallerOf, house: HouseOf, lang: LangOf) -> ChangeAnswer:
    """Take a manual tag off a person; it shows after the next refresh."""
    tags = HandTags(house, caller)
    match = Matches(house).of_one(who)
    return change_answer(tags.clear(tag, match), match, lang)


@router.post("/tags/{tag}/file")
def fill_tag(  # noqa: PLR0913, PLR0917 the parts of a form
    tag: str,
    file: UploadFile,
    uploads: UploadsOf,
    caller: CallerOf,
    house: HouseOf,
    lang: LangOf,
    column: Column = None,
    by: By = None,
    value: Annotated[str | None, Form(description="One value for everybody.")] = None,
    value_column: Annotated[str | None, Form(description="The column with each row's own.")] = None,
) -> ChangeAnswer:
    """Give a manual tag to the people in a file: one value for all, or each row's own."""
    caller.require("define")
    if (value is None) == (value_column is None):
        raise QunxiangError(
            "api.invalid", where="value", reason="either value or value_column is needed"
        )
    tags = HandTags(house, caller)
    if value_column is None:
        match = uploads.match(file, column, by)
        return change_answer(tags.give(tag, match, value or ""), match, lang)
    match = uploads.match(file, column, by, also=[value_column])
    match = tags.judge(tag, match, value_column)
    return change_answer(tags.give_from(tag, match, value_column), match, lang)


@router.post("/unknown", response_class=FileResponse)
def download_unknown(  # noqa: PLR0913, PLR0917 the parts of a form
    file: UploadFile,
    uploads: UploadsOf,
    caller: CallerOf,
    house: HouseOf,
    lang: LangOf,
    column: Column = None,
    by: By = None,
) -> FileResponse:
    """Download the names in a file that lead to nobody, with the reasons; nothing is kept."""
    caller.require("define")
    left = uploads.match(file, column, by).unknown(lang)
    with tempfile.NamedTemporaryFile(dir=house.folder, suffix=".csv", delete=False) as made:
        path = Path(made.name)
    write_csv(left, path)
    return FileResponse(
        path,
        media_type="text/csv; charset=utf-8",
        filename="unknown.csv",
        background=BackgroundTask(path.unlink),
    )
