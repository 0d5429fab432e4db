"""Lists: people pasted, brought by a file or kept from conditions; asked for by rules; taken off again."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.access import find_barriers
from tests.browser.stage import Api, Site, shot

SHANGHAI = {"node": "compare", "field": "city", "op": "in", "value": ["上海市"]}


def people_of(boss: Api, count: int) -> list[str]:
    rows = boss.post("/v1/sample", {"audience": "repeat_buyers", "n": count})["rows"]
    return [row["person"] for row in rows]


def figure(page: Page, label: str) -> str:
    panel = page.locator(".panel").filter(has=page.get_by_text(label, exact=True))
    return panel.locator(".figure").first.inner_text()


def test_a_list_from_pasting_to_retiring(
    owner: Page, demo: Site, boss: Api, tmp_path: Path
) -> None:
    people = people_of(boss, 3)
    owner.goto(demo.at("/lists"))
    expect(owner.get_by_role("heading", name="还没有名单")).to_be_visible()
    shot(owner, "lists-none")
    owner.get_by_role("button", name="新建名单").click()
    dialog = owner.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="名称")).to_be_focused()
    owner.keyboard.type("沙龙报名")
    dialog.get_by_role("textbox", name="放进名单的人").fill(f"{people[0]}\n{people[1]}, nobody")
    assert not find_barriers(owner)
    shot(owner, "list-new")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_role("status").first).to_contain_text("认出 2 人,新加入 2 人")
    expect(dialog.get_by_role("row", name="nobody")).to_contain_text("查无此人")
    dialog.get_by_role("button", name="完成").click()

    expect(owner.get_by_role("heading", name="沙龙报名", level=1)).to_be_visible()
    assert figure(owner, "人数") == "2"
    kept = boss.get("/v1/lists/沙龙报名")
    assert (kept["count"], kept["zh"]) == (2, "沙龙报名")

    # More by a file; who is not known is told with the reason, and nothing is lost.
    file = tmp_path / "more.csv"
    file.write_text(f"客户编号\n{people[2]}\np000000000nobody\n", encoding="utf-8")
    owner.get_by_role("button", name="加人").click()
    owner.get_by_role("dialog").get_by_text("文件", exact=True).click()
    owner.set_input_files("input[type=file]", file)
    owner.get_by_role("dialog").get_by_role("button", name="加人").click()
    said = owner.get_by_role("dialog").get_by_role("status").first
    expect(said).to_contain_text("认出 1 人,新加入 1 人")
    expect(said).to_contain_text("p000000000nobody")
    shot(owner, "list-added")
    owner.get_by_role("dialog").get_by_role("button", name="完成").click()
    expect(owner.get_by_role("table", name="变动记录").get_by_role("row")).to_have_count(3)
    assert figure(owner, "人数") == "3"
    assert not find_barriers(owner)
    shot(owner, "list")

    # Rules may ask for it at once.
    owner.get_by_role("link", name="用作圈人条件").click()
    expect(owner.locator("[aria-busy=false] [data-testid=count]")).to_contain_text("3")
    expect(owner.get_by_text("在名单“沙龙报名”中")).to_be_visible()
    owner.go_back()

    owner.get_by_role("button", name="移除人").click()
    owner.get_by_role("dialog").get_by_role("button", name="移除人").click()
    expect(owner.get_by_role("dialog").get_by_role("alert")).to_contain_text("请粘贴至少一个")
    owner.get_by_role("dialog").get_by_role("textbox").fill(people[0])
    owner.get_by_role("dialog").get_by_role("button", name="移除人").click()
    expect(owner.get_by_role("dialog").get_by_role("status").first).to_contain_text("移除 1 人")
    owner.keyboard.press("Escape")
    assert boss.get("/v1/lists/沙龙报名")["count"] == 2

    owner.get_by_role("button", name="更多").click()
    owner.get_by_role("menuitem", name="停用名单").click()
    owner.get_by_role("dialog").get_by_role("button", name="停用名单").click()
    expect(owner.get_by_role("heading", name="还没有名单")).to_be_visible()


def test_who_is_in_it_now_is_kept_as_a_list(owner: Page, demo: Site, boss: Api) -> None:
    owner.goto(demo.at(f"/audiences/new?rule={json.dumps({'node': 'all', 'of': [SHANGHAI]})}"))
    count = owner.locator("[aria-busy=false] [data-testid=count]")
    expect(count).to_be_visible()
    wanted = count.inner_text().split()[0]
    owner.get_by_role("button", name="保存为人群").click()
    dialog = owner.get_by_role("dialog")
    dialog.get_by_role("textbox", name="名称", exact=True).fill("上海此刻")
    dialog.get_by_role("radio", name="固定名单").check()
    shot(owner, "save-as-list")
    owner.get_by_role("dialog").get_by_role("button", name="保存").click()
    expect(owner.get_by_role("heading", name="上海此刻", level=1)).to_be_visible()
    assert figure(owner, "人数") == wanted
    owner.get_by_role("link", name="查看成员").click()
    expect(owner.get_by_role("heading", name="客户", level=1)).to_be_visible()
    expect(owner.get_by_text(f"{wanted} 人").first).to_be_visible()
    boss.ask("DELETE", "/v1/lists/上海此刻")
