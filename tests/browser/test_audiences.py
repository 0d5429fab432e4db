"""A marketer builds the audience that everybody asks for, looks at it, and takes it along."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.stage import Site, shot

FACIAL = "面部护理"


def pick(page: Page, typed: str, label: str, group: int = 0) -> None:
    """Add a condition by what is typed into the picker."""
    page.get_by_role("button", name="添加条件", exact=True).nth(group).click()
    page.get_by_role("searchbox").or_(page.get_by_role("combobox", name="添加条件")).last.fill(
        typed
    )
    page.get_by_role("option", name=label).first.click()


def condition(page: Page, number: int) -> Locator:
    return page.get_by_role("listitem", name=f"条件 {number}")


def choose(page: Page, box: Locator, text: str) -> None:
    """Write a value into a box that suggests, and take it."""
    box.click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def count(page: Page) -> int:
    """Return the live count once it has settled."""
    box = page.locator("[aria-busy=false] [data-testid=count]")
    expect(box).to_be_visible()
    page.wait_for_timeout(500)
    expect(box).to_be_visible()
    return int(re.sub(r"\D", "", box.inner_text()))


def ask(page: Page, demo: Site, rule: str) -> int:
    """Return what the API counts."""
    session = page.request.get(demo.at("/v1/session")).json()
    answer = page.request.post(
        demo.at("/v1/count"), data={"rule": rule}, headers={"X-CSRF": session["csrf"]}
    )
    assert answer.ok, answer.text()
    return int(answer.json()["count"])


def test_an_audience_from_conditions_to_export(owner: Page, demo: Site) -> None:
    owner.goto(demo.at("/audiences/new"))
    pick(owner, "cs", "所在城市")  # by the initials of its pinyin
    choose(owner, condition(owner, 1).get_by_role("combobox", name="值"), "上海市")
    pick(owner, "chusheng", "出生日期")
    low = condition(owner, 2).get_by_role("textbox", name="值 从")
    low.fill("1990-01-01")
    low.press("Enter")
    high = condition(owner, 2).get_by_role("textbox", name="值 到")
    high.fill("1999-12-31")
    high.press("Enter")
    pick(owner, "goumai", "购买")
    spent = condition(owner, 3)
    spent.get_by_role("combobox", name="次数").click()
    owner.locator(".ant-select-item-option[title=合计]").click()
    spent.get_by_role("combobox", name="属性").click()
    owner.locator(".ant-select-item-option[title=金额]").last.click()
    spent.get_by_role("spinbutton", name="时间 值").fill("365")
    spent.get_by_role("spinbutton", name="值", exact=True).fill("500")
    pick(owner, "pianhaopinlei", "偏好品类")
    choose(owner, condition(owner, 4).get_by_role("combobox", name="值"), FACIAL)
    rule = (
        "city = '上海市' and birth_date between 1990-01-01 and 1999-12-31"
        f" and sum(purchase.amount, last 365 days) >= 500 and favourite_category = '{FACIAL}'"
    )
    assert count(owner) == ask(owner, demo, rule)
    narrowing = owner.locator(".rule-count strong").all_inner_texts()
    assert len(narrowing) == 4
    figures = [int(re.sub(r"\D", "", text)) for text in narrowing]
    assert figures == sorted(figures, reverse=True)
    assert figures[-1] == count(owner)
    expect(owner.get_by_text("所在城市是上海市")).to_be_visible()
    shot(owner, "builder-zh-light")

    owner.get_by_role("button", name="撤销").click()
    owner.get_by_role("button", name="重做").click()
    owner.get_by_role("button", name="保存为人群").click()
    dialog = owner.get_by_role("dialog")
    dialog.get_by_role("textbox", name="名称", exact=True).fill("上海九零后护肤")
    dialog.get_by_role("button", name="保存").click()
    expect(owner.get_by_role("heading", name="上海九零后护肤")).to_be_visible()
    expect(owner.locator(".figure").first).to_have_text(f"{figures[-1]:,}")

    owner.get_by_role("tab", name="画像").click()
    expect(owner.get_by_role("img", name=re.compile("地域分布"))).to_be_visible()
    shot(owner, "audience-portrait")
    owner.get_by_role("button", name="导出").click()
    with owner.expect_download() as coming:
        owner.get_by_role("menuitem", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(coming.value.path().read_text("utf-8-sig"))))
    assert len(rows) == figures[-1]


def test_text_and_json_are_the_same_rule(owner: Page, demo: Site) -> None:
    owner.goto(demo.at("/audiences/new"))
    owner.get_by_text("文本", exact=True).click()
    owner.get_by_role("textbox", name="文本").fill("city = '北京' 且 非 在人群 repeat_buyers")
    owner.get_by_role("button", name="应用").click()
    expect(condition(owner, 1)).to_be_visible()
    expect(condition(owner, 2).get_by_text("排除")).to_be_visible()
    owner.get_by_text("JSON", exact=True).click()
    tree = json.loads(owner.get_by_role("textbox", name="JSON").input_value())
    assert [part["node"] for part in tree["of"]] == ["compare", "not"]
    owner.get_by_text("文本", exact=True).click()
    owner.get_by_role("textbox", name="文本").fill("city = 且")
    owner.get_by_role("button", name="应用").click()
    expect(owner.get_by_role("alert")).to_contain_text("且")  # the place is shown


def test_why_somebody_is_in_or_not(owner: Page, demo: Site) -> None:
    owner.goto(demo.at("/audiences/repeat_buyers?tab=members"))
    person = owner.get_by_role("cell").get_by_role("link").first.inner_text()
    owner.get_by_role("tab", name="为什么").click()
    owner.get_by_role("searchbox").last.fill(person)
    owner.get_by_role("button", name="解释").click()
    expect(owner.get_by_text("在这群人里", exact=True)).to_be_visible()
    expect(owner.locator(".why-tree .yes").first).to_be_visible()


def test_two_people_edit_the_same_audience(owner: Page, demo: Site) -> None:
    session = owner.request.get(demo.at("/v1/session")).json()
    said = {"X-CSRF": session["csrf"]}
    body = {"rule": "city = '北京'", "zh": "两人同改"}
    assert owner.request.put(demo.at("/v1/audiences/both"), data=body, headers=said).ok
    owner.goto(demo.at("/audiences/both/edit"))
    pick(owner, "xingbie", "性别")
    choose(owner, condition(owner, 2).get_by_role("combobox", name="值"), "女")
    other = body | {"rule": "city = '广州'"}
    assert owner.request.put(demo.at("/v1/audiences/both"), data=other, headers=said).ok
    owner.get_by_role("button", name=re.compile("保存$")).click()
    dialog = owner.get_by_role("dialog")
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(dialog.get_by_text("有人先保存了新版本")).to_be_visible()
    expect(dialog.get_by_text("广州市")).to_be_visible()
    expect(dialog.get_by_text("北京市")).to_be_visible()  # one's own is not lost
    shot(owner, "conflict")
    dialog.get_by_role("button", name="用我的覆盖").click()
    expect(owner.get_by_role("heading", name="两人同改", exact=True)).to_be_visible()
    kept = owner.request.get(demo.at("/v1/audiences/both")).json()
    assert "北京市" in kept["sentence"]["zh"]


def test_audiences_overlap_and_compare(owner: Page, demo: Site) -> None:
    owner.goto(demo.at("/audiences/compare?of=repeat_buyers,birthday_soon,high_value_at_risk"))
    table = owner.get_by_role("region", name="重叠")
    expect(table.get_by_role("row").nth(1)).to_be_visible()
    sizes = [int(re.sub(r"\D", "", s)) for s in table.locator("th small").all_inner_texts()]
    first = 0
    for row in table.locator("tbody tr").all():
        if row.get_by_role("img").first.get_attribute("aria-label") == "在":
            first += int(re.sub(r"\D", "", row.get_by_role("button").inner_text()))
    assert first == sizes[0]  # the regions of an audience add up to it
    expect(owner.get_by_text("并排画像")).to_be_visible()
    shot(owner, "compare")


@pytest.mark.parametrize("name", ["PNG", "SVG"])
def test_charts_are_taken_along(owner: Page, demo: Site, name: str) -> None:
    owner.goto(demo.at("/audiences/repeat_buyers?tab=portrait"))
    owner.get_by_role("button", name="地域分布: 下载").click()
    with owner.expect_download() as coming:
        owner.get_by_role("menuitem", name=name, exact=True).click()
    content = coming.value.path().read_bytes()
    assert content.startswith(b"\x89PNG" if name == "PNG" else b"<svg")
    assert len(content) > 5_000


def test_the_page_is_taken_along_as_a_picture(owner: Page, demo: Site) -> None:
    owner.goto(demo.at("/audiences/repeat_buyers"))
    expect(owner.get_by_role("heading", name="复购客户")).to_be_visible()
    with owner.expect_download() as coming:
        owner.get_by_role("button", name="存为图片").click()
    assert coming.value.path().read_bytes().startswith(b"\x89PNG")
