"""Erasure: afterwards no file of the workspace holds the person, and everybody else is untouched."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import select

from qunxiang.app import HandTags, House, Imports, Lists, Matches, Persons
from qunxiang.catalog import ListDefinition
from qunxiang.errors import Cancelled, QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.governance.tables import ERASURES
from qunxiang.identity import read_id
from qunxiang.profiles.sayings import unpack
from qunxiang.profiles.tables import HAND_CHANGES
from qunxiang.sources import LandingLog, Position, read, write_csv
from tests.app.company import (
    CUSTOMERS,
    MARKETER,
    ORDERS,
    asked,
    bring,
    everything,
    make_anew,
    names_in,
    public_id,
    refresh,
    write,
)

CANARY = dict(
    CUSTOMERS[0],
    会员编号="CANARY77001",
    姓名="金丝雀",
    手机号="13987651234",
    邮箱="canary77@aliyun.com",
    会员卡号="CARD770077",
    城市="南京",
)
SECRETS = ("CANARY77001", "金丝雀", "13987651234", "canary77", "CARD770077")

# Scores that say how one stands among all buyers, and the tags made of them.
AMONG_OTHERS = {
    *("rfm_r", "rfm_f", "rfm_m", "rfm_group", "rfm_segment"),
    *("high_value", "customer_value", "churn_watch"),
}


def traces(folder: Path) -> list[str]:
    """Return which secrets stand in which files: in their raw bytes, or decoded from the log."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        found.extend(
            f"{path.relative_to(folder)}: {secret}"
            for secret in SECRETS
            if any(secret.encode(c) in data for c in ("utf-8", "utf-16-le", "gb18030"))
        )
    log = LandingLog(folder / "log")
    for place, batch in log.read(Position(0, 0)):
        text = unicodedata.normalize("NFKC", str(batch.to_pylist()))
        found.extend(f"log {place}: {secret}" for secret in SECRETS if secret in text)
    return found


def alone(people: dict) -> dict:
    """Return people without the values that compare them with others."""
    return {
        public: person
        | {"values": {n: v for n, v in person["values"].items() if n not in AMONG_OTHERS}}
        for public, person in people.items()
    }


@pytest.fixture
def canary(company, files):
    """A company with a person in every place a person can be in."""
    folder = files[0].parent

    def mine(rows: list[dict], name: str, kind: str = "customers", source: str = "crm"):
        return bring(company, write(folder / name, rows), kind, source=source)

    mine([CANARY, CUSTOMERS[1]], "canary.csv")
    orders = [
        dict(ORDERS[0], 订单号="C1", 手机号="139-8765-1234"),
        dict(ORDERS[1], 订单号="C2", 手机号="１３９８７６５１２３４"),  # full width
        ORDERS[3],
    ]
    mine(orders, "orders of canary.csv", "orders", "shop")
    # Rows that are set aside whole: no time, and a torn line that could not be read at all.
    mine(
        [dict(ORDERS[2], 订单号="C3", 手机号="13987651234", 下单时间="忘了"), ORDERS[4]],
        "aside.csv",
        "orders",
        "shop",
    )
    torn = write(folder / "torn.csv", [CUSTOMERS[2], CUSTOMERS[3]])
    with torn.open("a", encoding="utf-8") as file:
        file.write(
            "CANARY77001,金丝雀,13987651234,canary77@aliyun.com,男,,南京,CARD770077,,,,,,\r\n"
        )
    bring(company, torn, "customers", source="crm")
    # A row whose phone was mended: the row as it was still stands in the log.
    bad = mine(
        [dict(CANARY, 手机号="139876"), dict(CUSTOMERS[4], 手机号="1")], "bad.csv", source="bad"
    )
    refresh(company)
    aside = Imports(company).set_aside(bad.number, "zh").to_pylist()
    assert len(aside) == 2
    for row, phone in zip(aside, ("13987651234", "13812345005"), strict=True):
        row["手机号"] = phone
    write_csv(pa.Table.from_pylist(aside), folder / "mended.csv")
    Imports(company).mend(folder / "mended.csv", HOUSEHOLDER)
    # An import that was undone, and one that was broken off.
    undone = mine([dict(CANARY, 城市="苏州"), CUSTOMERS[5]], "undone.csv", source="undone")
    Imports(company).undo(undone.number, HOUSEHOLDER)
    broken = write(folder / "broken.csv", [dict(CANARY, 城市="无锡")])
    break_off(company, broken)
    # Decisions that name the person.
    refresh(company)
    asked(company).save_audience("nanjing", "city = '南京'")
    tags, matches = HandTags(company, HOUSEHOLDER), Matches(company)
    tags.create("mood")
    tags.give("mood", matches.of_names(["CANARY77001"]), "好")
    lists = Lists(company, HOUSEHOLDER)
    lists.create(ListDefinition(name="picked"))
    lists.add("picked", matches.of_names(["CANARY77001", "M001"]))
    refresh(company)
    Persons(company, HOUSEHOLDER).export("CANARY77001")
    return company


