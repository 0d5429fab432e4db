"""Pulling from a table: what is new lands once, what is gone leaves, and nothing is lost in a crash."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunxiang.app import House, Imports, Persons, Pulls, save_definition
from qunxiang.catalog import FieldDefinition
from qunxiang.errors import Cancelled, QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.sources import ConnectorDefinition, MappingDefinition
from tests.app.company import MARKETER, VIEWER, everything, make_anew, names_in, refresh
from tests.app.pulling.conftest import Shop, add, customer, customers, pull, rows_landed

LATER = "2026-01-02 10:00:00"


def test_a_trial_shows_rows_and_meaning_and_keeps_nothing(house: House, shop: Shop) -> None:
    shop.put(customer(1), customer(2))
    tried = Pulls(house).try_out(add(house), HOUSEHOLDER)
    assert tried.look.sample.num_rows == 2
    meant = [(c.column, c.to) for c in tried.look.mapping.columns]
    assert tried.look.mapping.key == ("id",)
    assert meant == [
        ("id", None),
        ("name", "name"),
        ("phone", "phone"),
        ("city", "city"),
        ("updated", "@at"),
    ]
    assert house.sources.all() == []
    assert set(house.catalog.all(MappingDefinition)) == {"messages"}, "the one every house has"
    assert "id" not in house.catalog.all(FieldDefinition)


def test_only_what_is_new_lands(house: House, shop: Shop) -> None:
    add(house)
    shop.put(*(customer(n) for n in range(5)))
    assert rows_landed(pull(house)) == [5]
    assert rows_landed(pull(house)) == []
    shop.put(customer(5))  # in the same second as the last one: the boundary is read again
    assert rows_landed(pull(house)) == [1]
    shop.put(customer(2, "北京市", LATER), customer(6, at=LATER))
    assert rows_landed(pull(house)) == [2]
    assert pull(house).met == 2  # those of the last second, which are known
    refresh(house)
    assert customers(house) == shop.truth()
    assert [i.rows for i in house.sources.landed()] == [5, 1, 2]


def test_without_a_cursor_what_changed_lands(house: House, shop: Shop) -> None:
    add(house, cursor=None)
    shop.put(*(customer(n) for n in range(4)))
    assert rows_landed(pull(house)) == [4]
    assert rows_landed(pull(house)) == []
    first = customer(1)
    for city in ("北京市", "上海市", "北京市", "上海市"):  # back and forth: each change is one
        shop.put(customer(1, city))
        assert rows_landed(pull(house)) == ([1] if city == "北京市" or first else [])
        refresh(house)
        assert customers(house) == shop.truth()


def test_rows_that_are_gone_leave_and_come_back(house: House, shop: Shop) -> None:
    add(house, detect_deletions=True)
    shop.put(*(customer(n) for n in range(6)))
    pull(house)
    refresh(house)
    shop.put(customer(3, "北京市", LATER))
    pull(house)
    shop.drop(3, 4)
    done = pull(house)
    assert (done.gone, done.withdrawn) == (2, 3)  # of one key two versions stood in the log
    assert rows_landed(done) == []
    refresh(house)
    assert customers(house) == shop.truth()
    assert names_in(house, "city = '北京'") == set()
    again = pull(house)
    assert (again.gone, again.changed) == (0, False)
    shop.put(customer(3, "广州市", LATER + ".5"))
    assert rows_landed(pull(house)) == [1]
    refresh(house)
    assert customers(house) == shop.truth()
    before = everything(house)
    make_anew(house)
    assert everything(house) == before


def test_deletions_are_undone_like_any_import(house: House, shop: Shop) -> None:
    add(house, detect_deletions=True)
    shop.put(*(customer(n) for n in range(6)))
    pull(house)
    refresh(house)
    before = everything(house)
    shop.drop(2, 5)
    assert pull(house).withdrawn == 2
    refresh(house)
    assert len(customers(house)) == 4
    Imports(house).undo(house.sources.all()[0].number, HOUSEHOLDER)
    refresh(house)
    assert everything(house) == before
    # Undone and done again between two refreshes, the import is loaded without them once more.
    assert pull(house).withdrawn == 2
    refresh(house)
    Imports(house).undo(house.sources.all()[0].number, HOUSEHOLDER)
    shop.drop(1)
    assert pull(house).withdrawn == 3
    refresh(house)
    assert customers(house) == shop.truth()


def test_whoever_is_gone_can_still_be_erased_from_the_log(house: House, shop: Shop) -> None:
    add(house, detect_deletions=True)
    shop.put(*(customer(n) for n in range(3)), customer(9))
    pull(house)
    refresh(house)
    shop.drop(0, 9)
    assert pull(house).withdrawn == 2
    shop.put(customer(9, "北京市", LATER))  # back again: the first row is withdrawn all the same
    pull(house)
    refresh(house)
    phone = str(customer(9)[2])
    Persons(house, HOUSEHOLDER).erase(phone)
    rows = [
        value
        for one in house.sources.all()
        for batch in house.sources.landed_rows(one)
        for row in batch.rows.to_pylist()
        for value in row.values()
    ]
    assert phone not in rows
    assert str(customer(0)[2]) in rows  # gone from the shop, and still in the log


def test_a_place_that_was_emptied_is_doubted(house: House, shop: Shop) -> None:
    add(house, detect_deletions=True)
    shop.put(*(customer(n) for n in range(30)))
    pull(house)
    shop.drop(*range(20))
    with pytest.raises(QunxiangError) as caught:
        pull(house)
    assert caught.value.code == "sources.too_many_gone"
    assert len(house.sources.landed()) == 1
    add(house, detect_deletions=True, gone_at_most=1.0)
    assert pull(house).withdrawn == 20


def test_late_rows_are_met_by_an_overlap(house: House, shop: Shop) -> None:
    add(house, overlap_seconds=3600)
    shop.put(customer(1, at="2026-01-01 10:00:00"), customer(2, at="2026-01-01 09:30:00"))
    pull(house)
    shop.put(customer(3, at="2026-01-01 09:15:00"))  # committed late
    done = pull(house)
    assert (done.met, rows_landed(done)) == (3, [1])
    shop.put(customer(4, at="2026-01-01 08:59:59"))
    assert rows_landed(pull(house)) == []


def test_everything_is_read_anew_when_asked(house: House, shop: Shop) -> None:
    add(house)
    shop.put(*(customer(n) for n in range(3)))
    pull(house)
    refresh(house)
    before = customers(house)
    assert rows_landed(pull(house, anew=True)) == [3]
    refresh(house)
    assert customers(house) == before


def test_undoing_a_pull_moves_the_cursor_back(house: House, shop: Shop) -> None:
    add(house)
    shop.put(customer(1))
    pull(house)
    shop.put(customer(2, at=LATER))
    assert rows_landed(pull(house)) == [1]
    Imports(house).undo(house.sources.all()[0].number, HOUSEHOLDER)
    assert rows_landed(pull(house)) == [1]


def test_a_query_is_read_like_a_table(house: House, shop: Shop) -> None:
    query = (
        "select id, name, phone, '12:30' as at_noon, updated from customers where city = '上海市';"
    )
    reads = {"type": "database", "system": "sqlite", "database": "shop.db", "query": query}
    add(house, reads=reads, detect_deletions=True)
    shop.put(*(customer(n) for n in range(4)), customer(4, "北京市"))
    assert rows_landed(pull(house)) == [4]
    shop.put(customer(2, "北京市"))  # no longer among the query's rows
    assert pull(house).withdrawn == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cursor": "changed"}, "engine.no_such_column"),
        ({"key": "nr", "detect_deletions": True}, "engine.no_such_column"),
        ({"reads": {"table": "nothing"}}, "engine.database_failed"),
        ({"reads": {"database": "none.db"}}, "engine.database_failed"),
        ({"reads": {"database": "/etc/passwd"}}, "sources.folder_not_open"),
        ({"reads": {"database": "../state.db", "table": "accounts"}}, "sources.folder_not_open"),
        ({"reads": {"table": None, "query": "delete from customers"}}, "engine.database_failed"),
    ],
)
def test_faults_are_told_and_nothing_lands(
    house: House, shop: Shop, changes: dict[str, Any], code: str
) -> None:
    shop.put(customer(1))
    base = {"type": "database", "system": "sqlite", "database": "shop.db", "table": "customers"}
    reads = base | changes.get("reads", {})
    add(house, **(changes | {"reads": reads}))
    with pytest.raises(QunxiangError) as caught:
        pull(house)
    assert caught.value.code == code
    assert house.sources.all() == []
    assert shop.truth()


def test_rights(house: House, shop: Shop) -> None:
    definition = add(house)
    shop.put(customer(1))
    with pytest.raises(QunxiangError) as caught:
        save_definition(house, MARKETER, definition.model_copy(update={"cursor": None}))
    assert caught.value.code == "governance.not_allowed"
    with pytest.raises(QunxiangError) as caught:
        Pulls(house).pull("shop", VIEWER)
    assert caught.value.code == "governance.not_allowed"
    other = definition.model_copy(update={"cursor": None})
    with pytest.raises(QunxiangError):
        Pulls(house).try_out(other, MARKETER)
    assert Pulls(house).try_out(definition, MARKETER).look.sample.num_rows == 1
    assert rows_landed(Pulls(house).pull("shop", MARKETER)) == [1]


# ── cut off ──────────────────────────────────────────────────────────────────────────────────────


class Killed(BaseException):
    """What a kill looks like to the code: nothing after it runs."""


@pytest.mark.parametrize("moment", ["begun", "landing", "durable", "withdrawing"])
def test_a_pull_that_is_cut_off_loses_and_doubles_nothing(
    house: House, shop: Shop, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    add(house, detect_deletions=True)
    shop.put(*(customer(n) for n in range(8)))
    pull(house)
    shop.put(customer(8), customer(2, "北京市", LATER))
    shop.drop(4)
    kill_at(house, monkeypatch, moment)
    with pytest.raises(Killed):
        pull(house)
    monkeypatch.undo()
    with House(house.folder) as again:  # as after a start
        pull(again)
        refresh(again)
        assert customers(again) == shop.truth()
        rows = sum(i.rows for i in again.sources.landed() if not i.withdraws)
        assert rows == 8 + 2


def kill_at(house: House, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Break off before anything is landed, between batches, after `fdatasync`, or at the withdrawal."""
    sources, log = house.sources, house.log
    if moment == "begun":
        monkeypatch.setattr(log, "append", raising())
    elif moment == "landing":
        append, count = log.append, itertools.count()
        monkeypatch.setattr(
            log, "append", lambda batch: (append(batch), raising()() if next(count) == 0 else None)
        )
    elif moment == "durable":
        commit = log.commit
        monkeypatch.setattr(log, "commit", lambda: (commit(), raising()()))
    else:
        monkeypatch.setattr(Pulls, "_withdraw", raising())
    assert sources is house.sources


