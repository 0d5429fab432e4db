"""Where data comes from: a key is made, its code is copied, the first message arrives, and is seen."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.access import find_barriers
from tests.browser.stage import OWNER, Site, serving, shot

PHONE = "13712340001"
VIEWER = {"name": "看客", "password": "just looking around", "role": "viewer"}


@pytest.fixture
def receiving(tmp_path: Path, servers: ExitStack) -> Site:
    """A server over an empty workspace, with its owner, and an intake beside it."""
    site = servers.enter_context(serving(tmp_path / "workspace", intake=True))
    site.post("/v1/setup", OWNER)
    return site


def send(site: Site, key: str, *events: object) -> None:
    body = json.dumps(list(events)).encode()
    headers = {"X-Write-Key": key, "Content-Type": "application/json"}
    request = urllib.request.Request(f"{site.intake}/v1/events", body, headers)  # noqa: S310 ours
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310


def sign_in(page: Page, site: Site, account: dict[str, str]) -> str:
    """Sign in; return the word that changes carry."""
    said = {name: account[name] for name in ("name", "password")}
    answer = page.request.post(site.at("/v1/session"), data=said)
    assert answer.ok, answer.text()
    return answer.json()["csrf"]


def test_from_a_key_to_the_person_who_sent(page: Page, receiving: Site) -> None:
    csrf = sign_in(page, receiving, OWNER)
    page.goto(receiving.at("/sources"))
    expect(page.get_by_role("heading", name="还没有数据源")).to_be_visible()
    shot(page, "sources-none")
    page.locator("main").get_by_role("button", name="接入数据").first.click()
    page.get_by_role("button", name="网站、App 或后端").click()
    form = page.get_by_role("dialog")
    form.get_by_label("来源名称").fill("Web Shop")
    form.get_by_label("密钥名称").fill("web")
    form.get_by_role("button", name="创建").click()
    expect(form.get_by_text("以小写字母开头")).to_be_visible()
    form.get_by_label("来源名称").fill("web_shop")
    shot(page, "source-new-key")
    form.get_by_role("button", name="创建").click()

    expect(page.get_by_text("正在等待第一条消息…")).to_be_visible()
    # The intake is a process of its own, and the page says so while it does not answer.
    expect(page.get_by_text("没有接收服务在应答")).to_have_count(0, timeout=60_000)
    key = page.get_by_role("textbox", name="web", exact=True).input_value()
    assert key.startswith("qxw_")
    code = page.get_by_role("region", name="curl").inner_text()
    assert key in code
    assert receiving.intake in code
    assert not find_barriers(page)
    shot(page, "source-waiting")
    subprocess.run(["bash", "-c", code], check=True, capture_output=True)
    expect(page.get_by_text("第一条消息已到达")).to_be_visible()
    newest = page.get_by_role("table", name="最新消息")
    expect(newest).to_contain_text("page_view")
    shot(page, "source-arrived")

    page.get_by_role("link", name="打开实时消息").click()
    expect(page.get_by_role("heading", name="实时消息", level=1)).to_be_visible()
    send(
        receiving,
        key,
        {"event": "purchase", "id": "o1", "ids": {"phone": PHONE}, "properties": {"amount": 40}},
        {"event": "visit"},
    )
    expect(newest.get_by_role("row").filter(has_text="purchase")).to_contain_text(PHONE)
    expect(newest.get_by_role("row").filter(has_text="visit")).to_contain_text("消息没有说明是谁")
    assert not find_barriers(page)
    shot(page, "live")

    page.get_by_role("button", name="暂停").click()
    send(receiving, key, {"event": "unseen", "ids": {"user_id": "u1"}})
    page.wait_for_timeout(1_200)  # two looks of the server
    expect(newest).not_to_contain_text("unseen")
    page.get_by_role("button", name="继续").click()
    expect(newest).to_contain_text("unseen")
    page.get_by_label("谁").fill(PHONE)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"who={PHONE}"))
    expect(newest.get_by_role("row")).to_have_count(2)

    refreshed = page.request.post(receiving.at("/v1/refresh"), headers={"X-CSRF": csrf})
    assert refreshed.ok
    job = refreshed.json()["number"]
    for _ in range(600):
        state = page.request.get(receiving.at(f"/v1/jobs/{job}")).json()["status"]
        if state in {"done", "failed"}:
            break
        page.wait_for_timeout(100)
    assert state == "done"
    newest.get_by_role("button", name="purchase").focus()
    page.keyboard.press("Enter")
    whole = page.get_by_role("dialog", name="完整消息")
    expect(whole.get_by_role("region", name="原文")).to_contain_text(PHONE)
    expect(whole.get_by_role("link", name=re.compile("看客户画像"))).to_be_visible()
    assert not find_barriers(page)
    shot(page, "live-whole")
    whole.get_by_role("link", name=re.compile("看客户画像")).click()
    expect(page).to_have_url(re.compile("/customers/p"))

    made = page.request.post(receiving.at("/v1/accounts"), data=VIEWER, headers={"X-CSRF": csrf})
    assert made.ok, made.text()
    sign_in(page, receiving, VIEWER)
    page.goto(receiving.at("/live"))
    expect(newest.get_by_role("row").filter(has_text="purchase")).to_contain_text("137****0001")
    newest.get_by_role("button", name="purchase").click()
    expect(page.get_by_role("dialog")).to_contain_text("已脱敏")
    assert PHONE not in page.content()
    shot(page, "live-masked")
    page.goto(receiving.at("/sources/web_shop"))
    expect(newest).to_contain_text("137****0001")
    expect(page.get_by_role("button", name="新建密钥")).to_have_count(0)


def test_a_key_is_revoked(page: Page, receiving: Site) -> None:
    page.add_init_script("localStorage.setItem('qunxiang.lang', '\"en\"')")
    csrf = sign_in(page, receiving, OWNER)
    body = {"name": "app", "source": "app", "origins": ["https://shop.example"], "per_second": 50}
    page.request.post(receiving.at("/v1/write-keys"), data=body, headers={"X-CSRF": csrf})
    page.goto(receiving.at("/sources/app?client=posthog"))
    row = page.get_by_role("table", name="Write keys").get_by_role("row").nth(1)
    expect(row).to_contain_text("https://shop.example")
    expect(page.get_by_role("region", name="posthog-js")).to_contain_text("YOUR_WRITE_KEY")
    page.get_by_label("Paste the key here").fill("qxw_mine")
    expect(page.get_by_role("region", name="posthog-js")).to_contain_text('"qxw_mine"')
    shot(page, "source-en")
    row.get_by_role("button", name="Revoke app").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("heading", name="No write keys yet")).to_be_visible()
    assert page.request.get(receiving.at("/v1/write-keys")).json() == []
