"""Lists and manual tags: filled by names, files and rules; merged, erased, asked for as they were."""

from __future__ import annotations

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qunxiang import clock
from qunxiang.app import HandTags, Lists, Matches, Persons, save_definition
from qunxiang.catalog import ListDefinition
from qunxiang.errors import LanguageError, QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.identity import read_id, read_ids, write_ids
from qunxiang.profiles.sayings import Said, pack, replay, unpack
from qunxiang.tags import TagDefinition
from qunxiang.tags.definitions import ListTag
from tests.app.company import (
    CUSTOMERS,
    MARKETER,
    VIEWER,
    asked,
    bring,
    make_anew,
    names_in,
    public_id,
    refresh,
    write,
)


@pytest.fixture
def lists(company):
    made = Lists(company, HOUSEHOLDER)
    made.create(ListDefinition(name="vip", zh="贵宾"))
    return made


@pytest.fixture
def matches(company):
    return Matches(company)


@pytest.fixture
def tags(company):
    made = HandTags(company, HOUSEHOLDER)
    made.create("mood", ("好", "坏"))
    return made


def code(caught) -> str:
    return caught.value.code


# ── names ────────────────────────────────────────────────────────────────────────────────────────


def test_ids_are_read_as_they_are_written():
    ids = np.array([0, 1, 2**64 - 1, 0x0123456789ABCDEF], np.uint64)
    texts = [*write_ids(ids).to_pylist(), "M001", None, " P0000000000001 ", "p000"]
    found, shaped = read_ids(pa.array(texts))
    assert found[:4].tolist() == ids.tolist()
    assert shaped.tolist() == [True] * 4 + [False, False, True, False]
    assert [int(i) for i, s in zip(found, shaped, strict=True) if s] == [
        read_id(t) for t in texts if t and read_id(t) is not None
    ]


def test_any_identifier_in_any_spelling_names_a_person(company, matches):
    public = public_id(company, "M001")
    names = ["138-1234-5001", "+8613812345001", "ZHANG@aliyun.com", "VIP20001", "M001", public]
    found = matches.of_names([*names, "13700000000", " ", "M001x"])
    zhang = company.identity.find("M001")
    assert found.people.tolist() == [zhang] * 6 + [-1] * 3
    assert found.faults.to_pylist() == [None] * 6 + ["nobody", "blank", "nobody"]
    left = found.unknown("zh").to_pylist()
    assert [r["name"] for r in left] == ["13700000000", " ", "M001x"]
    assert left[0]["reason"] == "查无此人"


def test_a_column_of_any_file_names_people(company, matches, tmp_path):
    rows = [{"客户": p, "备注": n} for n, p in enumerate(("138 1234 5002", "13812345003", "1381"))]
    by_phone = matches.of_file(write(tmp_path / "a.csv", rows), "客户")
    assert (by_phone.by, by_phone.people.tolist()[2]) == ("phone", -1)
    assert by_phone.people.tolist()[:2] == [company.identity.find(n) for n in ("M002", "M003")]
    assert by_phone.unknown("en").to_pylist() == [
        {"row": "4", "name": "1381", "reason": "nobody has this identifier"}
    ]
    book = openpyxl.Workbook()
    for cells in (("card", "why"), ("VIP20001", "x"), ("VIP20006", "y"), ("", "z")):
        book.active.append(cells)
    book.save(tmp_path / "cards.xlsx")
    by_card = matches.of_file(tmp_path / "cards.xlsx", "card")
    assert by_card.by == "member_card"
    assert by_card.faults.to_pylist() == [None, None, "blank"]
    ids = [public_id(company, "M004"), public_id(company, "M005")]
    pq.write_table(pa.table({"person": ids}), tmp_path / "ids.parquet")
    only = matches.of_file(tmp_path / "ids.parquet", None)
    assert only.by == "public_id"
    assert only.found().all()
    with pytest.raises(QunxiangError) as caught:
        matches.of_file(tmp_path / "cards.xlsx", "cards")
    assert code(caught) == "app.no_column"
    assert "card" in caught.value.remedy("en")
    with pytest.raises(QunxiangError) as caught:
        matches.of_file(tmp_path / "cards.xlsx", "card", by="passport")
    assert code(caught) == "catalog.not_found"


# ── lists ────────────────────────────────────────────────────────────────────────────────────────


def test_people_come_and_go(company, lists, matches):
    done = lists.add("vip", matches.of_names(["M001", "13812345001", "M002", "nobody"]))
    assert (done.names, done.people, done.changed, done.unknown, done.count) == (4, 2, 2, 1, 2)
    assert names_in(company, "in list vip") == {"张三丰", "李小四"}
    again = lists.add("vip", matches.of_names(["M002", "M003"]))
    assert (again.changed, again.count) == (1, 3)
    gone = lists.remove("vip", matches.of_names(["zhang@aliyun.com", "M005"]))
    assert (gone.people, gone.changed, gone.count) == (2, 1, 2)
    assert names_in(company, "not in list vip") == {
        "张三丰", "赵六六", "孙七七", "周八", public_id(company, "13912340000")
    }  # fmt: skip
    state = lists.show("vip")
    assert [(c.given, c.taken) for c in state.changes] == [(0, 1), (1, 0), (2, 0)]
    nothing = lists.add("vip", matches.of_names(["M002"]))
    assert nothing.changed == 0
    assert len(lists.show("vip").changes) == 3


