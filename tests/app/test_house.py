"""A workspace may be opened while another process changes it."""

from __future__ import annotations

from qunxiang.app import House


def test_opening_leaves_an_engine_that_is_being_made(house: House) -> None:
    with house.exclusive(), house.made_anew() as fresh:
        fresh.engine.mkdir()
        House(house.folder).close()
        assert fresh.engine.exists()
    assert house.engine.exists()


def test_opening_deletes_what_a_kill_left(house: House) -> None:
    left = house.engine.with_name("engine.aside-left")
    left.mkdir()
    House(house.folder).close()
    assert not left.exists()


def test_opening_takes_no_lock_where_there_is_nothing_to_delete(house: House) -> None:
    lock = house.folder / "lock"
    lock.unlink(missing_ok=True)
    House(house.folder).close()
    assert not lock.exists()
