"""The first page: from nothing to sample data, what it shows, and back; and what a viewer finds there."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.stage import OWNER, Site, shot

MINUTES = 180_000


def test_from_nothing_to_a_portrait_and_an_audience(page: Page, empty: Site) -> None:
    page.goto(empty.at("/"))
    page.get_by_label("用户名").fill(OWNER["name"])
    for box in page.locator("input[type=password]").all():
        box.fill(OWNER["password"])
    page.locator("button[type=submit]").click()
    expect(page.get_by_text("欢迎使用群像")).to_be_visible()
    expect(page.get_by_text("完成 1 / 6")).to_be_visible()
    expect(page.get_by_role("link", name="导入我的数据")).to_be_visible()
    shot(page, "home-first")

    page.get_by_role("button", name="用示例数据看看").click()
    expect(page.get_by_text("正在准备示例数据")).to_be_visible()
    shot(page, "home-samples-coming")
    page.reload()  # the job goes on, and is found again
    expect(page.get_by_text("完成 5 / 6")).to_be_visible(timeout=MINUTES)
    expect(page.get_by_text("当前包含示例数据")).to_be_visible()
    shot(page, "home-samples")

    # One click to a portrait, one to an audience.
    page.get_by_role("link", name=re.compile("看一位客户的画像")).click()
    expect(page).to_have_url(re.compile("/customers/"))
    page.go_back()
    page.get_by_role("link", name=re.compile("看人群「")).click()
    expect(page).to_have_url(re.compile("/audiences/"))
    page.go_back()

    page.get_by_role("button", name="移除示例数据").click()
    page.get_by_role("dialog").get_by_role("button", name="移除示例数据").click()
    # Whoever has gone to another page is told when it is done.
    page.get_by_role("navigation").get_by_role("link", name="系统状态").click()
    expect(page.get_by_text("任务完成")).to_be_visible(timeout=MINUTES)
    page.get_by_role("button", name="查看").click()
    expect(page).to_have_url(re.compile("/jobs"))
    rows = page.get_by_role("row").filter(has_text="完成")
    expect(rows).to_have_count(2)
    shot(page, "jobs-two")
    page.get_by_text("失败", exact=True).click()
    expect(page).to_have_url(re.compile("state=failed"))
    expect(page.get_by_text("没有符合筛选条件的内容")).to_be_visible()
    page.goto(empty.at("/"))
    expect(page.get_by_text("欢迎使用群像")).to_be_visible()


def test_a_viewer_is_not_offered_what_would_be_refused(page: Page, empty: Site) -> None:
    assert page.request.post(empty.at("/v1/setup"), data=OWNER).ok
    csrf = page.request.get(empty.at("/v1/session")).json()["csrf"]
    account = {"name": "看客", "password": "just looking around", "role": "viewer"}
    made = page.request.post(empty.at("/v1/accounts"), data=account, headers={"X-CSRF": csrf})
    assert made.ok, made.text()
    assert page.request.post(empty.at("/v1/session"), data=account).ok
    page.goto(empty.at("/"))
    expect(page.get_by_text("还没有客户数据")).to_be_visible()
    main = page.locator("main")
    for path in ("/", "/imports", "/jobs"):
        page.goto(empty.at(path))
        expect(main.locator("h1")).to_be_visible()
        expect(main.locator(".ant-skeleton")).to_have_count(0)
        expect(main.get_by_role("link", name=re.compile("导入"))).to_have_count(0)
        expect(main.get_by_role("button", name=re.compile("刷新|重建|导入"))).to_have_count(0)
    page.goto(empty.at("/imports/new"))
    expect(page.get_by_text("你没有导入数据的权限")).to_be_visible()
