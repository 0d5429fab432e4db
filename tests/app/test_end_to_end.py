"""From two files of a shop to counts, reasons, cards and exports."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import openpyxl
import pytest

from qunxiang.app import House, Imports, Persons, Refresh, rebuild
from qunxiang.errors import Cancelled, LanguageError, QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.sources import write_csv, write_jsonl, write_xlsx
from tests.app.company import (
    AS_OF,
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


def test_an_empty_workspace_answers(house):
    done = refresh(house)
    assert done.people == 0
    assert asked(house).count("did purchase").count == 0
    assert asked(house).count("not did purchase").count == 0
    with pytest.raises(QunxiangError, match="Nobody was found") as caught:
        house.identity.find("13812345001")
    assert caught.value.code == "identity.not_found"


def test_files_become_people(company):
    count = asked(company).count("city = '上海'")
    assert (count.count, count.total) == (2, 7)
    assert names_in(company, "city = '上海'") == {"张三丰", "赵六六"}
    assert names_in(company, "did purchase (last 30 days)") == {"张三丰", "赵六六"}
    assert names_in(company, "sum(purchase.amount) > 1000") == {"张三丰"}
    assert names_in(company, "合计(purchase.amount) > 800") == {"张三丰", "李小四"}
    assert names_in(company, "interests has all ('彩妆')") == {"张三丰", "赵六六", "孙七七"}
    assert names_in(company, "not did purchase") == {"王老五", "周八"}
    assert names_in(company, "favourite_category = '彩妆'") >= {"孙七七"}
    # One who bought and is in no customer file is a person too.
    assert asked(company).count("name is unknown").count == 1


def test_the_waterfall_and_why(company):
    rule = "city = '上海' and sum(purchase.amount) > 1000"
    step = asked(company).count(rule).steps
    assert [(p.alone, p.so_far) for p in step.parts] == [(2, 2), (1, 1)]
    zhao = company.identity.find("13812345004")
    reason = asked(company).why(rule, zhao)
    assert not reason.holds
    assert [(p.holds, p.value) for p in reason.parts] == [
        (True, "上海市"),
        (False, Decimal("129.2500")),
    ]
    nobody = company.identity.find("13812345003")
    assert asked(company).why("recency(purchase) < 30", nobody).value is None


def test_the_card(company):
    card = Persons(company, HOUSEHOLDER).card("13812345001")
    assert card["values"]["name"] == "张三丰"
    assert card["values"]["points"] == 100
    assert card["tags"]["rfm_monetary"] == Decimal("1656.5000")
    assert {(i["type"], i["value"]) for i in card["identifiers"]} == {
        ("user_id", "M001"),
        ("phone", "+8613812345001"),
        ("email", "zhang@aliyun.com"),
        ("member_card", "VIP20001"),
    }
    assert [e["order_id"] for e in card["events"]] == ["A1", "A2", "A3"]
    assert card["events"][0]["at"] == dt.datetime(2026, 3, 30, 2, tzinfo=dt.UTC)  # Shanghai's 10:00
    assert card["sources"]["name"]["source"] == "crm"
    assert card["sources"]["name"]["row"] == 2  # as a spreadsheet shows it
    # Any identifier, and the public id itself, lead to the same card.
    for who in ("M001", "zhang@aliyun.com", "ZHANG@aliyun.com", "VIP20001", card["person"]):
        assert Persons(company, HOUSEHOLDER).card(who)["person"] == card["person"]


def test_everything_about_one_person_can_be_had(company):
    export = Persons(company, HOUSEHOLDER).export("M002")
    rows = [row for part in export["held"]["landing log"] for row in part["rows"]]
    assert {r.get("订单号") for r in rows} == {None, "A4"}
    assert next(r for r in rows if "姓名" in r)["手机号"] == "138 1234 5002"  # as it came
    with pytest.raises(QunxiangError) as caught:
        Persons(company, MARKETER).export("M002")
    assert caught.value.code == "governance.not_allowed"


def test_the_same_file_twice_changes_nothing(company, files):
    before = everything(company)
    again = bring(company, files[0], "customers", source="crm")
    assert again.repeated
    done = refresh(company)
    assert not any(s.ran for s in done.stages)
    assert everything(company) == before
    # The same rows in another file change nothing either.
    copy = write(files[0].with_name("again.csv"), CUSTOMERS)
    other = bring(company, copy, "customers", source="crm")
    assert other.repeated or other.landed.number != again.number
    orders = write(files[0].with_name("orders again.csv"), list(reversed(ORDERS)))
    bring(company, orders, "orders", source="shop")
    refresh(company)
    after = everything(company)
    for person in after.values():
        person["given by"] = None
    for person in before.values():
        person["given by"] = None
    assert after == before


def test_stages_run_again_only_when_they_must(company):
    ran = {s.stage: s.ran for s in Refresh(company, AS_OF).run().stages}
    assert not any(ran.values())
    later = Refresh(company, AS_OF + dt.timedelta(days=1)).run()
    ran = {s.stage: s.ran for s in later.stages}
    assert ran == {
        "clean": False,
        "identity": False,
        "timelines": False,
        "portraits": False,
        "models": True,
        "tags": True,
        "audiences": True,
    }


def test_questions_are_answered_while_the_engine_is_made_anew(company):
    before = everything(company)
    with company.exclusive(), company.made_anew() as fresh:
        assert fresh.people.people.count() == 0
        assert everything(company) == before
        refresh(fresh)
    assert everything(company) == before


def test_a_rebuild_that_fails_leaves_the_engine_as_it_was(company):
    before = everything(company)

    def cancel(step: str, _rows: int) -> None:
        if step == "tags":
            raise Cancelled

    with pytest.raises(Cancelled):
        rebuild(company, AS_OF, cancel)
    assert everything(company) == before
    assert [p.name for p in company.folder.glob("engine*")] == ["engine"]


def test_a_rebuild_gives_the_same_answers(company, tmp_path):
    asked(company).save_audience("spenders", "sum(purchase.amount) > 100")
    refresh(company)
    before = everything(company)
    assert sum("spenders" in p["audiences"] for p in before.values()) == 5
    make_anew(company)
    assert everything(company) == before
    company.close()
    with House(tmp_path / "workspace") as reopened:
        assert everything(reopened) == before
    assert not list((tmp_path / "workspace").glob("engine.aside*"))


def test_what_was_asked_before_is_forgotten_when_the_people_change(company, files):
    """The same rule at the same instant, in one process, before and after more people came."""
    for rule in ("did refund", "not did refund", "occupation is unknown", "city = '上海'"):
        asked(company).count(rule)
    more = [
        dict(
            CUSTOMERS[0], 会员编号=f"N{n}", 姓名="新人", 手机号=f"137{n:08d}", 邮箱="", 会员卡号=""
        )
        for n in range(100, 230)
    ]
    bring(company, write(files[0].with_name("more.csv"), more), "customers", source="crm")
    refresh(company)
    assert asked(company).count("not did refund").count == 137
    assert asked(company).count("did refund").count == 0
    assert asked(company).count("occupation is unknown or did refund").count == 137
    assert asked(company).count("city = '上海'").count == 132


# ── who may see what ─────────────────────────────────────────────────────────────────────────────


def test_personal_values_are_masked_for_those_without_the_right(company):
    questions = asked(company, VIEWER)
    rows = questions.members(questions.people("city = '上海'"), ["name", "phone", "email", "city"])
    assert sorted(r["name"] for r in rows.to_pylist()) == ["张**", "赵**"]
    assert sorted(r["phone"] for r in rows.to_pylist()) == ["+86138****5001", "+86138****5004"]
    assert sorted(r["email"] for r in rows.to_pylist()) == ["z***@aliyun.com"] * 2
    assert {r["city"] for r in rows.to_pylist()} == {"上海市"}
    card = Persons(company, VIEWER).card(public_id(company, "M001"))
    seen = str(card)
    for secret in ("13812345001", "张三丰", "zhang@", "VIP20001", "M001"):
        assert secret not in seen, secret
    whole = Persons(company, HOUSEHOLDER).card("M001")
    assert "13812345001" in str(whole)


@pytest.mark.parametrize(
    "rule", ["phone = '13812345001'", "name contains '张'", "email is known", "not phone is known"]
)
def test_nobody_selects_by_what_they_may_not_see(company, rule):
    assert asked(company).count(rule).count > 0
    with pytest.raises(LanguageError) as caught:
        asked(company, VIEWER).count(rule)
    assert caught.value.code == "language.field_hidden"


def test_a_group_portrait_shows_nobody_what_they_may_not_see(company):
    questions = asked(company, VIEWER)
    drawn = questions.portrait(questions.everybody())
    assert {"city", "rfm_group"} <= {p.name for p in drawn}
    assert "张三丰" not in str(drawn)
    assert "138123" not in str(drawn)
    with pytest.raises(LanguageError) as caught:
        questions.portrait(questions.everybody(), ["phone"])
    assert caught.value.code == "language.field_hidden"
    assert asked(company).portrait(questions.everybody(), ["phone"])[0].known == 5


def test_a_tag_that_shows_a_hidden_field_is_hidden_too(company):
    from qunxiang.tags import TagDefinition  # noqa: PLC0415
    from qunxiang.tags.definitions import AttributeTag  # noqa: PLC0415

    tag = TagDefinition(name="full_name", how=AttributeTag(field="name"))
    company.catalog.save(tag, author="test")
    refresh(company)
    questions = asked(company, VIEWER)
    assert "张三丰" not in str(questions.members(questions.everybody(), ["full_name"]).to_pylist())
    assert "张三丰" not in str(Persons(company, VIEWER).card(public_id(company, "M001")))
    assert "张三丰" not in str(questions.portrait(questions.everybody()))
    with pytest.raises(LanguageError) as caught:
        questions.count("full_name = '张三丰'")
    assert caught.value.code == "language.field_hidden"


# ── exports ──────────────────────────────────────────────────────────────────────────────────────

PAYLOADS = [
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "\t=1+1",
]


def test_formulas_in_names_are_inert_in_exports(house, tmp_path):
    rows = [
        {"会员编号": f"M{n}", "备注": text, "姓名": f"姓名{'甲乙丙丁戊'[n]}"}
        for n, text in enumerate(PAYLOADS)
    ]
    rows.append({"会员编号": "M9", "备注": "", "姓名": "=1+1"})
    bring(house, write(tmp_path / "evil.csv", rows), "customers")
    refresh(house)
    questions = asked(house)
    pages = list(questions.pages(questions.everybody(), ["remark", "name"]))
    assert sum(p.num_rows for p in pages) == 6
    kept = {r["remark"] for p in pages for r in p.to_pylist()}
    assert any(str(k).startswith("=HYPERLINK") for k in kept)  # stored as it came, tidied
    write_csv(iter(pages), tmp_path / "out.csv")
    for line in (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines():
        for cell in line.replace('"', "").split(","):
            assert not cell.lstrip().startswith(("=", "@", "+", "-")), line
    write_xlsx(iter(pages), tmp_path / "out.xlsx")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert all(cell.hyperlink is None for cell in cells)
    write_jsonl(iter(pages), tmp_path / "out.jsonl")
    assert "=HYPERLINK" in (tmp_path / "out.jsonl").read_text(encoding="utf-8")


# ── audiences over time ──────────────────────────────────────────────────────────────────────────


def test_an_audience_remembers_who_entered_and_left(company):
    rule = "did purchase (last 30 days)"
    asked(company).save_audience("recent", rule)
    first = dt.datetime(2026, 3, 10, 0, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    one = refresh(company, first).audiences
    assert [(a.audience, a.count, a.entered, a.left) for a in one] == [("recent", 2, 2, 0)]
    members = {public_id(company, "M001"), public_id(company, "M002")}
    entered, left = company.audiences.changes("recent", one[0].as_of)
    assert (set(entered.to_pylist()), left.to_pylist()) == (members, [])
    # An instant later by the world's clock, though written in another zone it looks earlier.
    two = refresh(company, first.astimezone(dt.UTC) + dt.timedelta(hours=1)).audiences
    assert [(a.count, a.entered, a.left) for a in two] == [(2, 0, 0)]
    three = refresh(company, AS_OF).audiences[0]
    assert (three.count, three.entered, three.left) == (2, 1, 1)
    entered, left = company.audiences.changes("recent", three.as_of)
    assert entered.to_pylist() == [public_id(company, "M004")]
    assert left.to_pylist() == [public_id(company, "M002")]
    assert names_in(company, "in audience recent") == {"张三丰", "赵六六"}
    assert [h.count for h in company.audiences.history("recent")] == [2, 2, 2]
    # The same instant once more takes the place of the first time.
    refresh(company, AS_OF + dt.timedelta(days=1))
    again = refresh(company, AS_OF).audiences[0]
    assert (again.count, again.entered, again.left) == (2, 1, 1)
    assert len(company.audiences.history("recent")) == 4  # the day after stays


def test_audiences_may_name_audiences(company):
    asked(company).save_audience("zz_base", "city = '上海'")
    asked(company).save_audience("aa_above", "in audience zz_base and did purchase (last 7 days)")
    done = refresh(company)
    assert {a.audience: a.count for a in done.audiences} == {"zz_base": 2, "aa_above": 1}


def test_imports_are_listed(company):
    found = Imports(company)._house.sources.all()
    assert [(i.number, i.file, i.status, i.rows) for i in found] == [
        (2, "orders.csv", "landed", 7),
        (1, "customers.csv", "landed", 6),
    ]
