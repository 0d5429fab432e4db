"""One person: the card, the timeline, everything we hold for them, and its erasure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import insert

from qunxiang import clock
from qunxiang.app.holdings import list_holdings
from qunxiang.app.house import House
from qunxiang.app.refresh import last_instant, rebuild
from qunxiang.app.traces import find_named, search_all, tell_all
from qunxiang.app.uploads import Uploads
from qunxiang.catalog import FieldDefinition, IdentifierDefinition
from qunxiang.engine import Timeline
from qunxiang.governance import Caller, erase_state, is_masked, mask, mask_row
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
        shown = mask_row(values, {name: fields[field] for name, field in masked.items()})
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
        return write_ids(self._house.identity.public_ids()[[person]])[0].as_py()

    def _values(self, person: int) -> dict[str, Any]:
        place = np.array([person])
        out: dict[str, Any] = {}
        for name in self._house.people.columns():
            column = self._house.people.column(name)
            out[name] = None if column is None else column.take(place).arrow()[0].as_py()
        return out

    def _identifiers(self, person: int) -> list[dict[str, str]]:
        kinds = self._house.catalog.all(IdentifierDefinition)
        fields = self._house.catalog.all(FieldDefinition)
        rows = self._house.identity.identifiers_of(person).to_pylist()
        out: list[dict[str, str]] = []
        for row in rows:
            value = row["value"]
            kind = kinds.get(row["type"])
            hide = kind is not None and kind.personal in {"contact", "sensitive"}
            if hide and not self._caller.may("personal"):
                named = fields.get(row["type"]) or FieldDefinition(name="id", personal="contact")
                value = mask(
                    pa.array([value]),
                    named if is_masked(named) else FieldDefinition(name="id", personal="contact"),
                )[0].as_py()
            out.append({"type": row["type"], "value": value})
        return out

    def events(self, person: int, *, limit: int = 200) -> list[dict[str, Any]]:
        """Return a person's newest events, newest first."""
        found: list[dict[str, Any]] = []
        for name in self._house.cleaning.dictionary().events:
            timeline = self._house.people.timeline(name)
            if timeline is not None:
                found.extend(_events_of(timeline, person, limit))
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
        rebuild(house, as_of)
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


def _events_of(timeline: Timeline, person: int, limit: int) -> list[dict[str, Any]]:
    mine = timeline.of(person)
    begin = max(mine.start, mine.stop - limit)
    places = np.arange(begin, mine.stop)
    at: list[datetime] = [clock.moment(int(t)) for t in timeline.at[places]]
    columns = {
        n: timeline.property(n).take(places).arrow().to_pylist() for n in timeline.properties()
    }
    return [
        {
            "event": timeline.event,
            "at": moment,
            **{n: v[i] for n, v in columns.items() if v[i] is not None},
        }
        for i, moment in enumerate(at)
    ]
