"""Erase, export and search a table of the state store, by what its room declares of it."""

from __future__ import annotations

import re
from typing import Any

import orjson
from sqlalchemy import Table, delete, false, or_, select, tuple_, update

from qunxiang.catalog import Holding, Named
from qunxiang.engine import METADATA, State

_MARKS = re.compile(r"[\s()\-]")  # what people write within a number


def erase_state(state: State, holding: Holding, who: Named) -> int:
    """Take a person out of a state table, as its declaration says; return how many rows named them."""
    table = METADATA.tables[holding.name]
    if holding.by == "ids":
        return _forget(state, table, holding, who)
    theirs = _theirs(state, table, holding, who)
    with state.writing() as connection:
        if holding.fate == "delete":
            return int(connection.execute(delete(table).where(theirs)).rowcount)
        if holding.fate == "pseudonymise":
            hidden = dict.fromkeys(holding.columns, who.pseudonym)
            return int(connection.execute(update(table).where(theirs).values(**hidden)).rowcount)
    return 0


def export_state(state: State, holding: Holding, who: Named) -> list[dict[str, Any]]:
    """Return the rows of a state table that name a person.

    Of values that name others too, only the columns' names are told, under `named_in`.
    """
    table = METADATA.tables[holding.name]
    with state.reading() as connection:
        if holding.by != "ids":
            query = select(table).where(_theirs(state, table, holding, who))
            return [
                {str(n): v for n, v in row.items()} for row in connection.execute(query).mappings()
            ]
        out: list[dict[str, Any]] = []
        for row in connection.execute(select(table)).mappings():
            named_in = [c for c in holding.columns if holding.without(row[c], who) != row[c]]
            if named_in:
                kept = {str(n): v for n, v in row.items() if n not in holding.columns}
                out.append(kept | {"named_in": named_in})
        return out


def search_state(state: State, holding: Holding, who: Named, pattern: re.Pattern[str]) -> int:
    """Return how many rows of a state table hold a text that matches, or still name the person."""
    table = METADATA.tables[holding.name]
    ids = holding.columns if holding.by == "ids" else ()
    found = 0
    with state.reading() as connection:
        for row in connection.execute(select(table)).mappings():
            named = any(holding.without(row[c], who) != row[c] for c in ids)
            found += named or any(_matches(value, pattern) for value in row.values())
    return found


def _theirs(state: State, table: Table, holding: Holding, who: Named) -> Any:
    if holding.by == "nobody":
        return false()
    if holding.by == "row":
        with state.reading() as connection:
            places = connection.execute(select(table.c.import_no, table.c.row_no)).all()
        mine = [(number, row) for number, row in places if row in who.rows.get(number, ())]
        return tuple_(table.c.import_no, table.c.row_no).in_(mine)
    wanted = [who.pseudonym] if holding.by == "pseudonym" else list(who.ids)
    return or_(*(table.c[name].in_(wanted) for name in holding.columns))


def _forget(state: State, table: Table, holding: Holding, who: Named) -> int:
    touched = 0
    with state.writing() as connection:
        for row in connection.execute(select(table)).mappings().all():
            fresh = {c: holding.without(row[c], who) for c in holding.columns}
            if all(fresh[c] == row[c] for c in holding.columns):
                continue
            touched += 1
            mine = [column == row[column.name] for column in table.primary_key]
            connection.execute(update(table).where(*mine).values(**fresh))
    return touched


def _matches(value: Any, pattern: re.Pattern[str]) -> bool:
    if isinstance(value, dict | list):
        value = orjson.dumps(value).decode()
    if not isinstance(value, str):
        return False
    return any(pattern.search(text) for text in (value, _MARKS.sub("", value)))
