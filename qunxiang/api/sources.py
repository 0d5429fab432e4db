"""Routes: where data comes from, and where clients are to send messages."""

from __future__ import annotations

import socket
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from qunxiang.api.callers import CallerOf, FeedsOf, HouseOf
from qunxiang.app import Way

router = APIRouter(tags=["intake"])
_KNOCK_SECONDS = 0.3


class _Told(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class FeedDayAnswer(_Told):
    """What came on a day (UTC): rows or messages, and how many of them were set aside whole."""

    day: date
    rows: int
    set_aside: int


class FeedAnswer(_Told):
    """A source of data: what feeds it, how much came, and when last.

    `rows` in force, those that wait for a refresh (`waiting`) among them; `counting` says that more
    may wait than could be counted yet.
    """

    name: str
    zh: str
    en: str
    ways: list[Way]
    keys: int
    connectors: list[str]
    received_at: datetime | None
    rows: int
    set_aside: int
    waiting: int
    counting: bool
    days: list[FeedDayAnswer]


class IntakeAnswer(BaseModel):
    """Where clients send messages: its port (0 for none), its address if one is set, and if it answers."""

    port: int
    url: str
    answers: bool


@router.get("/sources")
def list_sources(
    caller: CallerOf, feeds: FeedsOf, days: Annotated[int, Query(ge=1, le=90)] = 14
) -> list[FeedAnswer]:
    """List where data comes from, with what came on each of the last days."""
    caller.require("read")
    return [FeedAnswer.model_validate(feed) for feed in feeds.all(days)]


@router.get("/intake")
def show_intake(caller: CallerOf, house: HouseOf) -> IntakeAnswer:
    """Say where clients send messages, and whether somebody answers there."""
    caller.require("read")
    settings = house.settings
    port = settings.intake_port
    answers = bool(port) and _answers(settings.intake_host, port)
    return IntakeAnswer(port=port, url=settings.intake_url.rstrip("/"), answers=answers)


def _answers(host: str, port: int) -> bool:
    there = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 told, not listened on
    try:
        socket.create_connection((there, port), _KNOCK_SECONDS).close()
    except OSError:
        return False
    return True
