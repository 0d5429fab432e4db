"""Everything kept is declared: what names a person by what, and what export and erasure do with it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from qunxiang.app import HandTags, Lists, Matches, Persons, Preferences
from qunxiang.app.holdings import HOLDINGS, ROOMS, list_holdings
from qunxiang.app.refresh import last_instant
from qunxiang.catalog import ListDefinition
from qunxiang.cli.output import plain
from qunxiang.engine import METADATA
from qunxiang.governance import HOUSEHOLDER
from tests.app.company import AS_OF, asked, bring, public_id, refresh, write

PACKAGE = Path(__file__).parents[2] / "qunxiang"


@pytest.fixture
def known(company, files):
    """A company in which M001 is named in every store."""
    asked(company).save_audience("shanghai", "city = '上海'")
    public = public_id(company, "M001")
    matches, lists = Matches(company), Lists(company, HOUSEHOLDER)
    tags = HandTags(company, HOUSEHOLDER)
    tags.create("mood")
    tags.give("mood", matches.of_names(["M001"]), "好")
    lists.create(ListDefinition(name="picked"))
    lists.add("picked", matches.of_names(["M001", "M002"]))
    faulty = {"会员编号": "M001", "姓名": "张三丰", "手机号": "13812345001", "出生日期": "某年"}
    bring(company, write(files[0].with_name("faulty.csv"), [faulty]), "customers", source="shop")
    refresh(company)
    company.audit.note("test", "look", subject=public)
    mine = company.people.public_ids()[[company.identity.find("M001")]]
    company.moves.note(AS_OF, "live", {"shanghai": (mine, mine[:0])})
    Preferences(company, HOUSEHOLDER).put("recent", [public])
    return company


def test_every_room_with_tables_is_walked():
    rooms = {p.parent.name for p in PACKAGE.glob("*/tables.py")}
    assert {m.__name__.split(".")[1] for m in ROOMS} == rooms


def test_every_state_table_is_declared_by_columns_it_has():
    declared = {h.name: h for h in list_holdings("state")}
    assert set(declared) == set(METADATA.tables), (
        "declare a new table in its room's HOLDINGS: how it names a person, or that it names nobody"
    )
    for name, holding in declared.items():
        assert set(holding.columns) <= set(METADATA.tables[name].columns.keys())
        assert bool(holding.columns) == (holding.by != "nobody")


def test_every_warehouse_table_and_shelf_column_is_declared(known):
    for store, names in (
        ("warehouse", known.warehouse.tables()),
        ("shelf", set(known.shelf.names())),
    ):
        for name in names:
            covering = [h for h in list_holdings(store) if h.covers(name)]
            assert len(covering) == 1, f"{store}: declare {name} in its room's HOLDINGS"
    for holding in list_holdings("warehouse"):
        for table in filter(holding.covers, known.warehouse.tables()):
            assert set(holding.columns) <= set(known.warehouse.columns(table))


def test_an_export_holds_everything_declared(known):
    who = public_id(known, "M001")
    other = public_id(known, "M002")
    export = Persons(known, HOUSEHOLDER).export("M001")
    held = export["held"]
    empty = {
        "erasures",
        "message_mends",  # of messages: see quality/test_mending.py
        "cut_links",
        "partings",
        "items",
        "parted/",
        "timeline/",
        "records/",
        "circle/",
        "sighted/",
        "index/",
        "winner/",
    }
    for holding in HOLDINGS:
        if holding.by != "nobody" and holding.name not in empty:
            assert held[holding.name], f"{holding.name} is missing"
    assert sorted((h["subject"], h["name"], *h["named_in"]) for h in held["hand_changes"]) == [
        ("list", "picked", "said"),
        ("tag", "mood", "said"),
    ]
    assert [(r["audience"], r["named_in"]) for r in held["audience_refreshes"]] == [
        ("shanghai", ["entered"])
    ]
    assert [e["what"] for e in held["audit"] if e["subject"] == who] == [
        "set tag",
        "look",
    ]
    assert [(r["code"], r["value"]) for r in held["set_aside"]] == [("date.unreadable", "某年")]
    assert {"column": "members/shanghai", "value": True} in held["members/"]
    scores = {c["column"]: c["value"] for c in held["portrait/"]}
    assert scores["portrait/mood"] == "好"
    assert "portrait/rfm_group" in scores
    assert {r["table"] for r in held["event_*"]} == {"event_purchase"}
    text = orjson.dumps(export, default=plain).decode()
    assert other not in text, "others are nobody's business"
    assert "13812345001" in text


def test_erasing_keeps_the_instant(known):
    Persons(known, HOUSEHOLDER).erase("M002")
    assert last_instant(known) == AS_OF
    assert known.audiences.history("shanghai")[0].as_of.startswith("2026-03-31T12:00:00")


def test_the_search_afterwards_finds_what_is_left_wherever_it_is(known, files):
    """Somebody else's row may name the person in a note; that is told, with the place."""
    phone = "138-1234-5001"
    row = {"会员编号": "M009", "姓名": "吴九", "手机号": "13812345009", "备注": f"转告 {phone}"}
    bring(known, write(files[0].with_name("note.csv"), [row]), "customers", source="desk")
    asked(known).save_audience("one", "phone = '13812345001'")
    refresh(known)
    receipt = Persons(known, HOUSEHOLDER).erase("M001")
    assert receipt.left["landing log"] == 1
    assert receipt.left["customer_rows"] == 1
    assert receipt.left["definitions"] == 1
    assert receipt.found_after == sum(receipt.left.values())


def test_rows_of_others_that_look_alike_are_not_counted(known):
    assert Persons(known, HOUSEHOLDER).erase("M001").left == {}
