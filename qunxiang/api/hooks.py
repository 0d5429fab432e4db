"""Routes: web hooks, what came by them, and what a body would be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from qunxiang.api.callers import CallerOf, HouseOf, LangOf
from qunxiang.api.tails import ArrivedAnswer, IdAnswer, tell_arrival
from qunxiang.app import Hooks, TriedMessage
from qunxiang.catalog import read_definition
from qunxiang.errors import Lang, QunxiangError
from qunxiang.sources import HookDefinition

router = APIRouter(tags=["intake"])
_MOST_LETTERS = 10 << 20


class RefusalAnswer(BaseModel):
    """How many requests were refused on a day (UTC) for one reason; `last` is when the last came."""

    day: str
    code: str
    reason: str
    remedy: str
    requests: int
    last: datetime


class HookAnswer(BaseModel):
    """A hook: `path` is where its sender sends, behind the intake's address.

    `secrets` says of each secret whether it is kept; `refusals` are those of the last thirty days.
    """

    definition: HookDefinition
    path: str
    secrets: dict[str, bool]
    received_at: datetime | None
    refusals: list[RefusalAnswer]


class HookTry(BaseModel):
    """A body as its sender writes it, and the headers that matter.

    With `definition` it is read by a hook that is not saved yet.
    """

    body: str = Field(max_length=_MOST_LETTERS)
    headers: dict[str, str] = {}
    definition: dict[str, Any] | None = None


class TriedMessageAnswer(BaseModel):
    """A message that would come: what it says, or why it would be set aside or refused."""

    model_config = ConfigDict(extra="forbid")

    kind: str
    id: str
    event: str
    at: datetime | None
    ids: list[IdAnswer]
    properties: dict[str, Any]
    changes: dict[str, dict[str, Any]]
    code: str
    reason: str
    remedy: str


@router.get("/hooks")
def list_hooks(caller: CallerOf, house: HouseOf, lang: LangOf) -> list[HookAnswer]:
    """List the web hooks, where their senders send, and what was refused."""
    caller.require("read")
    return [
        HookAnswer(
            definition=state.definition,
            path=state.path,
            secrets=dict(state.secrets),
            received_at=state.received_at,
            refusals=[
                RefusalAnswer(
                    day=one.day,
                    code=one.code,
                    reason=QunxiangError(one.code).message(lang),
                    remedy=QunxiangError(one.code).remedy(lang),
                    requests=one.requests,
                    last=datetime.fromisoformat(one.last),
                )
                for one in state.refusals
            ],
        )
        for state in Hooks(house).states(caller)
    ]


@router.get("/hooks/{name}/arrivals")
def list_hook_arrivals(
    name: str, caller: CallerOf, house: HouseOf, lang: LangOf
) -> list[ArrivedAnswer]:
    """List the last messages that hooks brought to this one's source, newest first."""
    caller.require("read")
    return [tell_arrival(one, lang) for one in Hooks(house).arrivals(name, caller)]


@router.post("/hooks/{name}/try")
def try_hook(
    name: str, asked: HookTry, caller: CallerOf, house: HouseOf, lang: LangOf
) -> list[TriedMessageAnswer]:
    """Say which messages would come of a body; nothing is kept."""
    caller.require("import")
    if asked.definition is None:
        hook = house.catalog.get(HookDefinition, name)
    else:
        hook = read_definition(HookDefinition, asked.definition | {"name": name})
    tried = Hooks(house).try_out(hook, asked.body.encode(), asked.headers, caller)
    return [_tell(one, lang) for one in tried]


def _tell(one: TriedMessage, lang: Lang) -> TriedMessageAnswer:
    said = one.message
    code = one.fault or one.refused.partition(" ")[0]
    error = QunxiangError(one.fault) if one.fault else None
    return TriedMessageAnswer(
        kind="" if said is None else said.kind,
        id="" if said is None else said.id,
        event="" if said is None else said.event,
        at=None if said is None or said.at is None else datetime.fromtimestamp(said.at / 1e6, UTC),
        ids=[] if said is None else [IdAnswer(type=kind, value=value) for kind, value in said.ids],
        properties={} if said is None else said.properties,
        changes={} if said is None else {str(k): v for k, v in said.changes.items()},
        code=code,
        reason=one.refused if error is None else error.message(lang),
        remedy="" if error is None else error.remedy(lang),
    )
