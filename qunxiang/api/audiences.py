"""Routes: saved audiences, their size and history, and who entered and left."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from qunxiang.api.callers import CallerOf, HouseOf
from qunxiang.api.definitions import ExpectedOf, tell_version
from qunxiang.api.shapes import RuleSaid
from qunxiang.app import AudienceChanges, AudienceDetail, AudienceState, MoveTold, Rosters
from qunxiang.audiences import Refreshed

router = APIRouter(tags=["audiences"])


class NewAudience(BaseModel):
    """An audience to save."""

    rule: RuleSaid
    zh: str = ""
    en: str = ""
    description: str = ""


@router.get("/audiences")
def list_audiences(caller: CallerOf, house: HouseOf) -> list[AudienceState]:
    """List the audiences in force, each with its size and changes at its last refresh."""
    return Rosters(house, caller).all()


@router.get("/audiences/{name}")
def get_audience(name: str, caller: CallerOf, house: HouseOf, response: Response) -> AudienceDetail:
    """Return an audience with its rule as tree, text and sentence; `ETag` tells its version."""
    found = Rosters(house, caller).show(name)
    tell_version(response, found.version)
    return found


@router.put("/audiences/{name}")
def save_audience(
    name: str,
    body: NewAudience,
    expected: ExpectedOf,
    caller: CallerOf,
    house: HouseOf,
    response: Response,
) -> AudienceDetail:
    """Save a rule under a name and count its members as of the last refresh.

    `stale` in the answer says that members wait for the next refresh, as there was none yet or one
    is going on. With `If-Match` only in place of that version.
    """
    labels = {"zh": body.zh, "en": body.en, "description": body.description}
    saved = Rosters(house, caller).save(name, body.rule, expected, **labels)
    tell_version(response, saved.version)
    return saved


@router.get("/audiences/{name}/history")
def get_history(name: str, caller: CallerOf, house: HouseOf) -> list[Refreshed]:
    """Return an audience's size at each refresh, and how many entered and left."""
    return Rosters(house, caller).history(name)


@router.get("/audiences/{name}/moves")
def list_moves(
    name: str,
    caller: CallerOf,
    house: HouseOf,
    after: Annotated[int, Query(ge=0, description="The number of the last move known.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> list[MoveTold]:
    """List who entered and left an audience, oldest first, as it was noticed: live or at a refresh."""
    return Rosters(house, caller).moves(name, after, limit)


@router.get("/audiences/{name}/changes")
def get_changes(
    name: str,
    caller: CallerOf,
    house: HouseOf,
    as_of: Annotated[str | None, Query(description="As in the history; the last if none.")] = None,
) -> AudienceChanges:
    """Return the public ids of those who entered and left at a refresh, up to a thousand of each."""
    return Rosters(house, caller).changes(name, as_of)
