"""One person: the card, the timeline, everything we hold for them, and its erasure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import insert

from qunxiang import clock
from qunxiang.app.holdings import list_holdings
from qunxiang.app.house import House
from qunxiang.app.refresh import Refresh, is_pinned, last_instant, rebuild
from qunxiang.app.traces import find_named, search_all, tell_all
from qunxiang.app.uploads import Uploads
from qunxiang.catalog import (
    EventDefinition,
    FieldDefinition,
    IdentifierDefinition,
    PropertyDefinition,
)
from qunxiang.engine import Timeline
from qunxiang.governance import HIDDEN, Caller, as_field, erase_state, is_masked, mask, mask_row
from qunxiang.governance.tables import ERASURES
from qunxiang.identity import write_ids


@dataclass(frozen=True)
class Receipt:
    """What an erasure removed, per store, and what a search found afterwards (0 is whole), and where."""

    subject: str
    at: str
    stores: dict[str, int]
    found_after: int
    left: dict[str, int] = field(default_factory=dict[str, int])


class Persons:
    """Everything about one person, for whoever asks."""

    def __init__(self, house: House, caller: Caller) -> None:
        caller.require("read")
        self._house = house
        self._caller = caller

    # ── the card ─────────────────────────────────────────────────────────────────────────────────

    def card(self, who: str) -> dict[str, Any]:
        """Return a person's portrait: id, identifiers, values with their sources, tags, events.

        Args:
            who: a public id, an old one included, or any identifier's value.
        """
        house = self._house
        person = house.identity.find(who)
        fields = house.catalog.all(FieldDefinition)
        values = self._values(person)
        masked = {} if self._caller.may("personal") else house.masked_columns()
        shown = mask_row(values, masked)
        known = {n: v for n, v in shown.items() if v is not None}
        return {
            "person": self._public(person),
            "identifiers": self._identifiers(person),
            "values": {n: v for n, v in known.items() if n in fields},
            "sources": house.profiles.value_sources(person),
            "tags": {n: v for n, v in known.items() if n not in fields},
            "events": self.events(person, limit=50),
        }

    def _public(self, person: int) -> str:
        return write_ids(self._house.identity.public_ids([person]))[0].as_py()

    def _values(self, person: int) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for name in self._house.people.columns():
            column = self._house.people.column(name)
            out[name] = None if column is None else column.value(person)
        return out

    def _identifiers(self, person: int) -> list[dict[str, str]]:
        kinds = self._house.catalog.all(IdentifierDefinition)
        fields = self._house.catalog.all(FieldDefinition)
        rows = self._house.identity.identifiers_of(person).to_pylist()
        personal = self._caller.may("personal")
        return [
            {
                "type": row["type"],
                "value": row["value"]
                if personal
                else mask_identifier(kinds.get(row["type"]), fields, row["value"]),
            }
            for row in rows
        ]

    def events(self, person: int, *, limit: int = 200) -> list[dict[str, Any]]:
        """Return a person's newest events, newest first."""
        found: list[dict[str, Any]] = []
        personal = self._caller.may("personal")
        for name, event in self._house.catalog.all(EventDefinition).items():
            timeline = self._house.people.timeline(name)
            if timeline is not None:
                masked = [p for p in event.properties if is_masked(p) and not personal]
                found.extend(_events_of(timeline, person, limit, masked))
        return sorted(found, key=lambda e: e["at"], reverse=True)[:limit]

    # ── everything, and nothing ──────────────────────────────────────────────────────────────────

    def export(self, who: str) -> dict[str, Any]:
        """Return everything held about a person, machine-readable: the right of access (PIPL art. 45).

        The card with every event, and under `held` what each table, shelf column and log holds, by
        the name its room declares it under.
        """
        self._caller.require("erase")
        self._caller.require("personal")
        person = self._house.identity.find(who)
        card = self.card(who)
        card["events"] = self.events(person, limit=1_000_000)
        card["held"] = tell_all(self._house, find_named(self._house, person))
        self._house.audit.note(self._caller.name, "export person", subject=card["person"])
        return card

    def erase(self, who: str) -> Receipt:
        """Erase a person from every store: the log, the state store, the engine; then search again.

        Can be run again after a kill at any point. The engine is made anew without them, as of the
        instant it was last brought up to.
        """
        self._caller.require("erase")
        with self._house.exclusive():
            return self._erase(who)

    def _erase(self, who: str) -> Receipt:
        house = self._house
        as_of = last_instant(house)
        # What came since the last refresh names them too, and may show that they are more.
        pinned = is_pinned(house)
        Refresh(house, as_of, pinned=pinned).run()
        named = find_named(house, house.identity.find(who))
        stores = {"landing log": house.sources.erase(dict(named.rows))}
        for holding in list_holdings("state"):
            if holding.fate != "keep":
                stores[holding.name] = erase_state(house.state, holding, named)
        # A kept file may name them in any way; it is quickly sent again.
        stores["uploads"] = Uploads(house).drop()
        if stores["audit"]:
            house.audit.seal_again()
        house.state.shed()
        rebuild(house, as_of, pinned=pinned)
        left = search_all(house, named)
        receipt = Receipt(
            named.pseudonym, clock.now().isoformat(), stores, sum(left.values()), left
        )
        with house.state.writing() as connection:
            row = {
                "at": receipt.at,
                "who": self._caller.name,
                "subject": named.pseudonym,
                "stores": stores,
                "rechecked": receipt.found_after,
            }
            connection.execute(insert(ERASURES).values(**row))
        house.audit.note(
            self._caller.name,
            "erase person",
            subject=named.pseudonym,
            found_after=receipt.found_after,
        )
        return receipt


def mask_identifier(
    kind: IdentifierDefinition | None, fields: Mapping[str, FieldDefinition], value: str
) -> str:
    """Return the value of an identifier as those without the right to it may see it."""
    if kind is None or kind.personal not in HIDDEN:
        return value
    named = fields.get(kind.name)
    if named is None or not is_masked(named):
        named = FieldDefinition(name=kind.name, personal=kind.personal)
    return mask(pa.array([value]), named)[0].as_py()


def _events_of(
    timeline: Timeline, person: int, limit: int, masked: Iterable[PropertyDefinition]
) -> list[dict[str, Any]]:
    mine = timeline.of(person)
    begin = max(mine.start, mine.stop - limit)
    places = np.arange(begin, mine.stop)
    at: list[datetime] = [clock.moment(int(t)) for t in timeline.at[places]]
    shown = {n: timeline.property(n).take(places).arrow() for n in timeline.properties()}
    shown |= {p.name: mask(shown[p.name], as_field(p)) for p in masked if p.name in shown}
    columns = {n: values.to_pylist() for n, values in shown.items()}
    return [
        {
            "event": timeline.event,
            "at": moment,
            **{n: v[i] for n, v in columns.items() if v[i] is not None},
        }
        for i, moment in enumerate(at)
    ]
