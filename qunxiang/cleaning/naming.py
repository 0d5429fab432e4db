"""What the columns of messages mean: found in the catalog by name, and added to it where it is new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar, cast

import pyarrow as pa

from qunxiang.catalog import (
    Catalog,
    EventDefinition,
    FieldDefinition,
    IdentifierDefinition,
    PersonalClass,
    PropertyDefinition,
    ValueType,
)
from qunxiang.cleaning.dictionary import Dictionary
from qunxiang.cleaning.wording import CONTEXT, PROPERTY, words_of_events
from qunxiang.sources import (
    AT,
    CUSTOMERS,
    ID,
    KEY,
    ColumnMapping,
    MappingDefinition,
    field_name,
    plain,
    value_type,
)

AUTHOR = "intake"
MOST_PROPERTIES = 300
MOST_EVENTS = 2_000
MOST_FIELDS = 500
# Columns that every row has, whatever it is about.
RESERVED = frozenset(
    {"import_no", "row_no", "row_id", "content", "source", "actor", "at", "once", "day", "person"}
)
_SAMPLE = 1_000
# Of what a client sends, only these types are taken to be certain; anything else is text.
_TYPES: dict[ValueType, ValueType] = {
    "integer": "number",
    "number": "number",
    "yesno": "yesno",
    "moment": "moment",
    "date": "date",
    "phone": "phone",
    "mail": "mail",
    "resident_id": "resident_id",
    "money": "money",
}
Rows = pa.RecordBatch | pa.Table
NOTHING: Mapping[str, str] = {}
D = TypeVar("D", FieldDefinition, PropertyDefinition)


class Namer:
    """Finds, for the sheets of messages, the mapping under which they are tidied."""

    def __init__(self, catalog: Catalog, *, keep: bool = True) -> None:
        """Read the catalog.

        Args:
            catalog: where definitions are found.
            keep: whether what is new is added to it, or only told.
        """
        self._catalog = catalog
        self._keep = keep
        self._fields = dict(catalog.all(FieldDefinition))
        self._events = dict(catalog.all(EventDefinition))
        self._identifiers = catalog.all(IdentifierDefinition)
        self._words: dict[str, str] = {}
        self._plain = words_of_events(self._events)
        self.changed = False

    def event_of(self, word: str) -> str:
        """Return the event that a client's word stands for; the word itself if there is none."""
        found = self._words.get(word)
        if found is None:
            found = self._words[word] = self._plain.get(plain(word), word)
        return found

    @property
    def dictionary(self) -> Dictionary:
        """The definitions there are, the new ones among them."""
        return Dictionary(self._fields, self._events, self._identifiers)

    def name(
        self, source: str, what: str, sheet: Rows, planned: Mapping[str, str] = NOTHING
    ) -> MappingDefinition | None:
        """Return the mapping of rows of text; None if there are too many events for one more.

        Args:
            source: where they are from.
            what: the event, or customers.
            sheet: the rows.
            planned: how values are to be written, by the plain words for them.
        """
        if what == CUSTOMERS:
            return self._customers(source, sheet, planned)
        event = self._events.get(what) or self._add_event(what)
        if event is None:
            return None
        known = {p.name: p for p in event.properties}
        columns, new = self._match(sheet, _words(event.properties), known, MOST_PROPERTIES)
        if new:
            more = tuple(self._property(n, sheet, c, planned) for n, c in new.items())
            event = event.model_copy(update={"properties": (*event.properties, *more)})
            self._save(event)
        return MappingDefinition(
            name=f"{field_name(source)}_stream", source=source, rows=event.name, columns=columns
        )

    def _customers(self, source: str, sheet: Rows, planned: Mapping[str, str]) -> MappingDefinition:
        columns, new = self._match(sheet, _words(self._fields.values()), self._fields, MOST_FIELDS)
        for name, column in new.items():
            value, personal = _type_of(sheet, column)
            value = cast("ValueType", planned.get(plain(column), value))
            field = FieldDefinition(
                name=name,
                zh=column,
                en=column,
                value=value,
                personal="personal" if personal == "none" else personal,
                synonyms=(column,),
            )
            self._fields[name] = field
            if self._keep:
                self._catalog.save(field, author=AUTHOR)
            self.changed = True
        return MappingDefinition(
            name=f"{field_name(source)}_stream", source=source, rows=CUSTOMERS, columns=columns
        )

    def _match(
        self, sheet: Rows, words: Mapping[str, str], known: Mapping[str, object], most: int
    ) -> tuple[tuple[ColumnMapping, ...], dict[str, str]]:
        """Return what columns mean, and the names for those that are new with the client's words."""
        found: list[ColumnMapping] = []
        new: dict[str, str] = {}
        for column in sheet.schema.names:
            if column in {AT, KEY}:
                found.append(ColumnMapping(column=column, to=column))
            elif column.startswith(ID):
                if column.removeprefix(ID) in self._identifiers:
                    found.append(ColumnMapping(column=column, to=column))
            elif column.startswith((PROPERTY, CONTEXT)):
                word = column[len(PROPERTY) :]
                # Surroundings keep their names: two that mean a channel must not take one's place.
                name = words.get(plain(word)) if column.startswith(PROPERTY) else word
                name = name or _free_name(word, known, new)
                if name not in known and name not in new:
                    if sheet.column(column).null_count == sheet.num_rows:
                        continue  # cleared, and never set
                    if len(known) + len(new) >= most:
                        continue
                    new[name] = word
                found.append(ColumnMapping(column=column, to=name))
        return tuple(found), new

    def _property(
        self, name: str, sheet: Rows, word: str, planned: Mapping[str, str]
    ) -> PropertyDefinition:
        value, personal = _type_of(sheet, word)
        value = cast("ValueType", planned.get(plain(word), value))
        return PropertyDefinition(
            name=name, zh=word, en=word, value=value, personal=personal, synonyms=(word,)
        )

    def _add_event(self, what: str) -> EventDefinition | None:
        name = field_name(what)
        if name in self._events:
            event = self._events[name]
            event = event.model_copy(update={"synonyms": (*event.synonyms, what)})
        elif len(self._events) >= MOST_EVENTS:
            return None
        else:
            event = EventDefinition(name=name, zh=what, en=what, synonyms=(what,))
        self._save(event)
        return event

    def _save(self, event: EventDefinition) -> None:
        self._events[event.name] = event
        if self._keep:
            self._catalog.save(event, author=AUTHOR)
        self.changed = True


