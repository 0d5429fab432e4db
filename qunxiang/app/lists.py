"""Lists of people: made from a file, a rule, an audience or names, kept with their history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from qunxiang.app.house import House
from qunxiang.app.matches import Match
from qunxiang.app.uses import find_uses
from qunxiang.catalog import ListDefinition
from qunxiang.engine import Bits
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller
from qunxiang.identity import write_ids
from qunxiang.profiles import ON_LIST, HandChange


@dataclass(frozen=True)
class ListState:
    """A list and how many people are on it."""

    name: str
    zh: str
    en: str
    description: str
    count: int
    changes: tuple[HandChange, ...]


@dataclass(frozen=True)
class Change:
    """What a change by hand did: of so many names, whom it changed, and which are of no use.

    `people` are the different people named; `changed` those for whom something is new.
    """

    name: str
    by: str
    names: int
    people: int
    changed: int
    unknown: int
    count: int


class Lists:
    """Everything a person does with lists."""

    def __init__(self, house: House, caller: Caller) -> None:
        caller.require("read")
        self._house = house
        self._caller = caller

    def all(self) -> list[ListState]:
        """Return every list, without its changes."""
        return [self._state(d, ()) for d in self._house.catalog.all(ListDefinition).values()]

    def show(self, name: str) -> ListState:
        """Return a list and its changes, newest first."""
        definition = self._house.catalog.get(ListDefinition, name)
        return self._state(definition, tuple(self._house.hands.changes("list", name)))

    def _state(self, definition: ListDefinition, changes: tuple[HandChange, ...]) -> ListState:
        count = self._house.people.listed(definition.name).count()
        labels = (definition.name, definition.zh, definition.en, definition.description)
        return ListState(*labels, count, changes)

    def create(self, definition: ListDefinition) -> None:
        """Make an empty list.

        Raises:
            QunxiangError: app.list_exists.
        """
        self._caller.require("define")
        if definition.name in self._house.catalog.all(ListDefinition):
            raise QunxiangError("app.list_exists", name=definition.name)
        self._house.catalog.save(definition, author=self._caller.name)
        self._note("create list", definition.name)

    def add(self, name: str, match: Match) -> Change:
        """Put people on a list; rules see them at once, tags and audiences after the next refresh."""
        return self._change(name, match, ON_LIST, "add to list")

    def remove(self, name: str, match: Match) -> Change:
        """Take people off a list."""
        return self._change(name, match, None, "remove from list")

    def members(self, name: str, as_of: datetime | None = None) -> Bits:
        """Return who is on a list, or was at an earlier moment."""
        self._house.catalog.get(ListDefinition, name)
        return self._house.people.listed_then(name, as_of) & self._house.people.people

    def delete(self, name: str, *, force: bool = False) -> None:
        """Take a list out of force; its history stays.

        Args:
            name: the list.
            force: whether tags and audiences that ask for it are left at a loss.

        Raises:
            QunxiangError: app.list_in_use, naming the tags and audiences that ask for it.
        """
        self._caller.require("define")
        definition = self._house.catalog.get(ListDefinition, name)
        users = [use.name for use in find_uses(self._house.catalog).get(("lists", name), ())]
        if users and not force:
            raise QunxiangError("app.list_in_use", name=name, users="、".join(users))
        everybody = self._house.people.listed(name).people()
        nothing = pa.nulls(everybody.size, pa.string())
        by = (self._caller.name, "deleted")
        self._house.hands.say("list", name, everybody, nothing, by=by)
        self._house.catalog.retire(definition, author=self._caller.name)
        self._note("delete list", name)

    def _change(self, name: str, match: Match, value: str | None, what: str) -> Change:
        self._caller.require("define")
        self._house.catalog.get(ListDefinition, name)
        people = np.unique(match.people[match.found()])
        values = pa.repeat(pa.scalar(value, pa.string()), people.size)
        by = (self._caller.name, match.cause)
        done = self._house.hands.say("list", name, people, values, by=by)
        changed = done.taken if value is None else done.given
        self._note(what, name, subject=subject_of(self._house, match), people=changed)
        count = self._house.people.listed(name).count()
        names, unknown = len(match.people), int((~match.found()).sum())
        return Change(name, match.by, names, people.size, changed, unknown, count)

    def _note(self, what: str, name: str, subject: str = "", **details: int) -> None:
        self._house.audit.note(self._caller.name, what, subject=subject, list=name, **details)


def subject_of(house: House, match: Match) -> str:
    """Return the public id of the one person a match is of, for the audit trail; else nothing."""
    people = match.people[match.found()]
    if people.size != 1:
        return ""
    return write_ids(house.identity.public_ids(people))[0].as_py()
