"""Routes: the definitions of a workspace, each kind with its own shape: fields, tags and the rest."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BaseModel

from qunxiang.api.callers import CallerOf, HouseOf
from qunxiang.api.shapes import ShownAs
from qunxiang.app import KINDS, Use, find_uses, make_redactor
from qunxiang.app import retire_definition as take_out
from qunxiang.app import save_definition as check_and_save
from qunxiang.catalog import Definition, Expected, Stored, kind_of, read_definition
from qunxiang.errors import QunxiangError

router = APIRouter(tags=["definitions"])
Kind = Literal[
    "fields",
    "events",
    "identifiers",
    "sources",
    "mappings",
    "lists",
    "tags",
    "audiences",
    "rfm",
    "lifecycle",
    "connectors",
    "hooks",
    "schedules",
    "plans",
    "fixes",
]
Force = Annotated[bool, Query(description="Whether those that name it are left at a loss.")]


class Saved(BaseModel):
    """The version under which a definition is in force."""

    name: str
    version: int


def get_expected(
    if_match: Annotated[
        str | None, Header(description='The version that is to be replaced, as in `ETag`: `"3"`.')
    ] = None,
    if_none_match: Annotated[
        str | None, Header(description="`*`: make a new one only; refused where there is one.")
    ] = None,
) -> Expected | None:
    """Return what a request believes is in force."""
    if if_none_match is not None and if_none_match.strip() == "*":
        return "absent"
    if if_match is None or if_match.strip() == "*":
        return None
    version = if_match.strip().removeprefix("W/").strip('"')
    if not version.isdecimal():
        raise QunxiangError("api.invalid", where="If-Match", reason="not a version")
    return int(version)


ExpectedOf = Annotated[Expected | None, Depends(get_expected)]


def tell_version(response: Response, version: int) -> None:
    """Put the version of what is answered into the header `ETag`."""
    response.headers["ETag"] = f'"{version}"'


def _add_kind(kind: str, cls: type[Definition]) -> None:
    """Add the routes that read and write one kind, described by its own class."""

    def list_all(caller: CallerOf, house: HouseOf) -> list[Definition]:
        caller.require("read")
        return [*map(make_redactor(house, caller), house.catalog.all(cls).values())]

    def get_one(name: str, caller: CallerOf, house: HouseOf, response: Response) -> Definition:
        caller.require("read")
        found = house.catalog.get(cls, name)
        tell_version(response, house.catalog.version_of(cls, name))
        return make_redactor(house, caller)(found)

    def save_one(
        name: str,
        body: dict[str, Any],
        expected: ExpectedOf,
        caller: CallerOf,
        house: HouseOf,
        response: Response,
    ) -> Saved:
        caller.require("define")
        definition = read_definition(cls, body | {"name": name})
        version = check_and_save(house, caller, definition, expected)
        tell_version(response, version)
        return Saved(name=name, version=version)

    save_one.__annotations__["body"] = Annotated[dict[str, Any], ShownAs(cls)]
    path = f"/definitions/{kind}"
    one = path + "/{name}"
    router.add_api_route(
        path,
        list_all,
        name=f"list_{kind}_definitions",
        response_model=list[cls],
        description=f"List the definitions of {kind} in force.",
    )
    router.add_api_route(
        one,
        get_one,
        name=f"get_{kind}_definition",
        response_model=cls,
        description=f"Return a definition of {kind}; the header `ETag` tells its version.",
    )
    router.add_api_route(
        one,
        save_one,
        methods=["PUT"],
        name=f"save_{kind}_definition",
        description=f"Put a definition of {kind} in force; with `If-Match` only in place of that version.",
    )


for _kind, _cls in KINDS.items():
    _add_kind(_kind, _cls)


@router.get("/definitions/{kind}/{name}/versions")
def get_versions(kind: Kind, name: str, caller: CallerOf, house: HouseOf) -> list[Stored]:
    """Return every stored version of a definition, newest first; version 0 is the starter's."""
    caller.require("read")
    redact, cls = make_redactor(house, caller), KINDS[kind]
    found = house.catalog.history(cls, name)
    if (first := house.catalog.built_in(cls, name)) is not None:
        starter = Stored(
            kind=kind_of(cls),
            name=name,
            version=0,
            status="active",
            author="",
            at="",
            body=first.model_dump(mode="json"),
        )
        found.append(starter)
    bodies = (redact(cls.model_validate(s.body)).model_dump(mode="json") for s in found)
    return [s.model_copy(update={"body": b}) for s, b in zip(found, bodies, strict=True)]


@router.get("/definitions/{kind}/{name}/uses")
def get_uses(kind: Kind, name: str, caller: CallerOf, house: HouseOf) -> list[Use]:
    """List the definitions in force that name this one."""
    caller.require("read")
    house.catalog.get(KINDS[kind], name)
    return list(find_uses(house.catalog).get((kind, name), ()))


@router.delete("/definitions/{kind}/{name}", status_code=204)
def retire_definition(
    kind: Kind, name: str, caller: CallerOf, house: HouseOf, force: Force = False
) -> None:
    """Take a definition out of force; refused while others name it, unless with `force`."""
    take_out(house, caller, house.catalog.get(KINDS[kind], name), force=force)
