"""Web hooks: one is made by a form, tried on a body, told to its sender, and seen to receive."""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.access import find_barriers
from tests.browser.stage import OWNER, serving, shot
from tests.browser.test_sources import sign_in

ORDER = {"id": "o1", "customer": {"phone": "13812347001", "city": "杭州"}, "total_price": "199.00"}


def push(address: str, key: str) -> int:
    body = json.dumps(ORDER).encode()
    shown = "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": shown, "X-GitHub-Event": "paid"}
    asked = urllib.request.Request(address, body, headers, method="POST")  # noqa: S310 our own intake
    try:
        with urllib.request.urlopen(asked, timeout=20) as reply:  # noqa: S310
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code
    except urllib.error.URLError:
        return 0  # the intake starts in a process of its own


def test_a_hook_from_its_form_to_what_came(
    page: Page, tmp_path: Path, servers: ExitStack, faults: list[str]
) -> None:
    site = servers.enter_context(serving(tmp_path / "workspace", intake=True))
    site.post("/v1/setup", OWNER)
    sign_in(page, site, OWNER)
    page.goto(site.at("/connectors"))
    expect(page.get_by_role("heading", name="还没有回调")).to_be_visible()
    page.get_by_role("link", name="新建回调").click()
    page.get_by_label("名称", exact=True).fill("shop")
    page.get_by_role("button", name="GitHub").click()
    expect(page.get_by_label("签名所在的请求头")).to_have_value("X-Hub-Signature-256")
    page.get_by_role("button", name="保存新密钥…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("密码名称").fill("shop_hook")
    dialog.get_by_label("密码、令牌或私钥").fill("hush")
    dialog.get_by_role("button", name="保存密码").click()
    expect(dialog).to_be_hidden()
    page.get_by_label("客户标识 = 路径").fill("phone=customer.phone")
    page.get_by_label("事件属性 = 路径").fill("order_id=id\namount=total_price")
    page.get_by_label("对方的叫法 = 我们的事件").fill("paid=purchase")
    page.get_by_label("一份样例请求体").fill(json.dumps(ORDER))
    page.get_by_label("随它而来的请求头").fill("X-GitHub-Event=paid")
    page.get_by_role("button", name="试一下").click()
    tried = page.get_by_role("table", name="试一下")
    expect(tried).to_contain_text("phone=13812347001")
    expect(tried).to_contain_text("purchase")
    assert not find_barriers(page)
    shot(page, "hook-new")
    page.locator("main header").get_by_role("button", name="保存").click()

    expect(page.get_by_role("heading", name="还没有收到")).to_be_visible()
    address = site.intake + "/hooks/shop"
    page.wait_for_function("() => document.body.innerText.includes('/hooks/shop')")
    for _ in range(240):  # the intake looks every second
        if (status := push(address, "hush")) not in {0, 404}:
            break
        page.wait_for_timeout(250)
    assert status == 200
    assert push(address, "guessed") == 401
    expect(page.get_by_role("table", name="最近到达")).to_contain_text("purchase")
    expect(page.get_by_role("table", name="拒收的请求")).to_contain_text("签名缺失或不对")
    assert not find_barriers(page)
    shot(page, "hook-page")
    page.get_by_role("link", name="编辑").click()
    expect(page.get_by_label("客户标识 = 路径")).to_have_value("phone=customer.phone")
    page.get_by_label("中文名").fill("商城")
    page.locator("main header").get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="商城")).to_be_visible()
    page.goto(site.at("/connectors"))
    expect(page.get_by_role("table", name="回调")).to_contain_text("/hooks/shop")
    shot(page, "hooks")
    assert not faults, faults
