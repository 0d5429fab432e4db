"""What sources may send: a tracking plan of events and properties, and what becomes of the rest."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, Literal, Self

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from qunxiang.catalog.definitions import Definition

# allow: take it as it is. drop: leave the value (or the event) out. set_aside: keep the row until
# it is mended. refuse: tell the client so, and keep nothing.
Action = Literal["allow", "drop", "set_aside", "refuse"]
# How a planned value is written; each is read as cleaning reads that type of value.
PlannedType = Literal[
    "text", "number", "integer", "money", "yesno", "date", "moment", "phone", "mail", "texts"
]
Word = Annotated[str, Field(min_length=1, max_length=200)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Actions(_Part):
    """What becomes of what breaks the plan, by what is wrong with it.

    Args:
        required: a property that must be there is not; nothing can be dropped then.
        type: a value cannot be read as the type that was planned.
        range: a number is below `min` or above `max`.
        choice: a value is none of `choices`.
        pattern: a value does not match.
        length: a text is too long.
    """

    required: Literal["allow", "set_aside", "refuse"] = "set_aside"
    type: Action = "drop"
    range: Action = "set_aside"
    choice: Action = "set_aside"
    pattern: Action = "set_aside"
    length: Action = "drop"


class PlannedProperty(_Part):
    """A property as it is to be.

    Args:
        name: its name in the catalog, or any word by which clients call it.
        value: how it is written; None for anything.
        required: every event has it.
        min: the least number allowed.
        max: the greatest.
        choices: the texts allowed, to the letter; empty for any.
        pattern: a regular expression (RE2) that the whole text matches.
        max_length: letters at most.
    """

    name: Word
    value: PlannedType | None = None
    required: bool = False
    min: float | None = None
    max: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = Field(default=None, max_length=500)
    max_length: int | None = Field(default=None, ge=1)

    @field_validator("pattern")
    @classmethod
    def _is_readable(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                matches(pa.array([""]), pattern)
            except pa.ArrowInvalid as error:
                raise ValueError(str(error)) from error
        return pattern

    @model_validator(mode="after")
    def _bounds_numbers(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            message = f"{self.name}: min is above max"
            raise ValueError(message)
        bounded = self.min is not None or self.max is not None
        if bounded and self.value not in {"number", "integer", "money"}:
            message = f"{self.name}: min and max need a number, an integer or money"
            raise ValueError(message)
        return self


class PlannedEvent(_Part):
    """An event as it is to be; `unknown_property` overrides what the plan says of others."""

    event: Word
    properties: tuple[PlannedProperty, ...] = ()
    unknown_property: Action | None = None

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        names = [p.name for p in self.properties]
        twice = next((n for n in names if names.count(n) > 1), None)
        if twice is not None:
            message = f"{self.event}: {twice} is planned twice"
            raise ValueError(message)
        return self


class PlanDefinition(Definition):
    """A tracking plan: which events sources send, and what each must hold.

    Args:
        sources: the sources it covers; empty for all that no other plan names.
        since: the first day (UTC) of receipt that is judged; that on which the plan is saved if
            it is not given. What came before stays as it is, however often it is loaded again.
        events: the events that are planned.
        actions: what becomes of what breaks the plan.
        unknown_event: what becomes of events that are not planned.
        unknown_property: what becomes of properties that are not planned.
    """

    kind_zh: ClassVar[str] = "埋点方案"

    sources: tuple[str, ...] = ()
    since: dt.date | None = None
    events: tuple[PlannedEvent, ...] = ()
    actions: Actions = Actions()
    unknown_event: Action = "allow"
    unknown_property: Action = "allow"

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        names = [e.event for e in self.events]
        twice = next((n for n in names if names.count(n) > 1), None)
        if twice is not None:
            message = f"{twice} is planned twice"
            raise ValueError(message)
        return self

    def refuses(self) -> bool:
        """Say whether anything is refused at the door."""
        told = {*self.actions.model_dump().values(), self.unknown_event, self.unknown_property}
        return "refuse" in told | {e.unknown_property for e in self.events}


def matches(texts: pa.Array, pattern: str) -> pa.BooleanArray:
    """Say which texts match a regular expression as a whole, in time linear in their length."""
    return pc.match_substring_regex(texts, f"^(?:{pattern})$")