def test_a_rule_is_frozen(company, lists, matches):
    people = asked(company).people("city = '上海'")
    assert lists.add("vip", matches.of_people(people, "rule")).changed == 2
    moved = dict(CUSTOMERS[2], 城市="上海")
    bring(company, write(company.folder.parent / "moved.csv", [moved]), "customers", source="crm")
    refresh(company)
    assert names_in(company, "city = '上海' and not in list vip") == {"王老五"}


def test_an_earlier_moment_is_kept(company, lists, matches):
    before = clock.now()
    lists.add("vip", matches.of_names(["M001", "M002"]))
    between = clock.now()
    lists.remove("vip", matches.of_names(["M001"]))
    counts = [lists.members("vip", at).count() for at in (before, between, None)]
    assert counts == [0, 2, 1]


def test_the_next_refresh_shows_a_list_in_tags_and_audiences(company, lists, matches):
    save_definition(company, HOUSEHOLDER, TagDefinition(name="is_vip", how=ListTag(list="vip")))
    asked(company).save_audience("vips", "in list vip")
    refresh(company)
    lists.add("vip", matches.of_names(["M001"]))
    assert names_in(company, "is_vip = true") == set()
    done = refresh(company)
    assert [s.stage for s in done.stages if s.ran] == ["tags", "audiences"]
    assert names_in(company, "is_vip = true") == {"张三丰"}
    assert done.audiences[0].entered == 1
    with pytest.raises(QunxiangError) as caught:
        lists.delete("vip")
    assert code(caught) == "app.list_in_use"
    assert "is_vip" in caught.value.message("en")
    assert "vips" in caught.value.message("en")
    tag = TagDefinition(name="other", how=ListTag(list="no_such"))
    with pytest.raises(QunxiangError) as caught:
        save_definition(company, HOUSEHOLDER, tag)
    assert code(caught) == "catalog.not_found"


def test_a_deleted_list_comes_back_empty(company, lists, matches):
    lists.add("vip", matches.of_names(["M001"]))
    lists.delete("vip")
    with pytest.raises(LanguageError) as caught:
        asked(company).count("in list vip")
    assert code(caught) == "language.list_unknown"
    lists.create(ListDefinition(name="vip"))
    assert lists.show("vip").count == 0
    with pytest.raises(QunxiangError) as caught:
        lists.create(ListDefinition(name="vip"))
    assert code(caught) == "app.list_exists"


def test_people_merged_later_are_on_the_list_once(company, lists, tags, matches, files):
    stranger = public_id(company, "13912340000")
    lists.add("vip", matches.of_names(["13912340000", "M006"]))
    tags.give("mood", matches.of_names(["13912340000"]), "坏")
    zhou = dict(CUSTOMERS[5], 手机号="13912340000")
    bring(company, write(files[0].with_name("zhou.csv"), [zhou]), "customers", source="crm")
    refresh(company)
    assert company.identity.find(stranger) == company.identity.find("M006")
    assert names_in(company, "in list vip") == {"周八"}
    assert names_in(company, "mood = '坏'") == {"周八"}
    tags.give("mood", matches.of_names(["M006"]), "好")
    assert tags.show("mood").values == {"好": 1, "坏": 0}
    lists.remove("vip", matches.of_names(["M006"]))
    tags.clear("mood", matches.of_names(["M006"]))
    assert lists.show("vip").count == 0
    assert tags.tagged("mood").count() == 0


def test_erasure_takes_every_id_of_a_person(company, lists, tags, matches, files):
    lists.add("vip", matches.of_names(["13912340000", "M006", "M001"]))
    tags.give("mood", matches.of_names(["13912340000"]), "坏")
    zhou = dict(CUSTOMERS[5], 手机号="13912340000")
    bring(company, write(files[0].with_name("zhou.csv"), [zhou]), "customers", source="crm")
    refresh(company)
    receipt = Persons(company, HOUSEHOLDER).erase("M006")
    assert receipt.stores["hand_changes"] == 2
    refresh(company)
    assert names_in(company, "in list vip") == {"张三丰"}
    assert HandTags(company, HOUSEHOLDER).tagged("mood").count() == 0


