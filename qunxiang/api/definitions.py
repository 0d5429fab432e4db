"""Routes: the definitions of a workspace: fields, events, tags, mappings and the rest."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter

from qunxiang.api.callers import CallerOf, HouseOf
from qunxiang.app import KINDS
from qunxiang.app import retire_definition as take_out
from qunxiang.app import save_definition as check_and_save
from qunxiang.catalog import Stored, read_definition

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
]


@router.get("/definitions/{kind}")
def list_definitions(kind: Kind, caller: CallerOf, house: HouseOf) -> list[dict[str, Any]]:
    """List the definitions of a kind that are in force."""
    caller.require("read")
    return [d.model_dump(mode="json") for d in house.catalog.all(KINDS[kind]).values()]


@router.get("/definitions/{kind}/{name}")
def get_definition(kind: Kind, name: str, caller: CallerOf, house: HouseOf) -> dict[str, Any]:
    """Return a definition."""
    caller.require("read")
    return house.catalog.get(KINDS[kind], name).model_dump(mode="json")


@router.get("/definitions/{kind}/{name}/versions")
def get_versions(kind: Kind, name: str, caller: CallerOf, house: HouseOf) -> list[Stored]:
    """Return every stored version of a definition, newest first."""
    caller.require("read")
    return house.catalog.history(KINDS[kind], name)


@router.put("/definitions/{kind}/{name}")
def save_definition(
    kind: Kind, name: str, body: dict[str, Any], caller: CallerOf, house: HouseOf
) -> dict[str, Any]:
    """Put a definition in force; the answer tells its version."""
    caller.require("define")
    definition = read_definition(KINDS[kind], body | {"name": name})
    return {"name": name, "version": check_and_save(house, caller, definition)}


@router.delete("/definitions/{kind}/{name}", status_code=204)
def retire_definition(kind: Kind, name: str, caller: CallerOf, house: HouseOf) -> None:
    """Take a definition out of force; its versions stay readable."""
    take_out(house, caller, house.catalog.get(KINDS[kind], name))
