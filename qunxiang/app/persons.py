"""One person: the card, the timeline, everything we hold for them, and its erasure."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import delete, insert, select, update

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.app.refresh import rebuild
from qunxiang.catalog import FieldDefinition, IdentifierDefinition, ListDefinition
from qunxiang.cleaning import CUSTOMER_ROWS, IDENTIFIERS, SET_ASIDE, SIGHTINGS, event_table
from qunxiang.engine import Timeline
from qunxiang.governance import Caller, is_masked, mask, mask_row
from qunxiang.governance.tables import AUDIT, ERASURES
from qunxiang.identity import write_ids
from qunxiang.tags.tables import HAND_TAGS


@dataclass(frozen=True)
class Receipt:
    """What an erasure removed, per store, and what a search found afterwards (0 is whole)."""

    subject: str
    at: str
    stores: dict[str, int]
    found_after: int


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
        """Return everything held about a person, machine-readable: the right of access (PIPL art. 45)."""
        self._caller.require("erase")
        self._caller.require("personal")
        person = self._house.identity.find(who)
        card = self.card(who)
        card["events"] = self.events(person, limit=1_000_000)
        rows = self._rows_of(person)
        card["rows"] = [
            {
                "import": number,
                "file": self._house.sources.get(number).file,
                "rows": self._raw(number, places),
            }
            for number, places in rows.items()
        ]
        self._house.audit.note(self._caller.name, "export person", subject=card["person"])
        return card

    def erase(self, who: str) -> Receipt:
        """Erase a person from every store: the log, the state store, the engine; then search again.

        Can be run again after a kill at any point. The engine is made anew without them.
        """
        self._caller.require("erase")
        with self._house.exclusive():
            return self._erase(who)

    def _erase(self, who: str) -> Receipt:
        house = self._house
        person = house.identity.find(who)
        public = self._public(person)
        subject = hmac.new(house.secret, public.encode(), hashlib.sha256).hexdigest()
        rows = self._rows_of(person)
        values = [r["value"] for r in house.identity.identifiers_of(person).to_pylist()]
        traces = self._traces_of(person, rows)
        stores = {"landing log": house.sources.erase(traces)}
        stores |= self._erase_state(public, subject, int(house.identity.public_ids()[person]))
        stores["engine"] = sum(len(places) for places in rows.values())
        rebuild(house)
        found = self._search(values)
        receipt = Receipt(subject, clock.now().isoformat(), stores, found)
        with house.state.writing() as connection:
            row = {
                "at": receipt.at,
                "who": self._caller.name,
                "subject": subject,
                "stores": stores,
                "rechecked": found,
            }
            connection.execute(insert(ERASURES).values(**row))
        house.audit.note(self._caller.name, "erase person", subject=subject, found_after=found)
        return receipt

    def _rows_of(self, person: int) -> dict[int, set[int]]:
        """Return the landed rows that are a person's, by import and row number."""
        house = self._house
        nodes = house.identity.nodes_of(person).tolist()
        out: dict[int, set[int]] = {}
        tables = [CUSTOMER_ROWS, *(event_table(e) for e in house.cleaning.dictionary().events)]
        for table in tables:
            found = house.warehouse.read(
                table, ["import_no", "row_no"], where={"actor": nodes}
            ).to_pylist()
            for row in found:
                out.setdefault(row["import_no"], set()).add(row["row_no"])
        values = [r["value"] for r in house.identity.identifiers_of(person).to_pylist()]
        raw = {v.removeprefix("+86") for v in values} | set(values)
        aside = house.warehouse.read(
            SET_ASIDE, ["import_no", "row_no"], where={"value": sorted(raw)}
        )
        for row in aside.to_pylist():
            out.setdefault(row["import_no"], set()).add(row["row_no"])
        return out

    def _traces_of(self, person: int, rows: dict[int, set[int]]) -> dict[int, set[int]]:
        """Return the rows that are a person's and those that are nobody's but name them.

        Such are rows of imports undone or broken off, rows set aside whole, and rows as they were
        before they were mended.
        """
        house = self._house
        wanted: dict[str, list[str]] = {}
        for row in house.identity.identifiers_of(person).to_pylist():
            wanted.setdefault(row["type"], []).append(row["value"])
        out = {number: set(places) for number, places in rows.items()}
        aside = house.warehouse.read(SET_ASIDE, ["import_no", "row_no"], where={"whole_row": True})
        unused = {(r["import_no"], r["row_no"]) for r in aside.to_pylist()}
        for one in house.sources.all():
            mended = house.sources.mended(one.number)
            unused |= {(one.number, row) for row in mended}
            found = house.cleaning.find_rows(one, wanted)
            if one.status == "landed":
                found = {row for row in found if (one.number, row) in unused}
            if one.mends is not None:
                found |= rows.get(one.mends, set())
            mending = (
                rows.get(i.number, set()) for i in house.sources.all() if i.mends == one.number
            )
            found |= set().union(*mending) & mended
            if found:
                out.setdefault(one.number, set()).update(found)
        return out

    def _raw(self, number: int, places: set[int]) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = []
        for batch in self._house.sources.rows_of(self._house.sources.get(number)):
            keep = pa.array([n in places for n in batch.row_numbers.to_pylist()], pa.bool_())
            if batch.rows.num_columns:
                out.extend(batch.rows.filter(keep).to_pylist())
        return out

    def _erase_state(self, public: str, subject: str, bits: int) -> dict[str, int]:
        house = self._house
        stores = {"audience history": house.audiences.forget(bits)}
        with house.state.writing() as connection:
            gone = connection.execute(delete(HAND_TAGS).where(HAND_TAGS.c.person == public))
            stores["hand tags"] = int(gone.rowcount)
            # The trail keeps that something was done, and no longer to whom; its chain is re-made.
            named = connection.execute(
                select(AUDIT.c.number).where(AUDIT.c.subject == public)
            ).all()
            connection.execute(
                update(AUDIT).where(AUDIT.c.subject == public).values(subject=subject)
            )
        if named:
            house.audit.seal_again()
        stores["audit"] = len(named)
        stores["lists"] = 0
        for listed in house.catalog.all(ListDefinition).values():
            if public in listed.people:
                stores["lists"] += 1
                house.catalog.forget_in_lists(public)
        house.state.shed()
        return stores

    def _search(self, values: list[str]) -> int:
        """Return how many rows of the warehouse still hold one of the identifiers as theirs alone."""
        house = self._house
        if IDENTIFIERS not in house.warehouse.tables() or not values:
            return 0
        nodes = house.warehouse.read(IDENTIFIERS, ["node"], where={"value": values})[
            "node"
        ].to_pylist()
        if not nodes:
            return 0
        return house.warehouse.read(SIGHTINGS, ["row_no"], where={"left": nodes}).num_rows


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
