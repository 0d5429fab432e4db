"""Routes: lists of people, made from names, files, rules and audiences."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, UploadFile
from pydantic import BaseModel, Field

from qunxiang.api.answers import RowsAnswer
from qunxiang.api.callers import CallerOf, HouseOf, LangOf
from qunxiang.api.naming import (
    By,
    ChangeAnswer,
    Column,
    Named,
    UploadsOf,
    change_answer,
    match_named,
)
from qunxiang.app import Lists, Matches, Questions
from qunxiang.catalog import ListDefinition, read_definition
from qunxiang.profiles import HandChange

router = APIRouter(tags=["lists"])


class NewList(Named):
    """A list to make: its labels, and who is on it to begin with; nobody if nobody is named."""

    zh: str = ""
    en: str = ""
    description: str = ""


class AskedMembers(BaseModel):
    """What to show of the people on a list, now or at an earlier moment."""

    columns: list[str] = Field(default=[], max_length=200)
    limit: int = Field(default=100, ge=1, le=10_000)
    offset: int = Field(default=0, ge=0)
    as_of: datetime | None = None


class ListAnswer(BaseModel):
    """A list and how many people are on it."""

    name: str
    zh: str
    en: str
    description: str
    count: int


class ListDetail(ListAnswer):
    """A list with its changes, newest first."""

    changes: list[HandChange]


@router.get("/lists")
def list_lists(caller: CallerOf, house: HouseOf) -> list[ListAnswer]:
    """List the lists and how many people are on each."""
    return [ListAnswer(**asdict(state)) for state in Lists(house, caller).all()]


@router.get("/lists/{name}")
def get_list(name: str, caller: CallerOf, house: HouseOf) -> ListDetail:
    """Return a list: how many are on it, and every change."""
    return ListDetail(**asdict(Lists(house, caller).show(name)))


@router.post("/lists/{name}", status_code=201)
def create_list(
    name: str, body: NewList, caller: CallerOf, house: HouseOf, lang: LangOf
) -> ChangeAnswer:
    """Make a list: empty, of the people named, or of those a rule or audience holds for now."""
    labels = {"zh": body.zh, "en": body.en, "description": body.description}
    definition = read_definition(ListDefinition, labels | {"name": name})
    lists = Lists(house, caller)
    match = match_named(body, house, caller) if body.given() else Matches(house).of_names([])
    lists.create(definition)
    return change_answer(lists.add(name, match), match, lang)


@router.delete("/lists/{name}", status_code=204)
def delete_list(name: str, caller: CallerOf, house: HouseOf) -> None:
    """Take a list out of force; refused while a tag or audience asks for it."""
    Lists(house, caller).delete(name)


@router.post("/lists/{name}/people")
def add_to_list(
    name: str, named: Named, caller: CallerOf, house: HouseOf, lang: LangOf
) -> ChangeAnswer:
    """Put people on a list."""
    match = match_named(named, house, caller)
    return change_answer(Lists(house, caller).add(name, match), match, lang)


@router.post("/lists/{name}/people/remove")
def remove_from_list(
    name: str, named: Named, caller: CallerOf, house: HouseOf, lang: LangOf
) -> ChangeAnswer:
    """Take people off a list."""
    match = match_named(named, house, caller)
    return change_answer(Lists(house, caller).remove(name, match), match, lang)


@router.delete("/lists/{name}/people/{who}")
def remove_one_from_list(
    name: str, who: str, caller: CallerOf, house: HouseOf, lang: LangOf
) -> ChangeAnswer:
    """Take one person off a list."""
    lists = Lists(house, caller)
    match = Matches(house).of_one(who)
    return change_answer(lists.remove(name, match), match, lang)


@router.post("/lists/{name}/file")
def fill_list(  # noqa: PLR0913, PLR0917 the parts of a form
    name: str,
    file: UploadFile,
    uploads: UploadsOf,
    caller: CallerOf,
    house: HouseOf,
    lang: LangOf,
    column: Column = None,
    by: By = None,
    action: Annotated[Literal["add", "remove"], Form()] = "add",
) -> ChangeAnswer:
    """Put the people in a file on a list, or take them off."""
    caller.require("define")
    match = uploads.match(file, column, by)
    lists = Lists(house, caller)
    done = lists.add(name, match) if action == "add" else lists.remove(name, match)
    return change_answer(done, match, lang)


@router.post("/lists/{name}/members")
def list_list_members(
    name: str, asked: AskedMembers, caller: CallerOf, house: HouseOf
) -> RowsAnswer:
    """Return a page of the people on a list; personal fields are masked without the right to them."""
    people = Lists(house, caller).members(name, asked.as_of)
    questions = Questions(house, caller)
    rows = questions.members(people, asked.columns, limit=asked.limit, offset=asked.offset)
    return RowsAnswer(total=people.count(), rows=rows.to_pylist())
