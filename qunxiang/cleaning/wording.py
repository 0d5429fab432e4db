"""By which words a source's columns, the catalog, plans and fixes call the same thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from qunxiang.catalog import EventDefinition, FieldDefinition, PropertyDefinition
from qunxiang.sources import CUSTOMERS, EVENT, ID, KEY, PERSON, MappingDefinition, plain

# What a message says of an event stands in columns of this prefix; of its surroundings in these.
PROPERTY, CONTEXT = "p.", "c."


@dataclass(frozen=True)
class Told:
    """A column that says something: by which words, compared plainly, it is known.

    `own` is false for what surrounds an event, which nobody has to plan.
    """

    column: str
    word: str
    words: frozenset[str]
    own: bool = True


class Words:
    """The words of the catalog for one event, or for customers."""

    def __init__(self, properties: Iterable[PropertyDefinition | FieldDefinition]) -> None:
        self._of: dict[str, str] = {}
        self._all: dict[str, set[str]] = {}
        for one in properties:
            mine = {plain(w) for w in (one.name, one.zh, one.en, *one.synonyms) if w}
            self._all[one.name] = mine
            for word in mine:
                self._of.setdefault(word, one.name)
        self._of.update({plain(name): name for name in self._all})

    def name(self, word: str) -> str | None:
        """Return the name in the catalog of what goes by a word."""
        return self._of.get(plain(word))

    def all(self, word: str) -> frozenset[str]:
        """Return every word for what goes by a word, itself among them."""
        name = self.name(word)
        return frozenset({plain(word), *(() if name is None else self._all[name])})

    def of_messages(self, columns: Iterable[str]) -> Iterator[Told]:
        """Yield what columns made of messages say."""
        for column in columns:
            if column.startswith((PROPERTY, CONTEXT)):
                word = column[len(PROPERTY) :]
                yield Told(column, word, self.all(word), column.startswith(PROPERTY))

    def of_mapping(self, mapping: MappingDefinition, columns: Iterable[str]) -> Iterator[Told]:
        """Yield what columns of a file say, identifiers and times too; those nobody has to plan."""
        there = set(columns)
        for one in mapping.columns:
            to = one.to or ""
            if one.column in there and to not in {EVENT, KEY}:
                word = to.removeprefix(ID).removeprefix(PERSON).removeprefix("@")
                words = self.all(word) if word else frozenset[str]()
                own = bool(to) and not to.startswith(("@", PERSON))
                yield Told(one.column, word or one.column, words | {plain(one.column)}, own)


def word_of(column: str) -> str:
    """Return a column as people know it: of messages without what tells where it stood."""
    return column[len(PROPERTY) :] if column.startswith((PROPERTY, CONTEXT)) else column


def words_of_events(events: Mapping[str, EventDefinition]) -> dict[str, str]:
    """Return which event goes by a word, compared plainly; a name wins over another's synonym."""
    found: dict[str, str] = {}
    for event in events.values():
        for each in (event.zh, event.en, *event.synonyms):
            found.setdefault(plain(each), event.name)
    found.update({plain(name): name for name in events})
    return found | {plain(CUSTOMERS): CUSTOMERS}


def list_words(
    what: str, events: Mapping[str, EventDefinition], fields: Mapping[str, FieldDefinition]
) -> Words:
    """Return the words for what rows of an event, or of customers, say."""
    if what == CUSTOMERS:
        return Words(fields.values())
    return Words(events[what].properties if what in events else ())