def _free_name(word: str, known: Mapping[str, object], new: Mapping[str, str]) -> str:
    """Return the name for a client's word that is not known by it."""
    name = field_name(word)
    name = f"{name}_" if name in RESERVED else name
    if name in known or new.get(name, word) != word:
        # Another word came to the same name: `a.b` and `a_b` are two things.
        return f"{name}_{sum(n.startswith(name) for n in (*known, *new)) + 1}"
    return name


def _words(definitions: Iterable[FieldDefinition | PropertyDefinition]) -> dict[str, str]:
    """Return which field or property goes by a word; a name itself wins over a synonym of another."""
    found: dict[str, str] = {}
    for one in definitions:
        for word in (one.zh, one.en, *one.synonyms):
            if word:
                found.setdefault(plain(word), one.name)
    found.update({plain(one.name): one.name for one in definitions})
    return found


def _type_of(sheet: Rows, word: str) -> tuple[ValueType, PersonalClass]:
    """Return of which type a new column's values are, and how personal they look."""
    column = next(c for c in (PROPERTY + word, CONTEXT + word) if c in sheet.schema.names)
    values = pa.array(sheet.column(column).slice(0, _SAMPLE).to_pylist(), pa.string())
    value = _TYPES.get(value_type(values) or "text", "text")
    if value == "resident_id":
        return value, "sensitive"
    return value, "contact" if value in {"phone", "mail"} else "none"
