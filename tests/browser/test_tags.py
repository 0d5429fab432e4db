"""A levels tag is made with a preview, saved, seen, and edited by two people at once."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.stage import Site, shot


def fill_level(page: Page, at: int, value: str, least: str = "", below: str = "") -> None:
    page.get_by_label(f"档名 {at}", exact=True).fill(value)
    page.get_by_label(f"从(含) {at}", exact=True).fill(least)
    page.get_by_label(f"到(不含) {at}", exact=True).fill(below)


def save_elsewhere(page: Page, site: Site, name: str, **changes: object) -> None:
    """Save a tag as somebody else would meanwhile."""
    place = site.at(f"/v1/definitions/tags/{name}")
    word = page.request.get(site.at("/v1/session")).json()["csrf"]
    body = page.request.get(place).json() | changes
    answer = page.request.put(place, data=body, headers={"X-CSRF": word})
    assert answer.ok, answer.text()


def test_a_levels_tag_is_made_seen_and_edited_in_conflict(owner: Page, demo: Site) -> None:
    owner.goto(demo.at("/tags"))
    owner.get_by_role("button", name="新建标签").click()
    owner.get_by_role("link", name="分档").click()
    owner.get_by_label("中文名称").fill("购买档")
    owner.get_by_label("标识", exact=True).fill("purchase_band")
    fill_level(owner, 1, "少", below="3")
    expect(owner.get_by_text("还差:每一档的名称")).to_be_visible()
    fill_level(owner, 2, "多", least="5")
    expect(owner.get_by_text("3 到 5 之间没有档")).to_be_visible()
    fill_level(owner, 2, "多", least="3")
    expect(owner.get_by_text("之间没有档")).to_have_count(0)
    preview = owner.get_by_role("complementary", name="预览")
    expect(preview.get_by_role("row", name="少")).to_be_visible()
    expect(preview.get_by_role("row", name="多")).to_be_visible()
    shot(owner, "tag-editor")
    owner.keyboard.press("Control+s")
    owner.wait_for_url("**/tags/purchase_band")
    expect(owner.get_by_role("heading", level=1, name="购买档")).to_be_visible()
    expect(owner.get_by_role("cell", name="3 及以上")).to_be_visible()
    expect(owner.get_by_text("还没有算过")).to_be_visible()

    owner.get_by_role("button", name="编辑").click()
    owner.get_by_label("英文名称").fill("Band of mine")
    save_elsewhere(owner, demo, "purchase_band", en="Band of theirs")
    owner.get_by_role("button", name="保存").click()
    conflict = owner.get_by_role("alert").filter(has_text="有人先保存了新版本")
    expect(conflict.get_by_text("Band of theirs")).to_be_visible()
    expect(conflict.get_by_text("Band of mine")).to_be_visible()
    shot(owner, "tag-conflict")
    conflict.get_by_role("button", name="用我的覆盖").click()
    owner.wait_for_url("**/tags/purchase_band")

    owner.get_by_role("tab", name="版本").click()
    row = owner.get_by_role("row", name="英文名称")
    expect(row).to_contain_text("Band of theirs")
    expect(row).to_contain_text("Band of mine")
    owner.get_by_role("button", name="恢复到第 2 版").click()
    owner.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(owner.get_by_text("第 4 版").first).to_be_visible()


def test_what_was_typed_survives_a_reload(owner: Page, demo: Site) -> None:
    owner.goto(demo.at("/tags/new?kind=manual"))
    owner.get_by_label("中文名称").fill("草稿里的标签")
    owner.wait_for_timeout(200)
    owner.evaluate("window.onbeforeunload = null")
    owner.reload()
    owner.get_by_role("button", name="恢复草稿").click()
    expect(owner.get_by_label("中文名称")).to_have_value("草稿里的标签")
    owner.get_by_role("button", name="撤销").click()
    expect(owner.get_by_label("中文名称")).to_have_value("")


def test_tags_are_found_and_lead_to_customers(owner: Page, demo: Site) -> None:
    owner.goto(demo.at("/tags?kind=levels"))
    owner.get_by_label("按名称或拼音搜索").fill("xfl")
    expect(owner.get_by_role("row")).to_have_count(2)
    owner.get_by_role("link", name="消费力").click()
    expect(owner.get_by_role("heading", name="消费力", level=1)).to_be_visible()
    owner.get_by_role("table").get_by_role("link").first.click()
    expect(owner).to_have_url(re.compile(r"/customers\?rule=.*spend_level"))


def test_a_tag_in_use_is_not_retired(owner: Page, demo: Site) -> None:
    owner.goto(demo.at("/tags/repeat_buyer"))
    owner.get_by_role("button", name="更多操作").click()
    owner.get_by_role("menuitem", name="停用").click()
    owner.get_by_role("dialog").get_by_role("button", name="停用").click()
    refused = owner.get_by_role("dialog").filter(has_text="还不能停用")
    expect(refused.get_by_role("link").first).to_be_visible()
