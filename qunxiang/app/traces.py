"""Where one person is named: found, told and searched for by walking what the rooms declare."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from qunxiang.app.holdings import list_holdings
from qunxiang.app.house import House
from qunxiang.catalog import Holding, Named
from qunxiang.cleaning import IDENTIFIERS, SET_ASIDE
from qunxiang.engine import Bits
from qunxiang.governance import export_state, search_state
from qunxiang.identity import NODE_ID, write_ids
from qunxiang.sources import Position

Rows = dict[int, set[int]]
_TELLING = 8  # a shorter value is looked for among identifiers of its type, not inside texts


def find_named(house: House, person: int) -> Named:
    """Return everything that names a person, the landed rows that are theirs among it."""
    nodes = house.identity.nodes_of(person)
    bits = house.shelf.column(NODE_ID).values[nodes]
    public = write_ids(house.identity.public_ids([person]))[0].as_py()
    values: dict[str, list[str]] = {}
    for row in house.identity.identifiers_of(person).to_pylist():
        values.setdefault(row["type"], []).append(row["value"])
    pseudonym = hmac.new(house.secret, public.encode(), hashlib.sha256).hexdigest()
    ids = tuple(dict.fromkeys([public, *write_ids(bits).to_pylist()]))
    who = Named(person, tuple(nodes.tolist()), bits, ids, values, pseudonym)
    return replace(who, rows=_traces(house, who, _rows(house, who)))


def _rows(house: House, who: Named) -> Rows:
    """Return the landed rows that are a person's or were set aside with a value of theirs."""
    out: Rows = {}
    for holding in list_holdings("warehouse"):
        if holding.fate != "rewrite":
            continue
        wanted = list(who.nodes) if holding.by == "node" else who.spellings()
        for table, column in _places(house, holding):
            found = house.warehouse.read(table, ["import_no", "row_no"], where={column: wanted})
            _add(out, found)
    return out


def _traces(house: House, who: Named, rows: Rows) -> Rows:
    """Return those rows and the ones that are nobody's but name the person.

    Such are rows of imports undone or broken off, rows set aside whole, and rows as they were
    before they were mended, or until they were gone where they came from.
    """
    out = {number: set(places) for number, places in rows.items()}
    aside: Rows = {}
    unused = house.warehouse.read(SET_ASIDE, ["import_no", "row_no"], where={"whole_row": True})
    _add(aside, unused)
    imports, by_hand = house.sources.all(), house.sources.mends.all()
    for one in imports:
        mended = house.sources.overtaken(one.number) | by_hand.numbers(one.number)
        # Of rows in force the warehouse has told; what is left are those it does not hold.
        left = aside.get(one.number, set()) | mended if one.status == "landed" else None
        found = house.cleaning.find_rows(one, who.values, left)
        if one.mends is not None:
            found |= rows.get(one.mends, set())
        mending = (rows.get(i.number, set()) for i in imports if i.mends == one.number)
        found |= set().union(*mending) & mended
        if found:
            out.setdefault(one.number, set()).update(found)
    return out


def _add(rows: Rows, found: pa.Table) -> None:
    for row in found.to_pylist():
        rows.setdefault(row["import_no"], set()).add(row["row_no"])


def _places(house: House, holding: Holding) -> Iterable[tuple[str, str]]:
    tables = sorted(t for t in house.warehouse.tables() if holding.covers(t))
    return ((table, column) for table in tables for column in holding.columns)


# ── told ─────────────────────────────────────────────────────────────────────────────────────────


def tell_all(house: House, who: Named) -> dict[str, list[Any]]:
    """Return what every store holds about a person, by the name under which it is declared.

    Timelines are left out: the card tells the events themselves.
    """
    out: dict[str, list[Any]] = {}
    for holding in list_holdings("state"):
        if holding.by != "nobody":
            out[holding.name] = export_state(house.state, holding, who)
    for holding in list_holdings("log"):
        out[holding.name] = _landed(house, who)
    for holding in list_holdings("warehouse"):
        if holding.by != "nobody":
            out[holding.name] = _in_warehouse(house, holding, who)
    for holding in list_holdings("shelf"):
        if holding.by != "nobody":
            out[holding.name] = _on_shelf(house, holding, who)
    return out


def _landed(house: House, who: Named) -> list[Any]:
    out: list[Any] = []
    for number, places in sorted(who.rows.items()):
        one = house.sources.get(number)
        rows: list[Any] = []
        for batch in house.sources.landed_rows(one):
            mine = batch.among(places)
            if mine.rows.num_columns:
                rows.extend(mine.rows.to_pylist())
            rows.extend({"raw": b.raw} for b in mine.bad)
        out.append({"import": number, "file": one.file, "status": one.status, "rows": rows})
    return out


