"""Dry runs keep their word, an undone import leaves nothing, and set-aside rows can be mended."""

from __future__ import annotations

import pytest

from qunxiang.app import House, Imports
from qunxiang.cleaning import CUSTOMER_ROWS, event_table
from qunxiang.errors import Cancelled, QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.sources import write_csv
from tests.app.company import (
    CUSTOMERS,
    MARKETER,
    ORDERS,
    VIEWER,
    asked,
    bring,
    everything,
    make_anew,
    names_in,
    public_id,
    refresh,
    write,
)

UPDATED = [
    dict(CUSTOMERS[0], 城市="深圳"),  # updated
    CUSTOMERS[1],  # unchanged
    dict(
        CUSTOMERS[2], 会员编号="M900", 姓名="吴新新", 手机号="13712349000", 会员卡号="VIP90000"
    ),  # created
    dict(CUSTOMERS[3], 手机号="电话不详"),  # updated, with a value set aside
    dict(
        CUSTOMERS[2], 会员编号="M900", 姓名="吴新新", 手机号="13712349001", 会员卡号="VIP90000"
    ),  # again
]
MORE_ORDERS = [
    ORDERS[0],  # unchanged
    dict(
        ORDERS[1], 实付金额="300"
    ),  # another row: orders without a line number are told apart by content
    dict(ORDERS[2], 订单号="B1", 下单时间="不记得了"),  # no time: set aside
    dict(ORDERS[2], 订单号="B2", 手机号=""),  # nobody: set aside
    dict(ORDERS[2], 订单号="B3", 手机号="13712349000"),  # created
]


def trial(house: House, path, rows: str, source: str):
    imports = Imports(house)
    return imports.try_out(path, imports.look(path, rows, source=source)).trial


def contents(house: House, table: str) -> dict[int, int]:
    """Return the newest content of each row id in a table."""
    found = house.warehouse.read(
        table, ["row_id", "content"], order=["import_no", "row_no"]
    ).to_pylist()
    return {r["row_id"]: r["content"] for r in found}


@pytest.mark.parametrize(
    ("rows", "table", "data", "source"),
    [
        ("customers", CUSTOMER_ROWS, UPDATED, "crm"),
        ("orders", event_table("purchase"), MORE_ORDERS, "shop"),
        (
            "orders",
            event_table("purchase"),
            [dict(o, 收货人="王老五") for o in MORE_ORDERS],
            "new shop",
        ),
    ],
    ids=["customers", "orders", "orders that say who"],
)
def test_a_dry_run_says_what_happens(company, files, rows, table, data, source):
    path = write(files[0].with_name("more.csv"), data)
    before, known = contents(company, table), everything(company)
    said = trial(company, path, rows, source)
    assert everything(company) == known  # nothing happened yet
    assert contents(company, table) == before
    assert said.rows == len(data)
    assert said.created + said.updated + said.unchanged + said.rows_set_aside == said.rows
    outcome = bring(company, path, rows, source=source)
    refresh(company)
    after = contents(company, table)
    assert len(after.keys() - before.keys()) == said.created
    changed = sum(after[i] != before[i] for i in before)
    twice = 1 if rows == "customers" else 0  # M900 comes, then comes again otherwise
    assert changed + twice == said.updated
    aside = Imports(company).set_aside(outcome.number, "zh")
    whole = [r for r in aside.to_pylist() if "(row." in r["_reason"]]
    assert len(whole) == said.rows_set_aside
    expected = {
        "customers": (1, 3, 1, 0),
        "orders": (2, 0, 1, 2),
        "orders that say who": (3, 0, 0, 2),
    }["orders that say who" if source == "new shop" else rows]
    assert (said.created, said.updated, said.unchanged, said.rows_set_aside) == expected


def test_undo_and_refresh_is_never_imported(company, files, tmp_path):
    asked(company).save_audience("shanghai", "city = '上海' or did purchase")
    refresh(company)
    before = everything(company)
    more = write(files[0].with_name("more.csv"), UPDATED)
    orders = write(files[0].with_name("more orders.csv"), MORE_ORDERS)
    first = bring(company, more, "customers", source="crm")
    second = bring(company, orders, "orders", source="shop")
    refresh(company)
    assert everything(company) != before
    with pytest.raises(QunxiangError) as caught:
        Imports(company).undo(first.number, VIEWER)
    assert caught.value.code == "governance.not_allowed"
    Imports(company).undo(first.number, HOUSEHOLDER)
    Imports(company).undo(second.number, HOUSEHOLDER)
    refresh(company)
    assert everything(company) == before
    with pytest.raises(QunxiangError) as caught:
        Imports(company).undo(first.number, HOUSEHOLDER)
    assert caught.value.code == "sources.not_landed"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["customers first", "orders first"])
@pytest.mark.parametrize("undone", [0, 1], ids=["without customers", "without orders"])
def test_undoing_either_import_is_never_having_had_it(house, files, tmp_path, order, undone):
    """Also by public id, though people were numbered and named while both were there."""
    kinds = [("customers", "crm"), ("orders", "shop")]
    numbers = {}
    for place in order:
        rows, source = kinds[place]
        numbers[place] = bring(house, files[place], rows, source=source).number
    refresh(house)
    Imports(house).undo(numbers[undone], HOUSEHOLDER)
    refresh(house)
    left = everything(house)
    with House(tmp_path / "other") as other:
        (tmp_path / "other" / "secret").write_bytes(house.secret)
        rows, source = kinds[1 - undone]
        bring(other, files[1 - undone], rows, source=source)
        refresh(other)
        never = everything(other)
    assert left == never
    # And the engine made anew says so too.
    make_anew(house)
    assert everything(house) == never


