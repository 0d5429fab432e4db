"""Routes: what a rule may name, for the rule editor, and suggestions of values."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from qunxiang.api.callers import CallerOf, HouseOf
from qunxiang.app import ValueCount, Vocabularies, Vocabulary
from qunxiang.errors import QunxiangError

router = APIRouter(tags=["vocabulary"])
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/vocabulary")
def get_vocabulary(caller: CallerOf, house: HouseOf) -> Vocabulary:
    """Return everything this caller's rules may name: fields, events, groups, operators, functions."""
    return Vocabularies(house, caller).tell()


@router.get("/vocabulary/values")
def suggest_values(  # noqa: PLR0913, PLR0917 what the query gives
    caller: CallerOf,
    house: HouseOf,
    field: str | None = None,
    event: str | None = None,
    prop: Annotated[str | None, Query(alias="property")] = None,
    text: str = "",
    limit: Limit = 20,
) -> tuple[ValueCount, ...]:
    """Suggest values that contain a text: of a `field`, or of an `event`'s `property`."""
    words = Vocabularies(house, caller)
    if field is not None and event is None:
        return words.suggest_values(field, text, limit)
    if event is None or prop is None or field is not None:
        raise QunxiangError(
            "api.invalid", where="field", reason="either field, or event and property, is needed"
        )
    return words.suggest_event_values(event, prop, text, limit)
