"""A tracking plan is proposed, edited, tried and saved, and the intake judges by it."""

from __future__ import annotations

import json
import re
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.access import find_barriers
from tests.browser.stage import OWNER, Api, Site, serving, shot


def send(site: Site, key: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Send events to the intake and return its verdicts."""
    headers = {"X-Write-Key": key, "Content-Type": "application/json"}
    request = urllib.request.Request(  # noqa: S310 our own server
        f"{site.intake}/v1/events?verbose=1", json.dumps(events).encode(), headers
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.loads(answer.read())["events"]


def buy(number: int, **properties: object) -> dict[str, Any]:
    ids = {"user_id": f"u{number}"}
    return {"event": "purchase", "id": f"o{number}", "ids": ids, "properties": properties}


def refresh(page: Page, boss: Api) -> None:
    job = boss.post("/v1/refresh", None)["number"]
    for _ in range(300):
        if boss.get(f"/v1/jobs/{job}")["status"] in {"done", "failed"}:
            return
        page.wait_for_timeout(200)


def mend_the_odd_one(page: Page, site: Site, boss: Api) -> None:
    """Mend a message that the plan set aside, and see it land and be given back."""
    page.goto(site.at("/quality?tab=aside"))
    page.get_by_role("button", name=re.compile("逐条修正.*channel")).first.click()
    shot(page, "aside-messages")
    page.get_by_role("dialog").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="修正一条消息")).to_be_visible()
    expect(page.get_by_role("region", name="原始消息")).to_contain_text('"fax"')
    number = page.url.split("/")[-2]
    look, put = (page.get_by_role("button", name=n) for n in ("看看结果", "放回并刷新"))
    page.get_by_label("properties.channel", exact=True).fill("Web")
    look.click()
    expect(page.get_by_text("仍有 1 处会被搁置")).to_be_visible()
    page.get_by_label("properties.channel", exact=True).fill("web")
    expect(put).to_be_disabled()
    look.click()
    expect(page.get_by_role("status").filter(has_text="会全部收下")).to_contain_text("channel web")
    page.get_by_label("为什么这样改").fill("柜台选错了渠道")
    shot(page, "mend-message")
    assert find_barriers(page) == []
    put.click()
    expect(page.get_by_role("table", name="手工修正过的消息")).to_contain_text("柜台选错了渠道")

    def waits() -> bool:
        told = boss.get("/v1/set-aside/messages?code=plan.choice")
        return number in {one["number"] for one in told}

    def settle(*, waiting: bool) -> None:
        for _ in range(150):
            if waits() == waiting:
                return
            page.wait_for_timeout(200)
        raise AssertionError(f"waiting is {not waiting} still")

    settle(waiting=False)
    page.get_by_role("table", name="手工修正过的消息").get_by_role("link").click()
    page.get_by_role("button", name="撤销修正").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销修正").click()
    expect(page.get_by_role("table", name="手工修正过的消息")).to_have_count(0)
    settle(waiting=True)


def test_a_plan_is_proposed_edited_tried_saved_and_obeyed(
    page: Page, servers: ExitStack, tmp_path: Path
) -> None:
    site = servers.enter_context(serving(tmp_path / "workspace", intake=True))
    site.post("/v1/setup", OWNER)
    boss = Api(page.request, site, OWNER)
    key = boss.post("/v1/write-keys", {"name": "web", "source": "web"})["key"]
    for _ in range(300):
        if boss.get("/v1/intake")["answers"]:
            break
        page.wait_for_timeout(200)
    send(site, key, [buy(n, amount=n, channel=("app", "web")[n % 2]) for n in range(60)])
    refresh(page, boss)

    page.goto(site.at("/quality?tab=plans"))
    expect(page.get_by_role("heading", name="还没有埋点方案")).to_be_visible()
    page.get_by_role("button", name="新建方案").press("Enter")
    page.get_by_role("menuitem", name="按 web 的数据拟定").press("Enter")
    expect(page.get_by_label("中文名称")).to_have_value("web 埋点方案")
    event = page.get_by_role("region", name="purchase")
    amount = event.get_by_role("listitem", name="amount", exact=True)
    expect(amount.get_by_role("checkbox")).not_to_be_checked()
    amount.get_by_role("spinbutton", name="最大: amount").fill("30")
    expect(event.get_by_role("listitem", name="channel")).to_contain_text("app")
    page.get_by_role("combobox", name="数字超出范围").press("ArrowDown")
    page.wait_for_timeout(400)  # the list has come to rest
    page.locator(".ant-select-item-option").filter(has_text="拒收").click()
    expect(page.get_by_text("整条消息不保存").first).to_be_visible()
    expect(page.locator(".ant-select-dropdown:visible")).to_have_count(0)

    # A property without a name stands in the way, until undo takes it out.
    event.get_by_role("button", name="添加属性").click()
    expect(page.get_by_text("有 1 处要改好")).to_be_visible()
    expect(page.get_by_role("button", name="保存")).to_be_disabled()
    assert find_barriers(page) == []
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("处要改好")).to_have_count(0)

    page.get_by_role("button", name="开始试跑").click()
    trial = page.get_by_role("complementary", name="试跑")
    expect(trial).to_contain_text("检查了 60 条,29 条会受影响。")
    expect(trial.get_by_role("listitem").filter(has_text="purchase · amount")).to_contain_text("31")
    shot(page, "plan-tried")
    assert find_barriers(page) == []
    assert boss.get("/v1/definitions/plans") == []  # nothing was saved by trying

    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存").first).to_be_visible()
    expect(page.get_by_role("heading", name="埋点方案:web 埋点方案")).to_be_visible()
    for attempt in range(20):
        good, bad, odd = send(
            site,
            key,
            [
                buy(100 + attempt, amount=7, channel="app"),
                buy(200 + attempt, amount=31, channel="app"),
                buy(300 + attempt, amount=7, channel="fax"),
            ],
        )
        if bad["verdict"] == "refused":
            break
        page.wait_for_timeout(200)
    assert good["verdict"] == "accepted"
    assert bad == {"verdict": "refused", "code": "plan.range", "where": "purchase.amount"}
    assert odd["verdict"] == "accepted"  # it is set aside where it is loaded

    page.get_by_label("英文名称").fill("Web plan")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("已保存").first).to_be_visible()
    page.get_by_role("button", name="历史版本").click()
    told = page.get_by_role("dialog")
    expect(told.get_by_role("region")).to_contain_text(
        '- "en": "Plan for web"', use_inner_text=True
    )
    shot(page, "plan-history")
    assert find_barriers(page) == []
    told.get_by_role("button", name="把这一版放进编辑器").click()
    expect(page.get_by_label("英文名称")).to_have_value("Plan for web")
    refresh(page, boss)
    mend_the_odd_one(page, site, boss)
    page.goto(site.at("/quality?tab=plans"))
    page.get_by_role("link", name="web 埋点方案").focus()
    shot(page, "plans")
    assert find_barriers(page) == []
    page.get_by_role("button", name="停用: web_plan").click()
    page.get_by_role("dialog").get_by_role("button", name="停用").click()
    expect(page.get_by_role("heading", name="还没有埋点方案")).to_be_visible()
