"""How a source's rows are put right before they are read: a rule that a person wrote once."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from qunxiang.catalog.definitions import Definition
from qunxiang.catalog.plans import Word


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RenameEvent(_Part):
    """The event is another one."""

    do: Literal["rename_event"] = "rename_event"
    to: Word


class Rename(_Part):
    """The property is another one; where the row has both, that one's own value stays."""

    do: Literal["rename"] = "rename"
    to: Word


class Cast(_Part):
    """Values are written in a form of their own; those that are not stay as they are.

    Args:
        do: tells this fix from the others.
        format: `%d.%m.%Y %H:%M` and the like for times; `unix` and `unix_ms` for seconds and
            milliseconds since 1970; `decimal_comma` for 1.234,50; `first_number` for the first
            number in a text, as in `约 30 元`.
    """

    do: Literal["cast"] = "cast"
    format: str = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        named = {"unix", "unix_ms", "decimal_comma", "first_number"}
        if self.format not in named and "%" not in self.format:
            message = f"a format is one of {', '.join(sorted(named))}, or has % in it"
            raise ValueError(message)
        return self


class Default(_Part):
    """Where the property is missing, it is this."""

    do: Literal["default"] = "default"
    value: Word


class MapValues(_Part):
    """Values stand for others; nothing (null) means that there is no value."""

    do: Literal["map"] = "map"
    values: dict[str, str | None] = Field(min_length=1)


class DropProperty(_Part):
    """The property is left out."""

    do: Literal["drop"] = "drop"


class Accept(_Part):
    """Whatever the tracking plan says of it, it is taken as it is."""

    do: Literal["accept"] = "accept"


Remedy = Annotated[
    RenameEvent | Rename | Cast | Default | MapValues | DropProperty | Accept,
    Field(discriminator="do"),
]


class FixDefinition(Definition):
    """A fix: what is done to a property of an event from a source before rows are read.

    Args:
        source: whose rows.
        event: which of them, by the event's name or the client's word; `customers` for what is
            said of people.
        property: which property, by its name or the source's word for it; None for the event.
        since: the first day (UTC) of receipt it is for; None for all.
        enabled: whether it is in use.
        does: what is done.
    """

    kind_zh: ClassVar[str] = "修正规则"

    source: Word
    event: Word
    property: Word | None = None
    since: dt.date | None = None
    enabled: bool = True
    does: Remedy

    @model_validator(mode="after")
    def _says_of_what(self) -> Self:
        whole = isinstance(self.does, RenameEvent)
        if whole and self.property is not None:
            message = "an event is renamed without a property"
            raise ValueError(message)
        if self.property is None and not whole and not isinstance(self.does, Accept):
            message = "name the property that is put right"
            raise ValueError(message)
        return self
