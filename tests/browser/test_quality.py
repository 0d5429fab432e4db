"""Data quality: what sources send is told, and what was set aside is fixed, and given back."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.access import find_barriers
from tests.browser.stage import OWNER, serving, shot


def test_what_was_set_aside_is_fixed_and_given_back(
    page: Page, servers: ExitStack, company: Path, tmp_path: Path
) -> None:
    shutil.copytree(company, tmp_path / "workspace")
    site = servers.enter_context(serving(tmp_path / "workspace"))
    site.post("/v1/setup", OWNER)
    assert page.request.post(site.at("/v1/session"), data=OWNER).ok
    groups = page.request.get(site.at("/v1/set-aside")).json()
    group = next(g for g in groups if g["code"].startswith("mail.") and not g["whole"])
    kept = [g for g in groups if g != group]

    page.goto(site.at("/quality"))
    table = page.get_by_role("table", name="来源与事件")
    expect(table.get_by_role("img").first).to_be_visible()
    shot(page, "quality")
    assert find_barriers(page) == []
    table.get_by_role("link", name="purchase").first.click()
    expect(page.get_by_role("heading", name="实际与约定")).to_be_visible()
    expect(page.get_by_role("table", name="实际与约定").get_by_text("amount")).to_be_visible()
    page.wait_for_timeout(400)
    shot(page, "quality-event")
    assert find_barriers(page) == []

    page.goto(site.at("/quality?tab=aside"))
    aside = page.get_by_role("table", name="搁置的数据")
    rows = (
        aside.get_by_role("row").filter(has_text=group["column"]).filter(has_text=group["message"])
    )
    expect(rows.first).to_be_visible()
    shot(page, "quality-aside")
    assert find_barriers(page) == []
    rows.filter(has_text="只该值").first.get_by_role("button", name="修正").press("Enter")
    told = page.get_by_role("dialog")
    told.get_by_role("combobox", name="做法").click()
    page.wait_for_timeout(400)  # the list has come to rest
    page.locator(".ant-select-item-option").filter(has_text="丢弃该属性").click()
    expect(told.locator(".ant-select")).to_contain_text("丢弃该属性")
    expect(told.get_by_role("button", name="应用并刷新")).to_be_disabled()
    told.get_by_role("button", name="看看效果").click()
    expect(told.get_by_role("status")).to_contain_text("行不再有问题")
    shot(page, "quality-fix")
    assert find_barriers(page) == []
    told.get_by_role("button", name="应用并刷新").click()
    expect(told).to_have_count(0)

    page.get_by_role("tab", name="修正规则").click()
    expect(page.get_by_role("row").filter(has_text="丢弃该属性")).to_be_visible()
    shot(page, "quality-fixes")
    assert find_barriers(page) == []

    def left() -> list[dict[str, object]]:
        found = page.request.get(site.at("/v1/set-aside")).json()
        return [g for g in found if g["column"] == group["column"] and g["event"] == group["event"]]

    for _ in range(120):
        if group not in left():
            break
        page.wait_for_timeout(500)
    assert group not in left()
    after = page.request.get(site.at("/v1/set-aside")).json()
    assert all(g in after for g in kept if g["column"] != group["column"])

    page.get_by_role("button", name="停用").click()
    page.get_by_role("dialog").get_by_role("button", name="停用").click()
    expect(page.get_by_text("还没有修正规则")).to_be_visible(timeout=20_000)
    for _ in range(120):
        if group in left():
            break
        page.wait_for_timeout(500)
    assert group in left()
