"""The parts of a person's card, as they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qunxiang.app.columns import ColumnInfo
from qunxiang.app.happenings import Plain


@dataclass(frozen=True)
class IdentifierShown:
    """An identifier of a person, when its first row came in and from where."""

    type: str
    zh: str
    en: str
    value: str
    first_seen: datetime | None
    source: str | None


@dataclass(frozen=True)
class Reach:
    """Whether an identifier is known by which a channel reaches the person; `reason` says which is (not)."""

    channel: str
    ok: bool
    reason: str
    zh: str
    en: str


@dataclass(frozen=True)
class Alternative:
    """Another value that rows gave for a field, and which did not become the portrait's."""

    value: Plain
    source: str
    at: datetime | None


@dataclass(frozen=True)
class ValueShown(ColumnInfo):
    """A field or score with its value; of an inferred value `confidence` says how sure it is."""

    value: Plain
    value_zh: str
    value_en: str
    source: str | None
    at: datetime | None
    confidence: float | None
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True)
class TagShown(ColumnInfo):
    """A tag with its value; `how` is the kind of the tag, by which it is known."""

    value: Plain
    value_zh: str
    value_en: str
    how: str
    description_zh: str
    description_en: str


@dataclass(frozen=True)
class Membership:
    """An audience the person was in at its last refresh."""

    name: str
    zh: str
    en: str


@dataclass(frozen=True)
class Orders:
    """What a person bought, by the event that RFM counts; null where it is not known."""

    count: int
    amount: float | None
    average: float | None
    last_at: datetime | None


@dataclass(frozen=True)
class Card:
    """Everything at a glance about one person."""

    person: str
    name: str | None
    identifiers: tuple[IdentifierShown, ...]
    reachable: tuple[Reach, ...]
    first_seen: datetime | None
    last_active: datetime | None
    values: tuple[ValueShown, ...]
    scores: tuple[ValueShown, ...]
    tags: tuple[TagShown, ...]
    audiences: tuple[Membership, ...]
    orders: Orders | None
    events_total: int


@dataclass(frozen=True)
class MatchedBy:
    """The type of identifier that a text was, and its value as it is stored."""

    type: str
    zh: str
    en: str
    value: str


@dataclass(frozen=True)
class Found:
    """A person whom a text leads to."""

    person: str
    name: str | None
    city: str | None
    matched: MatchedBy