def said_by_hand(house: House) -> bytes:
    """Return every public id that any change of a list or tag names, each as 8 bytes."""
    with house.state.reading() as connection:
        rows = connection.execute(select(HAND_CHANGES.c.said)).scalars().all()
    return b"".join(unpack(row).ids.tobytes() for row in rows)


def break_off(house: House, path: Path) -> None:
    """Land a file's rows and be told to stop before it is acknowledged."""
    look = Imports(house).look(path, "customers", source="broken")
    batch = next(iter(read(path, look.shape)))
    note = {
        "file": path.name,
        "fingerprint": "none",
        "source": "broken",
        "mapping": look.mapping.name,
        "mapping_version": house.catalog.save(look.mapping, author="test"),
        "mends": None,
        "shape": {},
        "author": "test",
    }

    def cancel(_rows: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        house.sources.land(iter([batch, batch]), note, progress=cancel)


def test_nothing_is_left_of_an_erased_person(canary):
    folder = canary.folder
    public = public_id(canary, "CANARY77001")
    assert {t.split(": ")[1] for t in traces(folder)} == set(
        SECRETS
    )  # the search finds what is there
    before = everything(canary)
    mine = before.pop(public)
    assert mine["values"]["city"] == "南京市"
    assert [e["order_id"] for e in mine["events"]] == ["C1", "C2"]

    receipt = Persons(canary, HOUSEHOLDER).erase("13987651234")
    refresh(canary)

    assert receipt.found_after == 0
    assert receipt.stores["landing log"] >= 7
    assert traces(folder) == []
    canary.close()
    assert traces(folder) == []
    with House(folder) as reopened:
        refresh(reopened)
        after = everything(reopened)
        # Everybody else, value by value.
        assert alone(after) == alone(before)
        for who in (*SECRETS[:1], *SECRETS[2:3], public):
            with pytest.raises(QunxiangError) as caught:
                reopened.identity.find(who)
            assert caught.value.code == "identity.not_found"
        assert names_in(reopened, "in list picked") == {"张三丰"}
        assert int(read_id(public)).to_bytes(8, "little") not in said_by_hand(reopened)
        with reopened.state.reading() as connection:
            receipts = connection.execute(ERASURES.select()).mappings().all()
        assert [r["subject"] for r in receipts] == [receipt.subject]
        assert public not in str(receipts)
        assert reopened.audit.first_broken() is None
        make_anew(reopened)
        assert everything(reopened) == after
    assert traces(folder) == []


def test_erasing_needs_the_right_and_somebody(company):
    with pytest.raises(QunxiangError) as caught:
        Persons(company, MARKETER).erase("M001")
    assert caught.value.code == "governance.not_allowed"
    with pytest.raises(QunxiangError) as caught:
        Persons(company, HOUSEHOLDER).erase("13700000001")
    assert caught.value.code == "identity.not_found"


def test_the_same_file_brings_nobody_back(canary, files):
    Persons(canary, HOUSEHOLDER).erase("CANARY77001")
    again = bring(canary, files[0].parent / "canary.csv", "customers", source="crm")
    assert again.repeated
    refresh(canary)
    assert traces(canary.folder) == []


def test_an_engine_put_aside_by_a_kill_is_swept(company, tmp_path):
    company.close()
    left = company.folder / "engine.aside-0a"
    left.mkdir()
    (left / "warehouse.duckdb").write_bytes("金丝雀".encode())
    with House(company.folder):
        assert traces(company.folder) == []
