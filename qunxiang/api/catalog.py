"""Routes: how full the catalog is: fields and events with their values, sources and users."""

from __future__ import annotations

from fastapi import APIRouter

from qunxiang.api.callers import CallerOf, HouseOf
from qunxiang.app import EventState, FieldState, Inventory

router = APIRouter(tags=["catalog"])


@router.get("/catalog/fields")
def list_fields(caller: CallerOf, house: HouseOf) -> tuple[FieldState, ...]:
    """List the fields: how many people have each, its values, who gave them, and what names it."""
    return Inventory(house, caller).fields()


@router.get("/catalog/events")
def list_events(caller: CallerOf, house: HouseOf) -> tuple[EventState, ...]:
    """List the events: how often, when and to whom each happened, and how full its properties are."""
    return Inventory(house, caller).events()
