"""Manual tags: given to people one by one, by a file, or by a rule, and taken off again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from qunxiang.app.definitions import save_definition
from qunxiang.app.house import House
from qunxiang.app.lists import Change, subject_of
from qunxiang.app.matches import Match
from qunxiang.engine import Bits
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller
from qunxiang.profiles import HandChange
from qunxiang.tags import ManualTag, TagDefinition, allowed


@dataclass(frozen=True)
class TagState:
    """A manual tag: how many people have each value, and its changes, newest first."""

    name: str
    zh: str
    en: str
    values: dict[str, int]
    changes: tuple[HandChange, ...]


class HandTags:
    """Everything a person does with manual tags."""

    def __init__(self, house: House, caller: Caller) -> None:
        caller.require("read")
        self._house = house
        self._caller = caller

    def create(
        self, name: str, values: tuple[str, ...] = (), *, zh: str = "", en: str = ""
    ) -> TagDefinition:
        """Make a manual tag; with `values`, no others may be set.

        Raises:
            QunxiangError: app.tag_exists.
        """
        if name in self._house.catalog.all(TagDefinition):
            raise QunxiangError("app.tag_exists", name=name)
        tag = TagDefinition(name=name, zh=zh, en=en, how=ManualTag(values=values))
        save_definition(self._house, self._caller, tag)
        return tag

    def show(self, tag: str) -> TagState:
        """Return a manual tag with how many have each value now, refreshed or not."""
        how = self._house.tags.manual(tag)
        definition = self._house.catalog.get(TagDefinition, tag)
        column = self._house.tags.by_hand(tag)
        words = column.words.to_pylist()
        living = column.values[self._house.people.people.people()]
        counts = np.bincount(living[living >= 0].astype(np.int64), minlength=len(words)).tolist()
        found = {str(w): n for w, n in zip(words, counts, strict=True) if n}
        values = dict.fromkeys(how.values, 0) | dict(sorted(found.items(), key=lambda i: -i[1]))
        changes = tuple(self._house.hands.changes("tag", tag))
        return TagState(tag, definition.zh, definition.en, values, changes)

    def value(self, tag: str, person: int) -> str | None:
        """Return what was set by hand for one person, None if nothing stands."""
        self._house.tags.manual(tag)
        return self._house.tags.by_hand(tag).value(person)

    def tagged(self, tag: str, value: str | None = None) -> Bits:
        """Return who was given the tag by hand, or one value of it."""
        self._house.tags.manual(tag)
        column = self._house.tags.by_hand(tag)
        if value is None:
            return Bits.of_flags(column.known()) & self._house.people.people
        code = column.words.index(value).as_py()
        flags = (column.values == code) & (code >= 0)
        return Bits.of_flags(flags) & self._house.people.people

    def give(self, tag: str, match: Match, value: str) -> Change:
        """Give people one value; it shows after the next refresh."""
        values = pa.repeat(pa.scalar(value, pa.string()), int(match.found().sum()))
        return self._say(tag, match, values, "set tag")

    def give_from(self, tag: str, match: Match, column: str) -> Change:
        """Give each person the value in their row of a file; a row without a value is left out."""
        kept = self.judge(tag, match, column)
        values = _written(kept, column).filter(kept.faults.is_null())
        return self._say(tag, kept, values, "set tag")

    def judge(self, tag: str, match: Match, column: str) -> Match:
        """Return a match without the rows whose value is missing, or one the tag does not allow."""
        values = _written(match, column)
        fine = pa.compute.and_(allowed(self._house.tags.manual(tag), values), values.is_valid())
        return match.refuse(fine)

    def clear(self, tag: str, match: Match) -> Change:
        """Take the tag off people; it shows after the next refresh."""
        nothing = pa.nulls(int(match.found().sum()), pa.string())
        return self._say(tag, match, nothing, "clear tag")

    def _say(self, tag: str, match: Match, values: pa.Array, what: str) -> Change:
        self._caller.require("define")
        people = match.people[match.found()]
        by = (self._caller.name, match.cause)
        done = self._house.tags.set_by_hand(tag, people, values, by=by)
        changed = done.given + done.taken
        subject = subject_of(self._house, match)
        details: dict[str, Any] = {"tag": tag, "people": changed}
        self._house.audit.note(self._caller.name, what, subject=subject, **details)
        names, unknown = len(match.people), int((~match.found()).sum())
        count = self.tagged(tag).count()
        different = int(np.unique(people).size)
        return Change(tag, match.by, names, different, changed, unknown, count)


def _written(match: Match, column: str) -> pa.Array:
    return pa.compute.utf8_trim_whitespace(match.names[column].combine_chunks())
