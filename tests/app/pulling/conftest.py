"""A workspace whose inbox holds a shop's database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qunxiang.app import House, Pulls, save_definition
from qunxiang.governance import HOUSEHOLDER
from qunxiang.sources import ConnectorDefinition
from tests.app.company import asked

COLUMNS = "id integer primary key, name text, phone text, city text, updated text"


class Shop:
    """A shop's customers in an SQLite file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.db = sqlite3.connect(path, check_same_thread=False)
        self.db.execute(f"create table customers({COLUMNS})")
        self.db.commit()

    def put(self, *rows: tuple[Any, ...]) -> None:
        self.db.executemany("insert or replace into customers values (?,?,?,?,?)", rows)
        self.db.commit()

    def drop(self, *ids: int) -> None:
        self.db.executemany("delete from customers where id = ?", [(i,) for i in ids])
        self.db.commit()

    def truth(self) -> dict[str, tuple[str | None, str | None]]:
        return {
            phone: (name, city)
            for name, phone, city in self.db.execute("select name, phone, city from customers")
        }


def customer(number: int, city: str = "上海市", at: str = "2026-01-01 10:00:00") -> tuple[Any, ...]:
    name = "张" + chr(0x4E2D + number)
    return (number, name, f"+86138{number:08d}", city, at)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "w") as opened:
        (opened.folder / "inbox").mkdir()
        yield opened


@pytest.fixture
def shop(house: House) -> Iterator[Shop]:
    made = Shop(house.folder / "inbox" / "shop.db")
    yield made
    made.db.close()


def add(house: House, **changes: Any) -> ConnectorDefinition:
    """Save a connector for the shop's customers."""
    reads = {"type": "database", "system": "sqlite", "database": "shop.db", "table": "customers"}
    body: dict[str, Any] = {
        "name": "shop",
        "reads": reads,
        "rows": "customers",
        "cursor": "updated",
        "key": "id",
    } | changes
    definition = ConnectorDefinition.model_validate(body)
    save_definition(house, HOUSEHOLDER, definition)
    return definition


def pull(house: House, name: str = "shop", **how: Any) -> Any:
    return Pulls(house).pull(name, HOUSEHOLDER, **how)


def rows_landed(done: Any) -> list[int]:
    return [o.landed.rows for o in done.outcomes if not o.repeated]


def customers(house: House) -> dict[str, tuple[str | None, str | None]]:
    """Return name and city of every living person, by phone."""
    questions = asked(house)
    table = questions.members(house.people.people, ["name", "phone", "city"]).to_pylist()
    return {r["phone"]: (r["name"], r["city"]) for r in table}
