"""Routes: one person's card, everything held about them, and their erasure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from qunxiang.api.callers import CallerOf, HouseOf
from qunxiang.app import Persons

router = APIRouter(tags=["persons"])


@router.get("/persons/{who}")
def get_person(who: str, caller: CallerOf, house: HouseOf) -> dict[str, Any]:
    """Return a person's portrait; `who` is a public id or any identifier's value."""
    return Persons(house, caller).card(who)


@router.get("/persons/{who}/export")
def export_person(who: str, caller: CallerOf, house: HouseOf) -> dict[str, Any]:
    """Return everything held about a person."""
    return Persons(house, caller).export(who)


@router.delete("/persons/{who}")
def erase_person(who: str, caller: CallerOf, house: HouseOf) -> dict[str, Any]:
    """Erase a person from every store; the receipt says what went, and what a search found after."""
    return asdict(Persons(house, caller).erase(who))