def _in_warehouse(house: House, holding: Holding, who: Named) -> list[Any]:
    out: list[Any] = []
    for table in sorted(t for t in house.warehouse.tables() if holding.covers(t)):
        columns = house.warehouse.columns(table)
        if holding.by == "row":
            wheres = [
                {"import_no": number, "row_no": sorted(rows)} for number, rows in who.rows.items()
            ]
        else:
            wheres = [{column: list(who.nodes)} for column in holding.columns]
        nodes, before = set(who.nodes), list[str]()
        for where in wheres:
            found = house.warehouse.read(table, columns, where=where).to_pylist()
            # A pair of two identifiers of theirs is told once.
            fresh = (row for row in found if not any(row[c] in nodes for c in before))
            out.extend({"table": table, **row} for row in fresh)
            before.extend(where if holding.by == "node" else ())
    return out


def _on_shelf(house: House, holding: Holding, who: Named) -> list[Any]:
    out: list[Any] = []
    nodes, place = np.array(who.nodes, np.int64), np.array([who.number])
    for name in sorted(n for n in house.shelf.names() if holding.covers(n)):
        if holding.by in {"timeline", "circle", "row"}:
            continue
        column = house.shelf.column(name)
        if holding.by == "bits":
            value: Any = Bits(np.asarray(column.values), column.values.size * 64).has(who.number)
        elif holding.by == "node":
            words = column.dictionary is not None
            value = (
                column.take(nodes).arrow().to_pylist() if words else column.values[nodes].tolist()
            )
        else:
            value = column.value(int(place[0]))
        if value is not None and value is not False:
            out.append({"column": name, "value": value})
    return out


# ── searched for ─────────────────────────────────────────────────────────────────────────────────


def search_all(house: House, who: Named) -> dict[str, int]:
    """Return where something still names a person, and how many rows or values do; empty is whole.

    Every table, nobody's too, is searched for the values of the person's identifiers and their
    public ids; the landing log as raw text, and as cleaning reads it.
    """
    pattern = _pattern(who)
    found = {
        h.name: search_state(house.state, h, who, re.compile(pattern))
        for h in list_holdings("state")
    }
    found["landing log"] = _search_log(house, who, pattern)
    for table in sorted(house.warehouse.tables()):
        found[table] = house.warehouse.search(table, pattern)
    known = house.warehouse.read(IDENTIFIERS, ["type", "value"]) if who.values else None
    if known is not None:
        mine = {(t, v) for t, values in who.values.items() for v in values}
        pairs = zip(known["type"].to_pylist(), known["value"].to_pylist(), strict=True)
        found[IDENTIFIERS] = len(mine.intersection(pairs))
    for name in house.shelf.names():
        column = house.shelf.column(name)
        words = column.dictionary
        hits = 0 if words is None else int(_matches(pl.Series(words), pattern).sum())
        found[name] = hits + (int(np.isin(column.values, who.bits).sum()) if name == NODE_ID else 0)
    return {name: count for name, count in found.items() if count}


def _pattern(who: Named) -> str:
    """Return what matches a telling value that stands alone, and matches nothing if there is none."""
    values = {v.removeprefix("+86") for v in who.spellings()} | set(who.ids)
    telling = sorted(re.escape(v) for v in values if len(v) >= _TELLING)
    return rf"(?i)(^|[^0-9a-z])(\+?86)?({'|'.join(telling)})($|[^0-9a-z])"


def _search_log(house: House, who: Named, pattern: str) -> int:
    hits = 0
    for _, batch in house.log.read(Position(0, 0)):
        row = pl.Series(np.zeros(batch.num_rows, np.bool_))
        for column in batch.columns[1:]:
            texts = pl.Series(column)
            distinct = texts.unique()
            row |= texts.is_in(distinct.filter(_matches(distinct, pattern)).implode())
        hits += int(row.sum())
    for one in house.sources.all():
        hits += len(house.cleaning.find_rows(one, who.values))
    return hits


def _matches(words: pl.Series, pattern: str) -> pl.Series:
    """Say which texts match, as they are or without the marks that people write within numbers."""
    text = words.cast(pl.String).str.normalize("NFKC")
    bare = text.str.replace_all(r"[\s()\-]", "")
    return (text.str.contains(pattern) | bare.str.contains(pattern)).fill_null(value=False)
