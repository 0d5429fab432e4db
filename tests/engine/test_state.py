"""The state store: a write is whole and durable, or it never was."""

from __future__ import annotations

import sqlite3
import threading

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select
from sqlalchemy.exc import IntegrityError

from qunxiang.engine import METADATA, State

THINGS = Table(
    "things",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("word", String, nullable=False),
)


@pytest.fixture
def state(tmp_path):
    made = State(f"sqlite:///{tmp_path / 'state.db'}")
    with made.writing() as connection:
        THINGS.create(connection)
    yield made
    made.close()


def words(state: State) -> list[str]:
    with state.reading() as connection:
        return list(connection.execute(select(THINGS.c.word).order_by(THINGS.c.number)).scalars())


def test_writing_is_all_or_nothing(state, tmp_path):
    with state.writing() as connection:
        connection.execute(insert(THINGS).values(number=1, word="one"))
    with pytest.raises(ZeroDivisionError):
        add_and_fail(state)
    with pytest.raises(IntegrityError):
        add_twice(state)
    assert words(state) == ["one"]
    state.close()
    reopened = State(f"sqlite:///{tmp_path / 'state.db'}")
    assert words(reopened) == ["one"]
    reopened.close()


def add_and_fail(state: State) -> None:
    with state.writing() as connection:
        connection.execute(insert(THINGS).values(number=2, word="two"))
        _ = 1 / 0


def add_twice(state: State) -> None:
    with state.writing() as connection:
        connection.execute(insert(THINGS).values(number=3, word="three"))
        connection.execute(insert(THINGS).values(number=1, word="again"))


def test_a_reader_sees_one_moment(state):
    with state.reading() as connection:
        first = connection.execute(select(THINGS)).all()
        done = threading.Thread(target=_add, args=(state,))
        done.start()
        done.join()
        assert connection.execute(select(THINGS)).all() == first == []
    assert words(state) == ["late"]


def _add(state: State) -> None:
    with state.writing() as connection:
        connection.execute(insert(THINGS).values(number=1, word="late"))


def test_writers_wait_for_each_other(state):
    def add(number: int) -> None:
        for n in range(20):
            with state.writing() as connection:
                last = connection.execute(
                    select(THINGS.c.number).order_by(THINGS.c.number.desc()).limit(1)
                ).scalar()
                connection.execute(
                    insert(THINGS).values(number=(last or 0) + 1, word=f"{number}.{n}")
                )

    threads = [threading.Thread(target=add, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(words(state)) == 80


def test_what_is_deleted_is_gone_from_the_disk(state, tmp_path):
    with state.writing() as connection:
        connection.execute(insert(THINGS).values(number=1, word="CANARY-WORD"))
    with state.writing() as connection:
        connection.execute(THINGS.delete())
    state.shed()
    assert not any(b"CANARY-WORD" in p.read_bytes() for p in tmp_path.iterdir())


def test_it_is_set_up_to_survive_a_power_cut(state):
    with state.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1


def test_a_table_made_by_an_older_version_gets_its_new_columns(tmp_path):
    old = sqlite3.connect(tmp_path / "state.db")
    old.execute("CREATE TABLE notes (name VARCHAR PRIMARY KEY)")
    old.execute("INSERT INTO notes VALUES ('kept')")
    old.commit()
    old.close()
    notes = Table("notes", METADATA, Column("name", String), Column("more", Integer))
    try:
        state = State(f"sqlite:///{tmp_path / 'state.db'}")
        with state.reading() as connection:
            assert connection.execute(notes.select()).all() == [("kept", None)]
        state.close()
    finally:
        METADATA.remove(notes)


def test_what_is_kept_is_read_again_once_anybody_has_written(state, tmp_path):
    read = []

    def count(connection) -> int:
        read.append(1)
        return connection.execute(select(func.count()).select_from(THINGS)).scalar_one()

    assert [state.kept("things", count) for _ in range(3)] == [0, 0, 0]
    assert len(read) == 1
    with state.writing() as connection:
        connection.execute(insert(THINGS).values(number=1, word="one"))
        assert state.kept("things", count) == 0  # nobody sees it before it is so
    assert state.kept("things", count) == 1
    elsewhere = sqlite3.connect(tmp_path / "state.db")
    elsewhere.execute("INSERT INTO things VALUES (3, 'three')")
    elsewhere.commit()
    elsewhere.close()
    assert state.kept("things", count) == 2
    with pytest.raises(ZeroDivisionError):
        add_and_fail(state)
    assert state.kept("things", count) == 2
