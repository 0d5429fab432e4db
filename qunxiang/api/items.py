"""Route: what clients said of products and the like."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from pydantic import BaseModel

from qunxiang.api.callers import CallerOf, HouseOf

router = APIRouter(tags=["catalog"])


class ItemAnswer(BaseModel):
    """An item as it was last told; `properties` as they came."""

    type: str
    id: str
    at: datetime
    source: str
    properties: dict[str, Any]


@router.get("/items")
def list_items(
    caller: CallerOf,
    house: HouseOf,
    type: Annotated[str | None, Query(description="Only items of this type.")] = None,  # noqa: A002 the word of the address
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
) -> list[ItemAnswer]:
    """List the items in force, by type and id."""
    caller.require("read")
    return [
        ItemAnswer(
            type=one.type,
            id=one.id,
            at=one.at,
            source=one.source,
            properties=orjson.loads(one.content),
        )
        for one in house.cleaning.items(type, limit)
    ]