def test_who_may_change_lists_and_tags(company, lists, matches):
    someone = matches.of_names(["M001"])
    lists.add("vip", someone)
    assert Lists(company, VIEWER).show("vip").count == 1
    assert Lists(company, MARKETER).remove("vip", someone).changed == 1
    HandTags(company, MARKETER).create("mood")
    for deed in (
        lambda: Lists(company, VIEWER).add("vip", someone),
        lambda: Lists(company, VIEWER).delete("vip"),
        lambda: Lists(company, VIEWER).create(ListDefinition(name="x")),
        lambda: HandTags(company, VIEWER).give("mood", someone, "好"),
        lambda: HandTags(company, VIEWER).clear("mood", someone),
    ):
        with pytest.raises(QunxiangError) as caught:
            deed()
        assert code(caught) == "governance.not_allowed"
    noted = [(e["who"], e["what"], e["subject"]) for e in company.audit.entries()]
    public = public_id(company, "M001")
    assert ("marketer", "remove from list", public) in noted
    assert ("terminal", "add to list", public) in noted


def test_many_people_are_many_columns_and_no_loop(company):
    """A million changes are packed, replayed and unpacked whole."""
    rng = np.random.default_rng(7)
    ids = rng.integers(0, 2**64, 1_000_000, np.uint64)
    codes = rng.integers(-1, 2, ids.size).astype(np.int32)
    first = unpack(pack(Said(ids, codes, ["a", "b"])))
    assert dict(zip(first.ids[:50].tolist(), first.codes[:50].tolist(), strict=True)).items() <= (
        dict(zip(ids.tolist(), codes.tolist(), strict=True)).items()
    )
    second = Said(ids[:10], np.full(10, -1, np.int32), [])
    assert replay([first, second]).ids.size == (codes[10:] >= 0).sum()


# ── manual tags ──────────────────────────────────────────────────────────────────────────────────


def test_a_tag_is_given_and_taken(company, tags, matches):
    done = tags.give("mood", matches.of_names(["M001", "M002"]), "好")
    assert (done.changed, done.count) == (2, 2)
    refresh(company)
    assert names_in(company, "mood = '好'") == {"张三丰", "李小四"}
    tags.give("mood", matches.of_names(["M002"]), "坏")
    assert tags.value("mood", company.identity.find("M002")) == "坏"
    tags.clear("mood", matches.of_names(["M001"]))
    refresh(company)
    assert names_in(company, "mood is known") == {"李小四"}
    assert Persons(company, HOUSEHOLDER).card("M002")["tags"]["mood"] == "坏"
    for value in ("一般", ""):
        with pytest.raises(QunxiangError) as caught:
            tags.give("mood", matches.of_names(["M001"]), value)
        assert code(caught) == "tags.value_not_allowed"
    with pytest.raises(QunxiangError) as caught:
        tags.give("repeat_buyer", matches.of_names(["M001"]), "好")
    assert code(caught) == "tags.not_manual"
    with pytest.raises(QunxiangError) as caught:
        tags.create("mood")
    assert code(caught) == "app.tag_exists"


def test_a_file_gives_each_row_its_own_value(company, tags, matches, tmp_path):
    rows = [
        {"手机": "13812345001", "心情": " 好 "},
        {"手机": "13812345002", "心情": "坏"},
        {"手机": "13812345003", "心情": "一般"},
        {"手机": "13812345004", "心情": ""},
        {"手机": "13700000000", "心情": "好"},
        {"手机": "13812345001", "心情": "坏"},  # said twice: the last row counts
    ]
    found = matches.of_file(write(tmp_path / "moods.csv", rows), "手机", also=["心情"])
    found = tags.judge("mood", found, "心情")
    done = tags.give_from("mood", found, "心情")
    assert (done.names, done.people, done.changed, done.unknown) == (6, 2, 2, 3)
    reasons = {r["name"]: r["reason"] for r in found.unknown("en").to_pylist()}
    assert reasons == {
        "13812345003": "not a value this tag allows",
        "13812345004": "not a value this tag allows",
        "13700000000": "nobody has this identifier",
    }
    assert tags.show("mood").values == {"好": 0, "坏": 2}
    make_anew(company)
    assert names_in(company, "mood = '坏'") == {"张三丰", "李小四"}


# ── columns that are asked for ───────────────────────────────────────────────────────────────────


def test_columns_nobody_knows_are_refused(company):
    questions = asked(company)
    everybody = questions.everybody()
    for ask in (
        lambda: questions.members(everybody, ["citty"]),
        lambda: next(questions.pages(everybody, ["citty"])),
        lambda: questions.portrait(everybody, ["citty"]),
    ):
        with pytest.raises(LanguageError) as caught:
            ask()
        assert code(caught) == "language.field_unknown"
        assert "city" in caught.value.suggestions
    rows = questions.members(everybody, ["所在城市", "occupation"], limit=1).to_pylist()
    assert rows[0]["所在城市"] == "上海市"
    assert rows[0]["occupation"] is None
    assert [p.known for p in questions.portrait(everybody, ["occupation"])] == [0]
    with pytest.raises(LanguageError) as caught:
        asked(company, VIEWER).portrait(everybody, ["手机号"])
    assert code(caught) == "language.field_hidden"


def test_the_history_of_no_audience_is_refused(company):
    with pytest.raises(QunxiangError) as caught:
        company.audiences.history("nobody")
    assert code(caught) == "catalog.not_found"
