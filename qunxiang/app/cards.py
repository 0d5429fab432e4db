"""The card of one person: who they are, how they can be reached, what is known, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from qunxiang import clock
from qunxiang.app.cardparts import (
    Alternative,
    Card,
    Found,
    IdentifierShown,
    MatchedBy,
    Membership,
    Orders,
    Reach,
    TagShown,
    ValueShown,
)
from qunxiang.app.columns import ColumnInfo, list_columns
from qunxiang.app.happenings import Happenings, Plain, make_plain
from qunxiang.app.house import House
from qunxiang.app.labels import Labels, label_values
from qunxiang.app.matches import PUBLIC_ID, Matches
from qunxiang.app.persons import mask_identifier
from qunxiang.audiences import AudienceDefinition
from qunxiang.catalog import FieldDefinition, IdentifierDefinition
from qunxiang.governance import Caller, mask
from qunxiang.identity import write_ids
from qunxiang.language import Label, Measure, When, measure_all
from qunxiang.models import RfmDefinition
from qunxiang.profiles import MEMBERS
from qunxiang.sources import Import
from qunxiang.tags import TagDefinition

_ALTERNATIVES = 5
# By which identifiers a person can be reached; whether they may be is not known here.
_CHANNELS: dict[str, tuple[str, ...]] = {
    "sms": ("phone",),
    "mail": ("email",),
    "wechat": ("openid", "unionid", "external_userid"),
    "push": ("device",),
}


class Cards:
    """Finds people and draws their cards, for whoever asks."""

    def __init__(self, house: House, caller: Caller) -> None:
        caller.require("read")
        self._house = house
        self._caller = caller

    # ── found ────────────────────────────────────────────────────────────────────────────────────

    def find(self, text: str, limit: int = 10) -> tuple[Found, ...]:
        """Return everybody who has the text as an identifier, or whose public id it is."""
        found: list[Found] = []
        for house, home in self._house.houses():
            here = self if home is None else Cards(house, self._caller)
            found.extend(
                here._found(person, kind, text)
                for person, kind in Matches(house).all_of(text).items()
                if home is None or home[person]
            )
        return tuple(found[:limit])

    def _found(self, person: int, kind: str, text: str) -> Found:
        shown = {name: self._shown(name, person)[0] for name in ("name", "city")}
        name, city = (None if value is None else str(value) for value in shown.values())
        if kind == PUBLIC_ID:
            matched = MatchedBy(kind, "公开编号", "Public id", text.strip().lower())
        else:
            stored = self._house.cleaning.identify(pa.array([text], pa.string()), kind)[0].as_py()
            definition = self._kinds[kind]
            value = self._identifier(kind, stored)
            matched = MatchedBy(kind, definition.zh, definition.en, value)
        return Found(self._public(person), name, city, matched)

    # ── the card ─────────────────────────────────────────────────────────────────────────────────

    def draw(self, who: str) -> Card:
        """Return a person's card.

        Args:
            who: a public id, an old one included, or any identifier's value.
        """
        person = self._house.identity.find(who)
        happened = Happenings(self._house, self._caller)
        first, last = happened.ends(person)
        rows, identifiers = self._rows(person), self._identifiers(person)
        begun = [i.first_seen for i in identifiers] + [row["at"] for row in rows] + [first]
        values = self._values(person, rows)
        name = self._shown("name", person)[0]
        return Card(
            self._public(person),
            None if name is None else str(name),
            identifiers,
            self._reachable(identifiers),
            min((moment for moment in begun if moment is not None), default=None),
            last,
            tuple(v for v in values if v.group == "field"),
            tuple(v for v in values if v.group == "score"),
            self._tags(person),
            self._memberships(person),
            self._orders(person),
            sum(each.count for each in happened.counts(person)),
        )

    def _public(self, person: int) -> str:
        return write_ids(self._house.identity.public_ids([person]))[0].as_py()

    @cached_property
    def _masked(self) -> Mapping[str, FieldDefinition]:
        return {} if self._caller.may("personal") else self._house.masked_columns()

    @cached_property
    def _kinds(self) -> dict[str, IdentifierDefinition]:
        return self._house.catalog.all(IdentifierDefinition)

    @cached_property
    def _fields(self) -> dict[str, FieldDefinition]:
        return self._house.catalog.all(FieldDefinition)

    @cached_property
    def _columns(self) -> dict[str, ColumnInfo]:
        lender, personal = self._house.lender, self._caller.may("personal")
        what = f"columns, personal {personal}"
        return lender.once(what, lambda: list_columns(lender, self._caller))

    @cached_property
    def _labels(self) -> dict[str, Labels]:
        lender = self._house.lender
        return lender.once("labels", lambda: label_values(lender.catalog))

    @cached_property
    def _imports(self) -> dict[int, Import]:
        return {one.number: one for one in self._house.sources.all()}

    def _arrived(self, number: int) -> datetime | None:
        one = self._imports.get(number)
        return None if one is None else datetime.fromisoformat(one.at).astimezone(UTC)

    # ── identifiers ──────────────────────────────────────────────────────────────────────────────

    def _identifier(self, kind: str, value: str) -> str:
        if self._caller.may("personal"):
            return value
        return mask_identifier(self._kinds.get(kind), self._fields, value)

    def _identifiers(self, person: int) -> tuple[IdentifierShown, ...]:
        rows = self._house.identity.identifiers_of(person).to_pylist()
        first = self._house.identity.first_imports(person)
        out: list[IdentifierShown] = []
        for row in rows:
            kind, number = self._kinds.get(row["type"]), first.get(row["node"])
            labels = ("", "") if kind is None else (kind.zh, kind.en)
            one = None if number is None else self._imports.get(number)
            out.append(
                IdentifierShown(
                    row["type"],
                    *labels,
                    self._identifier(row["type"], row["value"]),
                    None if one is None else self._arrived(one.number),
                    None if one is None else one.source,
                )
            )
        return tuple(out)

    def _reachable(self, identifiers: tuple[IdentifierShown, ...]) -> tuple[Reach, ...]:
        known = {identifier.type for identifier in identifiers}
        out: list[Reach] = []
        for channel, types in _CHANNELS.items():
            by = next((kind for kind in types if kind in known), None)
            kind = self._kinds.get(by or types[0])
            if kind is None:
                continue
            zh, en = (f"已知{kind.zh}", f"{kind.en} known")
            if by is None:
                zh, en = (f"没有{kind.zh}", f"no {kind.en} known")
            out.append(Reach(channel, by is not None, "known" if by else "unknown", zh, en))
        return tuple(out)

    # ── values ───────────────────────────────────────────────────────────────────────────────────

    def _shown(self, name: str, person: int) -> tuple[Plain, Label]:
        """Return a column's value, masked by right, and what it is called."""
        column = self._house.people.column(name)
        if column is None:
            return None, Label("", "")
        value = column.value(person)
        if value is None or value == []:
            return None, Label("", "")
        if name in self._masked:
            return self._hide(value, name), Label("", "")
        plain = make_plain(value)
        key = str(plain).lower() if isinstance(plain, bool) else str(plain)
        return plain, self._labels.get(name, {}).get(key, Label("", ""))

    def _hide(self, value: Any, name: str) -> str:
        said = "、".join(value) if isinstance(value, list) else str(value)
        return mask(pa.array([said]), self._masked[name])[0].as_py()

    def _values(self, person: int, rows: list[dict[str, Any]]) -> list[ValueShown]:
        sources = self._house.profiles.value_sources(person)
        out: list[ValueShown] = []
        for name, info in self._columns.items():
            if info.group == "tag":
                continue
            value, label = self._shown(name, person)
            if value is None:
                continue
            told = sources.get(name, {})
            at = told.get("at") or (self._arrived(told["import"]) if told else None)
            confidence = told["confidence"] if told.get("inferred") else None
            others = self._others(name, person, rows) if info.group == "field" else ()
            given = (told.get("source"), at, confidence, others)
            out.append(ValueShown(**vars(info), **_named(value, label), **_given(given)))
        return out

    def _rows(self, person: int) -> list[dict[str, Any]]:
        """Return the rows that records gave of a person, newest first."""
        found = self._house.profiles.records_of(person, list(self._fields)).to_pylist()
        for row in found:
            row["at"] = row["at"] or self._arrived(row["import_no"])
        newest = datetime.min.replace(tzinfo=UTC)
        found.sort(key=lambda r: (r["at"] or newest, r["import_no"], r["row_no"]), reverse=True)
        return found

    def _others(
        self, name: str, person: int, rows: list[dict[str, Any]]
    ) -> tuple[Alternative, ...]:
        column = self._house.people.column(name)
        assert column is not None
        seen: list[Any] = [column.value(person), None, []]
        out: list[Alternative] = []
        for row in rows:
            value = row.get(name)
            if value in seen or len(out) == _ALTERNATIVES:
                continue
            seen.append(value)
            shown = self._hide(value, name) if name in self._masked else make_plain(value)
            out.append(Alternative(shown, row["source"], row["at"]))
        return tuple(out)

    def _tags(self, person: int) -> tuple[TagShown, ...]:
        out: list[TagShown] = []
        for name, tag in self._house.catalog.all(TagDefinition).items():
            value, label = self._shown(name, person)
            if value is None or name not in self._columns:
                continue
            told: dict[str, Any] = {
                "how": tag.how.kind,
                "description_zh": tag.description_zh,
                "description_en": tag.description_en,
            }
            out.append(TagShown(**vars(self._columns[name]), **_named(value, label), **told))
        return tuple(out)

    # ── groups and orders ────────────────────────────────────────────────────────────────────────

    def _memberships(self, person: int) -> tuple[Membership, ...]:
        return tuple(
            Membership(name, audience.zh, audience.en)
            for name, audience in self._house.catalog.all(AudienceDefinition).items()
            if MEMBERS + name in self._house.shelf and self._house.people.members(name).has(person)
        )

    def _orders(self, person: int) -> Orders | None:
        house = self._house
        rfm = house.catalog.all(RfmDefinition).get("rfm")
        timeline = None if rfm is None else house.people.timeline(rfm.event)
        event = None if rfm is None else house.schema(
            personal=self._caller.may("personal")
        ).events.get(rfm.event)  # fmt: skip
        if rfm is None or timeline is None or event is None:
            return None
        money = event.properties.get(rfm.amount)
        counted = Measure(fn="distinct", event=rfm.event, prop=rfm.order)
        if rfm.order is None or not timeline.has(rfm.order):
            counted = Measure(fn="count", event=rfm.event)
        measures = [counted, Measure(fn="last", event=rfm.event)]
        if money is not None and not money.hidden and timeline.has(rfm.amount):
            measures.append(Measure(fn="sum", event=rfm.event, prop=rfm.amount))
        when = When(clock.now(), house.settings.time_zone)
        columns = measure_all(house.people, measures, when, only=np.array([person]))
        count, last, *amount = (column.value(0) for column in columns)
        total = float(amount[0]) if amount and amount[0] is not None else None
        average = total / count if total is not None and count else None
        return Orders(int(count or 0), total, average, last)


def _named(value: Plain, label: Label) -> dict[str, Any]:
    return {"value": value, "value_zh": label.zh, "value_en": label.en}


def _given(told: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(("source", "at", "confidence", "alternatives"), told, strict=True))
