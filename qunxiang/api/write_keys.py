"""Routes of write keys: with which clients send messages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from qunxiang.api.callers import CallerOf, HouseOf
from qunxiang.governance import SENDABLE, Sendable, WriteKeyWish

router = APIRouter(tags=["intake"])
Name = Annotated[str, Field(min_length=1, max_length=80)]


class NewWriteKey(BaseModel):
    """A write key to be made."""

    name: Name
    source: Name
    kinds: list[Sendable] = Field(default=list(SENDABLE), min_length=1)
    per_second: int = Field(default=0, ge=0, description="Messages a second; 0 for any number.")
    origins: list[str] = Field(
        default=[], description="Web pages it may be used from; any if none."
    )
    aliases: list[Name] = Field(default=[], description="App ids or projects it is known by, too.")


class NewWriteKeyAnswer(BaseModel):
    """A write key, shown this once."""

    name: str
    key: str


class WriteKeyAnswer(BaseModel):
    """A write key without its secret; `begins` is how it begins."""

    name: str
    begins: str
    source: str
    kinds: list[Sendable]
    per_second: int
    origins: list[str]
    aliases: list[str]
    author: str
    at: str


@router.get("/write-keys")
def list_write_keys(caller: CallerOf, house: HouseOf) -> list[WriteKeyAnswer]:
    """List the write keys, without their secrets."""
    caller.require("import")
    return [WriteKeyAnswer.model_validate(vars(key)) for key in house.write_keys.all()]


@router.post("/write-keys", status_code=201)
def create_write_key(key: NewWriteKey, caller: CallerOf, house: HouseOf) -> NewWriteKeyAnswer:
    """Make a write key; it is shown this once."""
    caller.require("import")
    secret = house.write_keys.create(WriteKeyWish(**key.model_dump()), author=caller.name)
    house.audit.note(caller.name, "create write key", key=key.name, source=key.source)
    return NewWriteKeyAnswer(name=key.name, key=secret)


@router.delete("/write-keys/{name}", status_code=204)
def revoke_write_key(name: str, caller: CallerOf, house: HouseOf) -> None:
    """Revoke a write key; within two seconds nothing more is taken with it."""
    caller.require("import")
    house.write_keys.revoke(name)
    house.audit.note(caller.name, "revoke write key", key=name)
