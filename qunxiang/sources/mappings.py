"""A mapping: what each column of a file means. People correct it, and it is reused.

`to` is the name of a field (for customers) or property (for events), or one of
`@key` (the record's own key in its source), `@at` (when it happened or was last changed),
`@event` (which event the row is), `@id:TYPE` (an identifier only), `@person:FIELD` (on an event's
row, a field of the person it happened to); None leaves the column in the landing log and nowhere
else.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from qunxiang.catalog import Definition, EventDefinition, FieldDefinition, PropertyDefinition

CUSTOMERS = "customers"
KEY, AT, EVENT, ID, PERSON = "@key", "@at", "@event", "@id:", "@person:"


class ColumnMapping(BaseModel):
    """What one column means; `confidence` and `because` say how a proposal came about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    to: str | None
    confidence: float = Field(default=1.0, ge=0, le=1)
    because: Literal["told", "template", "name", "similar name", "values", "new", "unused"] = "told"


class Switch(BaseModel):
    """Makes another event of the rows whose column passes a test."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    test: Literal["starts_with", "equals", "negative"]
    values: tuple[str, ...] = ()
    event: str


class MappingDefinition(Definition):
    """How the rows of one kind of file become customers or events.

    Args:
        source: the name of the source the rows come from.
        rows: `customers`, or the event each row is.
        columns: what each column means.
        switches: which rows are another event; the first that passes wins.
        new: fields (or properties) this mapping adds to the catalog.
        date_order: how 05/03/24 is read; None for the workspace's setting.
        zone: the time zone of local times in the file; None for the workspace's.
        key: the columns that together name a row for good; a column meant as `@key` if not given.
        template: the known export whose columns these are, if it is one.
    """

    kind_zh: ClassVar[str] = "对应关系"

    source: str
    rows: str
    columns: tuple[ColumnMapping, ...]
    switches: tuple[Switch, ...] = ()
    new: tuple[FieldDefinition, ...] = ()
    date_order: Literal["ymd", "dmy", "mdy"] | None = None
    zone: str | None = None
    key: tuple[str, ...] = ()
    template: str | None = None

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns that together name a row; none where nothing does."""
        column = self.column_for(KEY)
        return self.key or (() if column is None else (column,))

    def column_for(self, target: str) -> str | None:
        """Return the first column that is mapped to the target."""
        return next((c.column for c in self.columns if c.to == target), None)

    def extend(self, event: EventDefinition) -> EventDefinition:
        """Return the event with the properties this mapping adds."""
        more = tuple(
            PropertyDefinition(name=f.name, zh=f.zh, en=f.en, value=f.value, choices=f.choices)
            for f in self.new
            if event.property(f.name) is None
        )
        return event.model_copy(update={"properties": (*event.properties, *more)})

    def about_the_person(self) -> MappingDefinition | None:
        """Return the customer mapping of what event rows say of the person; None if they say nothing."""
        if not any((c.to or "").startswith(PERSON) for c in self.columns):
            return None
        kept = tuple(
            c.model_copy(update={"to": (c.to or "").removeprefix(PERSON)})
            for c in self.columns
            if (c.to or "").startswith((PERSON, ID)) or c.to == AT
        )
        return self.model_copy(
            update={"rows": CUSTOMERS, "columns": kept, "switches": (), "key": ()}
        )
