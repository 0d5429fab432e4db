"""The catalog: fields are found, told and edited, and what a change of class means is said first."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.stage import Site, shot


def test_a_field_is_found_told_and_edited(owner: Page, demo: Site) -> None:
    owner.goto(demo.at("/catalog"))
    owner.get_by_label("按名称、拼音或英文搜索").fill("fuzhi")
    owner.get_by_role("button", name="肤质").click()
    told = owner.get_by_role("dialog", name="肤质")
    expect(told.get_by_text("skin_type")).to_be_visible()
    expect(told.get_by_text("混合性")).to_be_visible()
    shot(owner, "catalog-field")
    told.get_by_role("button", name="编辑").click()
    told.get_by_label("英文名称").fill("Skin")
    told.get_by_label("敏感信息").check()
    expect(told.get_by_role("alert")).to_contain_text("将看不到原值")
    told.get_by_label("个人信息", exact=True).check()
    told.get_by_role("button", name="保存").click()
    expect(owner.get_by_role("row", name="肤质")).to_contain_text("Skin")


def test_a_field_edited_by_two_loses_nothing(owner: Page, demo: Site) -> None:
    owner.goto(demo.at("/catalog?one=remark"))
    told = owner.get_by_role("dialog")
    told.get_by_role("button", name="编辑").click()
    told.get_by_label("英文名称").fill("My remark")
    place = demo.at("/v1/definitions/fields/remark")
    word = owner.request.get(demo.at("/v1/session")).json()["csrf"]
    theirs = owner.request.get(place).json() | {"en": "Their remark"}
    assert owner.request.put(place, data=theirs, headers={"X-CSRF": word}).ok
    told.get_by_role("button", name="保存").click()
    expect(told.get_by_role("cell", name="Their remark")).to_be_visible()
    expect(told.get_by_role("cell", name="My remark")).to_be_visible()
    told.get_by_role("button", name="改用对方的版本").click()
    expect(told.get_by_label("英文名称")).to_have_value("Their remark")


def test_events_identifiers_and_sources(owner: Page, demo: Site) -> None:
    owner.goto(demo.at("/catalog"))
    owner.get_by_role("tab", name="事件").click()
    owner.get_by_role("button", name="购买").click()
    expect(owner.get_by_role("dialog", name="购买").get_by_text("商品名称")).to_be_visible()
    owner.keyboard.press("Escape")
    owner.get_by_role("tab", name="标识符").click()
    expect(owner.get_by_role("row").nth(1)).to_contain_text("身份证号")
    owner.get_by_role("tab", name="来源").click()
    owner.get_by_role("row", name="crm").get_by_role("button").click()
    owner.get_by_role("spinbutton", name="可信度").fill("80")
    owner.get_by_role("button", name="保存").click()
    expect(owner.get_by_role("row", name="crm")).to_contain_text("80")
