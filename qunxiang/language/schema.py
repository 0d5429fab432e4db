"""What a rule may speak of: fields, events with their properties, audiences and lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Generic, Literal, Protocol, TypeVar

from qunxiang.errors import LanguageError

Kind = Literal["text", "number", "money", "date", "moment", "yesno", "texts"]


@dataclass(frozen=True)
class Label:
    """How something is called in both languages."""

    zh: str
    en: str


class _Labelled(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


N = TypeVar("N", bound=_Labelled)


def suggest_near(name: str, known: list[str]) -> tuple[str, ...]:
    """Return the known names nearest to a name, nearest first."""
    folded: dict[str, str] = {}
    for each in known:
        folded.setdefault(each.casefold(), each)
    # Chinese names are short: one changed character of two is already half.
    cutoff = 0.6 if name.isascii() else 0.4
    near = get_close_matches(name.casefold()[:80], list(folded), n=3, cutoff=cutoff)
    return tuple(folded[each] for each in near)


class _Names(Generic[N]):
    """Things by exact name, then by name or label whatever the case."""

    def __init__(self, entries: Mapping[str, N]) -> None:
        self._exact = dict(entries)
        self._folded: dict[str, list[N]] = {}
        for entry in entries.values():
            for word in {w.casefold() for w in (entry.name, entry.zh, entry.en) if w}:
                self._folded.setdefault(word, []).append(entry)

    def find(self, name: str, code: str, **details: Any) -> N:
        """Return the one thing meant; raise if there is none, or more than one."""
        if name in self._exact:
            return self._exact[name]
        found = self._folded.get(name.casefold(), [])
        if len(found) == 1:
            return found[0]
        if found:
            names = tuple(sorted(entry.name for entry in found))
            raise LanguageError(
                "language.name_ambiguous",
                name=name,
                suggestions=names,
                candidates=", ".join(names),
            )
        raise LanguageError(code, name=name, suggestions=self._suggest(name), **details)

    def _suggest(self, name: str) -> tuple[str, ...]:
        shown = [each for each in self._exact.values() if not getattr(each, "hidden", False)]
        words = [word for each in shown for word in (each.name, each.zh, each.en) if word]
        return suggest_near(name, words)


@dataclass(frozen=True)
class FieldInfo:
    """A field of a person or a property of an event.

    `values` are the categories seen so far, or None where they are not kept; `labels` are what
    values that are codes are called; `hidden` fields may not be seen, and so not be selected by,
    by whoever asks.
    """

    name: str
    kind: Kind
    zh: str = ""
    en: str = ""
    values: tuple[str, ...] | None = None
    hidden: bool = False
    labels: Mapping[str, Label] = field(default_factory=dict[str, Label])


# Every event has a time, whether or not its catalog entry lists it.
AT = FieldInfo(name="at", kind="moment", zh="时间", en="time")


@dataclass(frozen=True)
class EventInfo:
    """A kind of event with its properties, by name."""

    name: str
    zh: str = ""
    en: str = ""
    properties: Mapping[str, FieldInfo] = field(default_factory=dict[str, FieldInfo])

    @cached_property
    def _names(self) -> _Names[FieldInfo]:
        return _Names({AT.name: AT, **self.properties})

    def find_property(self, name: str) -> FieldInfo:
        """Return the property of this name or label."""
        return self._names.find(name, "language.property_unknown", event=self.name)


@dataclass(frozen=True)
class GroupInfo:
    """An audience or a list."""

    name: str
    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class Schema:
    """Everything a rule may name."""

    fields: Mapping[str, FieldInfo] = field(default_factory=dict[str, FieldInfo])
    events: Mapping[str, EventInfo] = field(default_factory=dict[str, EventInfo])
    audiences: Mapping[str, GroupInfo] = field(default_factory=dict[str, GroupInfo])
    lists: Mapping[str, GroupInfo] = field(default_factory=dict[str, GroupInfo])

    @cached_property
    def _field_names(self) -> _Names[FieldInfo]:
        return _Names(self.fields)

    @cached_property
    def _event_names(self) -> _Names[EventInfo]:
        return _Names(self.events)

    @cached_property
    def _audience_names(self) -> _Names[GroupInfo]:
        return _Names(self.audiences)

    @cached_property
    def _list_names(self) -> _Names[GroupInfo]:
        return _Names(self.lists)

    def find_field(self, name: str) -> FieldInfo:
        """Return the field of this name or label."""
        return self._field_names.find(name, "language.field_unknown")

    def find_event(self, name: str) -> EventInfo:
        """Return the event of this name or label."""
        return self._event_names.find(name, "language.event_unknown")

    def find_audience(self, name: str) -> GroupInfo:
        """Return the audience of this name or label."""
        return self._audience_names.find(name, "language.audience_unknown")

    def find_list(self, name: str) -> GroupInfo:
        """Return the list of this name or label."""
        return self._list_names.find(name, "language.list_unknown")