def raising() -> Any:
    def kill(*_args: Any, **_named: Any) -> None:
        raise Killed

    return kill


def test_a_pull_can_be_cancelled(house: House, shop: Shop) -> None:
    add(house, page_rows=2)
    shop.put(*(customer(n) for n in range(8)))

    def tell(step: str, rows: int) -> None:
        if step == "pull":
            raise Cancelled

    with pytest.raises(Cancelled):
        pull(house, tell=tell)
    assert house.sources.all() == []
    assert list(house.folder.glob("tmp*")) == []
    assert rows_landed(pull(house)) == [8]


# ── whatever happens ─────────────────────────────────────────────────────────────────────────────

CITIES = ("上海市", "北京市", "广州市")
CHANGES = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, 12), st.sampled_from(CITIES)), max_size=6),
        st.lists(st.integers(0, 12), max_size=4),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.slow
@pytest.mark.parametrize("cursor", ["updated", None])
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rounds=CHANGES)
def test_whatever_changed_the_customers_are_those_of_the_table(
    tmp_path_factory: pytest.TempPathFactory, cursor: str | None, rounds: list[Any]
) -> None:
    with House(tmp_path_factory.mktemp("w")) as house:
        (house.folder / "inbox").mkdir()
        shop = Shop(house.folder / "inbox" / "shop.db")
        add(house, cursor=cursor, detect_deletions=True, gone_at_most=1.0, page_rows=3)
        clock = 0
        for puts, drops, ticks in rounds:
            for number, city in puts:
                shop.put(customer(number, city, f"2026-01-01 10:00:{clock:02d}"))
            clock += ticks  # or all of it happens within one second
            shop.drop(*drops)
            pull(house)
        refresh(house)
        assert customers(house) == shop.truth()
        if shop.truth():
            make_anew(house)
            assert customers(house) == shop.truth()
        shop.db.close()


def test_connectors_tell_how_far_they_have_come(house: House, shop: Shop) -> None:
    definition = add(house)
    state = Pulls(house).states()[0]
    assert (state.definition, state.imports, state.cursor) == (definition, 0, None)
    shop.put(customer(1))
    pull(house)
    state = Pulls(house).states()[0]
    assert (state.imports, state.rows, state.cursor) == (1, 1, customer(1)[4])


def test_a_connector_is_not_called_refresh(house: House) -> None:
    with pytest.raises(QunxiangError) as caught:
        add(house, name="refresh")
    assert caught.value.code == "app.connector_name"
    assert house.catalog.all(ConnectorDefinition) == {}
