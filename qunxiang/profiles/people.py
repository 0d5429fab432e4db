"""The people as rules see them: columns by name, timelines, members and lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qunxiang.catalog import Catalog, EventDefinition, ListDefinition
from qunxiang.engine import Bits, Column, Shelf, Timeline
from qunxiang.engine.timelines import place
from qunxiang.errors import QunxiangError
from qunxiang.identity import ALIVE, Identity
from qunxiang.language import Compare, InAudience, Listed, Measured, Rule
from qunxiang.profiles.hands import Hands
from qunxiang.profiles.tables import MEMBERS, PORTRAIT, SEEN_RECORD

REGISTERED = "registered_at"  # a field of the starter's


class People:
    """Everything a rule may ask about, over the shelf. Implements language's World."""

    def __init__(self, shelf: Shelf, identity: Identity, catalog: Catalog, hands: Hands) -> None:
        self._shelf = shelf
        self._identity = identity
        self._catalog = catalog
        self._hands = hands
        self._living: tuple[int, Bits] | None = None

    @property
    def size(self) -> int:
        """How many person numbers there are."""
        return self._identity.size

    @property
    def people(self) -> Bits:
        """The living people."""
        if self._living is None or self._living[0] != self._shelf.version:
            self._living = (self._shelf.version, self._identity.people())
        return self._living[1]

    def version(self, leaf: Rule) -> int:
        """Return a number that changes whenever the data a leaf reads may have changed."""
        name = ""
        match leaf:
            case Compare(field=field):
                name = PORTRAIT + field
            case Measured(measure=measure):
                name = place(measure.event) + "at"
            case InAudience(audience=audience):
                name = MEMBERS + audience
            case Listed(list=listed):
                return (self._shelf.version << 32) + self._hands.newest("list", listed)
            case _:
                pass
        # Who is alive counts too: where a column is missing, and in every set of people.
        there = [n for n in (ALIVE, name) if n in self._shelf]
        newest = max((self._shelf.entry(n).version for n in there), default=0)
        return newest * 2 + (name in there)

    def column(self, name: str) -> Column | None:
        """Return an attribute, tag or score; None if nobody has it yet."""
        return self._shelf.column(PORTRAIT + name) if PORTRAIT + name in self._shelf else None

    def columns(self) -> list[str]:
        """Return the names of all attributes, scores and tags there are."""
        return [n.removeprefix(PORTRAIT) for n in self._shelf.names(PORTRAIT)]

    def timeline(self, event: str) -> Timeline | None:
        """Return the timeline of an event, None if it never happened."""
        return Timeline(self._shelf, event) if place(event) + "at" in self._shelf else None

    def first_seen(self) -> NDArray[np.int64]:
        """Return from when the first thing known of each person is, in microseconds; 0 if unknown."""
        never = np.iinfo(np.int64).max
        first = np.full(self.size, never, np.int64)
        for name in (SEEN_RECORD, PORTRAIT + REGISTERED):
            if name in self._shelf:
                column = self._shelf.column(name)
                at = np.where(column.known(), column.values.astype(np.int64), never)
                np.minimum(first, at, out=first)
        for timeline in self.timelines():
            # Each one's events stand in order of time.
            at = np.minimum(first[timeline.people], timeline.at[timeline.offsets[:-1]])
            first[timeline.people] = at
        return np.where(first == never, 0, first)

    def timelines(self) -> Iterator[Timeline]:
        """Yield the timeline of every event that ever happened."""
        for name in self._catalog.all(EventDefinition):
            timeline = self.timeline(name)
            if timeline is not None:
                yield timeline

    def members(self, audience: str) -> Bits:
        """Return the members of an audience at its last refresh."""
        if MEMBERS + audience not in self._shelf:
            raise QunxiangError("profiles.audience_not_refreshed", name=audience)
        words = self._shelf.column(MEMBERS + audience).values
        found = Bits.none(self.size).words
        found[: words.size] = words
        return Bits(found, self.size)

    def listed(self, name: str) -> Bits:
        """Return the people on a list."""
        self._catalog.get(ListDefinition, name)
        return self.listed_then(name, None)

    def listed_then(self, name: str, as_of: datetime | None) -> Bits:
        """Return the people who were on a list at an instant; None for now."""
        codes, _ = self._hands.people("list", name, as_of)
        return Bits.of_flags(codes >= 0)

    def public_ids(self, people: ArrayLike | None = None) -> NDArray[np.uint64]:
        """Return the public ids of people, by number; of everybody if none are given."""
        return self._identity.public_ids(people)