def test_an_undone_import_may_come_again(company, files):
    before = everything(company)
    Imports(company).undo(1, HOUSEHOLDER)
    refresh(company)
    assert names_in(company, "name is known") == set()
    again = bring(company, files[0], "customers", source="crm")
    assert not again.repeated
    refresh(company)
    after = everything(company)
    assert {p["values"].get("name") for p in after.values()} == {
        p["values"].get("name") for p in before.values()
    }


def test_everything_undone_is_an_empty_company(company):
    for number in (1, 2):
        Imports(company).undo(number, HOUSEHOLDER)
    assert refresh(company).people == 0
    assert everything(company) == {}
    assert asked(company).count("not did purchase").count == 0


def test_set_aside_rows_are_mended_and_replayed(company, files):
    bad = [
        dict(CUSTOMERS[0], 会员编号="M100", 姓名="郑一一", 手机号="1381234", 邮箱="", 会员卡号=""),
        dict(
            CUSTOMERS[0],
            会员编号="M101",
            姓名="郑二二",
            手机号="13812349101",
            邮箱="",
            会员卡号="",
            出生日期="1990-02-30",
        ),
        dict(
            CUSTOMERS[0], 会员编号="M102", 姓名="郑三三", 手机号="13812349102", 邮箱="", 会员卡号=""
        ),
    ]
    outcome = bring(company, write(files[0].with_name("bad.csv"), bad), "customers", source="crm")
    refresh(company)
    imports = Imports(company)
    aside = imports.set_aside(outcome.number, "zh")
    assert aside["_row"].to_pylist() == ["2", "3"]
    assert all("(" in r for r in aside["_reason"].to_pylist())
    assert names_in(company, "name starts with '郑' and phone is known") == {"郑二二", "郑三三"}
    # A person mends the one, and leaves the other as it is.
    rows = aside.to_pylist()
    rows[0]["手机号"] = "13812349100"
    path = files[0].with_name("mended.csv")
    import pyarrow as pa  # noqa: PLC0415

    write_csv(pa.Table.from_pylist(rows), path)
    mended = imports.mend(path, MARKETER)
    assert mended.landed.mends == outcome.number
    refresh(company)
    assert names_in(company, "name starts with '郑' and phone is known") == {
        "郑一一",
        "郑二二",
        "郑三三",
    }
    assert imports.set_aside(outcome.number, "zh").num_rows == 0
    still = imports.set_aside(mended.number, "zh")
    assert still["_row"].to_pylist() == ["3"]
    # Nothing is there twice, and rebuilt it is the same.
    assert asked(company).count("name starts with '郑'").count == 3
    known = everything(company)
    make_anew(company)
    assert everything(company) == known
    # Undoing the mending brings the old rows back.
    imports.undo(mended.number, HOUSEHOLDER)
    refresh(company)
    assert names_in(company, "name starts with '郑' and phone is known") == {"郑二二", "郑三三"}


def test_a_mended_order_takes_the_place_of_the_bad_one(company, files):
    outcome = bring(
        company, write(files[1].with_name("b.csv"), MORE_ORDERS[2:4]), "orders", source="shop"
    )
    refresh(company)
    aside = Imports(company).set_aside(outcome.number, "zh").to_pylist()
    assert [r["订单号"] for r in aside] == ["B1", "B2"]
    aside[0]["下单时间"] = "2026-01-01 00:00:00"
    aside[1]["手机号"] = "13812345003"
    import pyarrow as pa  # noqa: PLC0415

    path = files[1].with_name("mended.csv")
    write_csv(pa.Table.from_pylist(aside), path)
    Imports(company).mend(path, HOUSEHOLDER)
    refresh(company)
    assert names_in(company, "did purchase (where order_id in ('B1', 'B2'))") == {
        "张三丰",
        "王老五",
    }
    with pytest.raises(QunxiangError) as caught:
        Imports(company).mend(files[1], HOUSEHOLDER)
    assert caught.value.code == "app.not_a_mending"


def test_a_file_may_be_broken_off_and_brought_again(house, files):
    imports = Imports(house)
    look = imports.look(files[0], "customers", source="crm")

    def cancel(_rows):
        raise Cancelled

    with pytest.raises(Cancelled):
        imports.bring(files[0], look, HOUSEHOLDER, progress=cancel)
    assert refresh(house).people == 0
    again = imports.bring(files[0], look, HOUSEHOLDER)
    assert not again.repeated
    assert refresh(house).people == 6
    assert [i.status for i in house.sources.all()] == ["landed", "cancelled"]


def test_a_person_keeps_the_id_as_more_becomes_known(company, files):
    ids = {m: public_id(company, m) for m in ("M001", "M002", "M003")}
    bring(company, write(files[0].with_name("more.csv"), UPDATED), "customers", source="crm")
    refresh(company)
    assert {m: public_id(company, m) for m in ids} == ids
    make_anew(company)
    assert {m: public_id(company, m) for m in ids} == ids
