"""Routes: messages that were set aside, mended by hand one by one."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from qunxiang.api.callers import CallerOf, HouseOf, LangOf
from qunxiang.app import MOST_LISTED, Became, Mending, MessageFault
from qunxiang.cleaning import explain, remedy
from qunxiang.errors import Lang
from qunxiang.sources import Mend

router = APIRouter(tags=["quality"])


class MessageFaultAnswer(BaseModel):
    """Why something of a message is set aside; `whole` if the message is, and not a value of it."""

    event: str
    column: str
    code: str
    message: str
    remedy: str
    value: str | None
    whole: bool


class WaitingAnswer(BaseModel):
    """A message of which something was set aside; `number` names it in the log."""

    number: str
    source: str
    day: dt.date
    mended: bool
    faults: list[MessageFaultAnswer]


class BecameRowAnswer(BaseModel):
    """A row that a message becomes: of which event, or `customers`, with its values as text."""

    what: str
    values: dict[str, str]


class BecameAnswer(BaseModel):
    """What becomes of a message; `accepted` if nothing of it is set aside."""

    accepted: bool
    rows: list[BecameRowAnswer]
    faults: list[MessageFaultAnswer]


class MendAnswer(BaseModel):
    """A message that was mended: what stands in its place (`raw`), who did it, when and why.

    Without the right `personal`, `raw` and `why` are empty.
    """

    number: str
    raw: str
    why: str
    author: str
    at: dt.datetime


class MendedMessageAnswer(BaseModel):
    """A message whole: `raw` as it came, what stands in its place, and what becomes of it now."""

    number: str
    source: str
    protocol: str
    received: dt.datetime
    raw: str
    mend: MendAnswer | None
    became: BecameAnswer


class MessagesAsk(BaseModel):
    """Which messages are wanted: of a source, of an event, for a reason, of a property; all if not given."""

    source: str | None = None
    event: str | None = None
    code: str | None = None
    column: str | None = None
    limit: int = Field(default=50, ge=1, le=MOST_LISTED)


class MessageText(BaseModel):
    """A message as it is to be, as JSON text."""

    raw: str


class MessageMending(MessageText):
    """A message as it is to be, and why."""

    why: str = Field(default="", max_length=500)


@router.get("/set-aside/messages")
def list_set_aside_messages(
    caller: CallerOf, house: HouseOf, lang: LangOf, asked: Annotated[MessagesAsk, Query()]
) -> list[WaitingAnswer]:
    """List messages of which something is set aside, newest days first; values by right."""
    found = Mending(house, caller).waiting(**asked.model_dump())
    return [
        WaitingAnswer(
            number=str(one.number),
            source=one.source,
            day=dt.date.fromisoformat(one.day),
            mended=one.mended,
            faults=_faults(one.faults, lang),
        )
        for one in found
    ]


@router.get("/set-aside/mended")
def list_mended_messages(caller: CallerOf, house: HouseOf) -> list[MendAnswer]:
    """List the messages that were mended by hand, the newest mend first."""
    return [_mend(one) for one in Mending(house, caller).mended()]


@router.get("/set-aside/messages/{number}")
def open_set_aside_message(
    number: int, caller: CallerOf, house: HouseOf, lang: LangOf
) -> MendedMessageAnswer:
    """Return a message whole, to be mended; it needs the right `personal`."""
    one = Mending(house, caller).open(number)
    return MendedMessageAnswer(
        number=str(one.number),
        source=one.source,
        protocol=one.protocol,
        received=one.received,
        raw=one.raw,
        mend=None if one.mend is None else _mend(one.mend),
        became=_became(one.became, lang),
    )


@router.post("/set-aside/messages/{number}/trial")
def try_message(
    number: int, body: MessageText, caller: CallerOf, house: HouseOf, lang: LangOf
) -> BecameAnswer:
    """Say what would become of a message if it were this text; nothing is changed."""
    return _became(Mending(house, caller).try_out(number, body.raw), lang)


@router.put("/set-aside/messages/{number}")
def mend_message(
    number: int, body: MessageMending, caller: CallerOf, house: HouseOf, lang: LangOf
) -> BecameAnswer:
    """Put a text in the place of a message that was set aside; the next refresh brings it in."""
    return _became(Mending(house, caller).mend(number, body.raw, body.why), lang)


@router.delete("/set-aside/messages/{number}", status_code=204)
def undo_mending(number: int, caller: CallerOf, house: HouseOf) -> None:
    """Let a mended message be as it came again, from the next refresh on."""
    Mending(house, caller).undo(number)


def _mend(one: Mend) -> MendAnswer:
    at = dt.datetime.fromisoformat(one.at)
    return MendAnswer(number=str(one.row_no), raw=one.raw, why=one.why, author=one.author, at=at)


def _became(one: Became, lang: Lang) -> BecameAnswer:
    rows = [BecameRowAnswer(what=what, values=values) for what, values in one.rows]
    return BecameAnswer(accepted=one.accepted, rows=rows, faults=_faults(one.faults, lang))


def _faults(faults: tuple[MessageFault, ...], lang: Lang) -> list[MessageFaultAnswer]:
    return [
        MessageFaultAnswer(
            event=one.event,
            column=one.column,
            code=one.code,
            message=explain(one.code, lang),
            remedy=remedy(one.code, lang),
            value=one.value,
            whole=one.whole,
        )
        for one in faults
    ]
