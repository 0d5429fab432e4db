"""Routes: preferences of one's own, and the team's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, JsonValue

from qunxiang.api.callers import CallerOf, HouseOf
from qunxiang.app import Preferences

router = APIRouter(tags=["preferences"])
Key = Annotated[str, Path(pattern=r"^[a-z0-9_.-]{1,80}$")]


class PreferenceAnswer(BaseModel):
    """A value, whose it is, and when it was set; null and nobody's if nobody set it."""

    model_config = ConfigDict(from_attributes=True)

    value: JsonValue
    of: Literal["me", "team", "nobody"]
    at: datetime | None


class PreferenceBody(BaseModel):
    """A value to set: any JSON of up to 64 KiB."""

    value: JsonValue


@router.get("/preferences/{key}")
def get_preference(
    key: Key, caller: CallerOf, house: HouseOf, *, team: bool = False
) -> PreferenceAnswer:
    """Return one's own value; else the team's; else null."""
    return PreferenceAnswer.model_validate(Preferences(house, caller).get(key, team=team))


@router.put("/preferences/{key}")
def put_preference(
    key: Key, body: PreferenceBody, caller: CallerOf, house: HouseOf, *, team: bool = False
) -> PreferenceAnswer:
    """Set a value of one's own, or with `team=true` everybody's, which needs the scope `admin`."""
    found = Preferences(house, caller).put(key, body.value, team=team)
    return PreferenceAnswer.model_validate(found)


@router.delete("/preferences/{key}", status_code=204)
def delete_preference(key: Key, caller: CallerOf, house: HouseOf, *, team: bool = False) -> None:
    """Forget a value of one's own, or the team's."""
    Preferences(house, caller).delete(key, team=team)
