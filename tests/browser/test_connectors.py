"""Connectors and schedules: a database is tried, saved and pulled from; what is gone is seen; a time is set."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.access import find_barriers
from tests.browser.stage import OWNER, Site, serving, shot
from tests.browser.test_sources import VIEWER, sign_in

ROWS = [
    (1, "张三丰", "13812347001", "2026-01-01 10:00:00"),
    (2, "李四光", "13812347002", "2026-01-02 10:00:00"),
]


def change(site: Site, *statements: str) -> None:
    with sqlite3.connect(site.folder / "inbox" / "shop.db") as shop:
        for statement in statements:
            shop.execute(statement)
    shop.close()


@pytest.fixture
def site(tmp_path: Path, servers: ExitStack) -> Site:
    """A server over a workspace whose inbox holds a little database."""
    made = servers.enter_context(serving(tmp_path / "workspace"))
    made.post("/v1/setup", OWNER)
    (made.folder / "inbox").mkdir()
    rows = ", ".join(str(row) for row in ROWS)
    change(
        made,
        "create table c(id int, name text, phone text, at text)",
        f"insert into c values {rows}",
    )
    return made


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.locator(".ant-select-dropdown:visible").get_by_title(option, exact=True).click()


def test_a_connector_from_trying_to_what_is_gone(page: Page, site: Site, faults: list[str]) -> None:
    csrf = sign_in(page, site, OWNER)
    page.goto(site.at("/connectors"))
    expect(page.get_by_role("heading", name="还没有连接器")).to_be_visible()
    expect(page.get_by_role("heading", name="还没有定时任务")).to_be_visible()
    shot(page, "connectors-none")
    page.locator("main header").get_by_role("link", name="新建连接器").click()
    page.get_by_role("button", name="试一下").click()
    expect(page.get_by_text("请填写").first).to_be_visible()  # what lacks is said at its field
    page.get_by_label("名称", exact=True).fill("shop")
    choose(page, "数据库类型", "SQLite")
    page.get_by_label("数据库名").fill("nowhere.db")
    page.get_by_label("表", exact=True).fill("c")
    page.get_by_label("游标列").fill("at")
    page.get_by_label("主键列").fill("id")
    page.get_by_role("switch", name="发现对方删除的行并撤回").click()
    assert not find_barriers(page)
    shot(page, "connector-new")
    page.get_by_role("button", name="试一下").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    shot(page, "connector-refused")
    assert all("502 POST" in one for one in faults), faults  # what it reads cannot be reached
    faults.clear()
    page.get_by_label("数据库名").fill("shop.db")
    page.get_by_role("button", name="试一下").click()
    tried = page.get_by_role("table", name="试一下")
    expect(tried.get_by_role("row").filter(has_text="phone")).to_contain_text("手机")
    expect(tried).to_contain_text("张三丰")
    shot(page, "connector-tried")
    page.get_by_role("button", name="保存").click()

    expect(page.get_by_role("heading", name="还没有拉取过")).to_be_visible()
    page.get_by_role("button", name="立即拉取").click()
    pulls = page.get_by_role("table", name="拉取记录")
    expect(pulls.get_by_role("row").nth(1)).to_contain_text("2026-01-02 10:00:00", timeout=60_000)
    change(site, "delete from c where id = 1", "update c set at = '2026-01-03 10:00:00'")
    page.get_by_role("button", name="立即拉取").click()
    expect(pulls.get_by_role("columnheader", name="消失而撤回")).to_be_visible(timeout=60_000)
    expect(page.locator(".figure").filter(has_text="2026-01-03 10:00:00")).to_be_visible()

    page.get_by_role("button", name="新建定时任务").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("名称", exact=True).fill("nightly")
    expect(dialog.get_by_role("status")).to_contain_text("每天 02:30")
    expect(dialog.get_by_role("status").get_by_role("listitem")).to_have_count(5)
    dialog.get_by_label("时间表达式").fill("61 * * * *")
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("时间表达式").fill("0 8 * * 1-5")
    expect(dialog.get_by_role("status")).to_contain_text("每周一、二、三、四、五 08:00")
    dialog.get_by_text("逐次补上").click()
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_text("须选择排队等候")).to_be_visible()
    dialog.get_by_text("排队等候", exact=True).click()
    assert not find_barriers(page)
    shot(page, "schedule")
    dialog.get_by_role("button", name="保存").click()
    schedules = page.get_by_role("table", name="定时任务")
    expect(schedules).to_contain_text("每周一、二、三、四、五 08:00")
    page.get_by_role("button", name="暂停 nightly").click()
    expect(schedules).to_contain_text("已暂停")
    assert not find_barriers(page)
    shot(page, "connector")

    page.get_by_role("link", name="编辑").click()
    expect(page.get_by_label("游标列")).to_have_value("at")
    kept = page.request.get(site.at("/v1/definitions/connectors/shop")).json()
    saved = page.request.put(
        site.at("/v1/definitions/connectors/shop"),
        data={**kept, "zh": "商城"},
        headers={"X-CSRF": csrf},
    )
    assert saved.ok, saved.text()
    page.get_by_label("英文名").fill("Shop")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("有人先保存了新版本")).to_be_visible()
    page.get_by_role("button", name="覆盖").click()
    expect(page.get_by_role("heading", name="shop", level=1, exact=False)).to_be_visible()

    made = page.request.post(site.at("/v1/accounts"), data=VIEWER, headers={"X-CSRF": csrf})
    assert made.ok, made.text()
    sign_in(page, site, VIEWER)
    page.goto(site.at("/connectors"))
    expect(page.get_by_role("table", name="连接器")).to_be_visible()
    main = page.locator("main")
    expect(main.get_by_role("button", name="立即拉取")).to_have_count(0)
    expect(main.get_by_role("button", name="新建")).to_have_count(0)
    page.goto(site.at("/connectors/new"))
    expect(page.get_by_text("需要「管理」权限")).to_be_visible()


def test_a_secret_is_kept_and_every_kind_has_a_form(page: Page, site: Site) -> None:
    page.add_init_script("localStorage.setItem('qunxiang.lang', '\"en\"')")
    sign_in(page, site, OWNER)
    page.goto(site.at("/connectors/new"))
    for kind, field in (
        ("Files and object stores", "Address of the object store"),
        ("HTTP interface", "Address of the first page"),
        ("Folder of this machine", "Which files"),
        ("SFTP folder", "The server's public key"),
    ):
        page.get_by_role("radiogroup").get_by_text(kind, exact=True).click()
        expect(page.get_by_label(field)).to_be_visible()
        assert not find_barriers(page), kind
        shot(page, f"connector-{kind.split()[0].lower()}-en")
    page.get_by_role("button", name="Keep a new secret…").click()
    dialog = page.get_by_role("dialog")
    name = dialog.get_by_label("Name of the secret")
    name.wait_for()
    # What fades in has no contrast yet, and a button that moves is missed.
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
    name.fill("depot")
    dialog.get_by_label("Password, token or private key").fill("hush hush")
    assert not find_barriers(page)
    dialog.get_by_role("button", name="Keep the secret").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("main")).to_contain_text("depot")
    assert "hush hush" not in page.content()
    assert [one["name"] for one in page.request.get(site.at("/v1/secrets")).json()] == ["depot"]
