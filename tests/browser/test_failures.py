"""What goes wrong is told where it happened, in the reader's language, and nothing typed is lost."""

from __future__ import annotations

import json
import re
import shutil
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.stage import OWNER, Site, serving, shot
from tests.browser.test_everywhere import settle

LANGS = pytest.mark.parametrize("lang", ["zh", "en"])
SAID = {
    "zh": {
        "gone": "连不上服务器,正在重试。你输入的内容还在。",
        "again": "请重新登录",
        "kept": "页面上的内容还在",
        "password": "密码",
        "enter": "登录",
        "stale": "控制台已升级",
        "reload": "刷新页面",
        "customers": "客户",
        "filtered": "没有符合筛选条件的内容",
        "clear": "清除筛选",
        "value": "值",
        "save": "保存为人群",
        "name": "名称",
        "nowhere": "没有这个页面",
        "home": "回到首页",
        "field": "no_such_field",
        "restore": "恢复草稿",
    },
    "en": {
        "gone": "The server does not answer; trying again. What you have typed is kept.",
        "again": "Sign in again",
        "kept": "What is on the page is kept",
        "password": "Password",
        "enter": "Sign in",
        "stale": "The console was upgraded",
        "reload": "Reload",
        "customers": "Customers",
        "filtered": "Nothing matches the filters",
        "clear": "Clear filters",
        "value": "Value",
        "save": "Save as an audience",
        "name": "Name",
        "nowhere": "There is no such page",
        "home": "Go home",
        "field": "no_such_field",
        "restore": "Restore it",
    },
}
SHANGHAI = {"node": "compare", "field": "city", "op": "in", "value": ["上海市"]}
NONSENSE = {"node": "compare", "field": "no_such_field", "op": "eq", "value": 1}
NOBODY = {"node": "all", "of": [SHANGHAI, {"node": "not", "of": SHANGHAI}]}


def builder(*rules: object) -> str:
    return f"/audiences/new?rule={json.dumps({'node': 'all', 'of': rules})}"


@pytest.fixture
def speaking(page: Page) -> Callable[[Site, str], Page]:
    """The page, signed in to a site and in a language."""

    def begin(site: Site, lang: str) -> Page:
        page.add_init_script(f"localStorage.setItem('qunxiang.lang', '\"{lang}\"')")
        page.emulate_media(reduced_motion="reduce")
        assert page.request.post(site.at("/v1/session"), data=OWNER).ok
        return page

    return begin


def count_of(page: Page) -> Locator:
    return page.locator("[aria-busy=false] [data-testid=count]")


def end_session(site: Site, context: BrowserContext) -> None:
    """End the session where it is kept; the browser does not know."""
    cookies = "; ".join(f"{one.get('name')}={one.get('value')}" for one in context.cookies())
    csrf = context.request.get(site.at("/v1/session")).json()["csrf"]
    request = urllib.request.Request(  # noqa: S310 our own server
        site.at("/v1/session"), headers={"Cookie": cookies, "X-CSRF": csrf}, method="DELETE"
    )
    urllib.request.urlopen(request, timeout=30).close()  # noqa: S310


@LANGS
def test_the_server_goes_and_comes_back(
    speaking: Callable[[Site, str], Page], company: Path, tmp_path: Path, lang: str
) -> None:
    folder = tmp_path / "workspace"
    shutil.copytree(company, folder)
    said = SAID[lang]
    with ExitStack() as last:
        running = ExitStack()
        last.callback(running.close)
        site = running.enter_context(serving(folder))
        site.post("/v1/setup", OWNER)
        page = speaking(site, lang)
        page.goto(site.at(builder(SHANGHAI)))
        expect(count_of(page)).to_be_visible()
        before = count_of(page).inner_text()
        running.close()

        banner = page.get_by_text(said["gone"])
        expect(banner).to_be_visible(timeout=15_000)
        leaf = page.locator(".rule-leaf")
        leaf.get_by_role("combobox", name=said["value"]).click()
        page.keyboard.type("北京市")
        page.locator(".ant-select-dropdown:visible").get_by_title("北京市").click()
        page.keyboard.press("Escape")
        told = page.get_by_role("alert").filter(has_text="…").or_(page.locator(".builder-side"))
        expect(told.first).not_to_contain_text("unreachable")
        expect(leaf).to_contain_text("北京市")
        page.wait_for_timeout(1_500)
        shot(page, f"server-gone-{lang}")

        running.enter_context(serving(folder, urlsplit(site.address).port or 0))
        expect(banner).to_have_count(0, timeout=20_000)
        expect(count_of(page)).to_be_visible(timeout=20_000)
        expect(count_of(page)).not_to_have_text(before)
        expect(leaf).to_contain_text("上海市")
        expect(leaf).to_contain_text("北京市")
        shot(page, f"server-back-{lang}")
        page.close()


@LANGS
def test_a_session_ends_while_somebody_works(
    speaking: Callable[[Site, str], Page], demo: Site, lang: str
) -> None:
    said = SAID[lang]
    page = speaking(demo, lang)
    page.goto(demo.at(builder(SHANGHAI)))
    expect(count_of(page)).to_be_visible()
    before = count_of(page).inner_text()
    page.get_by_role("button", name=said["save"]).click()
    page.get_by_role("dialog").get_by_role("textbox", name=said["name"], exact=True).fill(
        "Shanghai"
    )
    end_session(demo, page.context)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=said["again"])
    expect(dialog).to_contain_text(said["kept"])
    expect(dialog.get_by_role("textbox").first).to_have_value(OWNER["name"])
    shot(page, f"session-ended-{lang}")
    dialog.get_by_label(said["password"]).fill("not this one")
    dialog.get_by_role("button", name=said["enter"]).click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label(said["password"]).fill(OWNER["password"])
    dialog.get_by_role("button", name=said["enter"]).click()
    expect(dialog).to_have_count(0)
    name = page.get_by_role("dialog").get_by_role("textbox", name=said["name"], exact=True)
    expect(name).to_have_value("Shanghai")
    expect(count_of(page)).to_have_text(before)
    shot(page, f"session-again-{lang}")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=said["save"]).click()
    expect(page.get_by_role("dialog")).to_be_visible()


@LANGS
def test_a_page_of_before_an_upgrade(
    speaking: Callable[[Site, str], Page], demo: Site, faults: list[str], lang: str
) -> None:
    said = SAID[lang]
    page = speaking(demo, lang)
    page.goto(demo.at("/audiences"))
    settle(page)
    gone = re.compile(r"/assets/Customers-")
    page.route(gone, lambda route: route.fulfill(status=404, body="gone"))
    page.get_by_role("navigation").get_by_role("link", name=said["customers"]).click()
    expect(page.get_by_text(said["stale"]).first).to_be_visible()
    expect(page.get_by_text("Cannot read")).to_have_count(0)
    expect(page.get_by_role("navigation")).to_be_visible()
    shot(page, f"stale-{lang}")
    page.unroute(gone)
    page.get_by_role("button", name=said["reload"]).first.click()
    expect(page.get_by_role("heading", name=said["customers"], level=1)).to_be_visible()
    expect(page.get_by_text(said["stale"])).to_have_count(0)
    assert all("404" in one or "Customers-" in one for one in faults), faults
    faults.clear()


@LANGS
def test_filtered_to_nothing(speaking: Callable[[Site, str], Page], demo: Site, lang: str) -> None:
    said = SAID[lang]
    page = speaking(demo, lang)
    for place, path in (
        ("audiences", "/audiences?q=zzzz"),
        ("customers", f"/customers?rule={json.dumps(NOBODY)}"),
    ):
        page.goto(demo.at(path))
        settle(page)
        expect(page.get_by_role("heading", name=said["filtered"])).to_be_visible()
        shot(page, f"filtered-{place}-{lang}")
        page.get_by_role("button", name=said["clear"]).click()
        expect(page.get_by_role("table").get_by_role("row").nth(2)).to_be_visible()
        assert "?" not in page.url


@LANGS
@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/customers/nobody", "identity.not_found"),
        ("/audiences/no_such", "catalog.not_found"),
        ("/audiences/no_such/edit", "catalog.not_found"),
        ("/no/such/page", ""),
    ],
)
def test_what_is_not_there(
    speaking: Callable[[Site, str], Page], demo: Site, lang: str, path: str, code: str
) -> None:
    said = SAID[lang]
    page = speaking(demo, lang)
    page.goto(demo.at(path))
    expect(page.locator("main h1")).to_be_visible()
    if code:
        expect(page.get_by_role("alert")).to_contain_text(code)
        shot(page, f"missing{path.replace('/', '-')}-{lang}")
        page.locator("main").get_by_role("link").first.click()  # a way on
        expect(page.locator("main table")).to_be_visible()
    else:
        expect(page.get_by_role("heading", name=said["nowhere"])).to_be_visible()
        shot(page, f"missing-page-{lang}")
        page.get_by_role("link", name=said["home"]).click()
        assert urlsplit(page.url).path == "/"


@LANGS
def test_a_rule_is_refused_where_it_is_wrong(
    speaking: Callable[[Site, str], Page], demo: Site, lang: str
) -> None:
    page = speaking(demo, lang)
    page.goto(demo.at(builder(SHANGHAI, NONSENSE)))
    parts = page.locator(".rule-part")
    expect(parts.nth(1).get_by_role("alert")).to_contain_text("no_such_field")
    expect(parts.nth(0).get_by_role("alert")).to_have_count(0)
    shot(page, f"refused-rule-{lang}")
    parts.nth(1).locator(".rule-tools button").last.click()
    expect(count_of(page)).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


@LANGS
def test_two_tabs(speaking: Callable[[Site, str], Page], demo: Site, lang: str) -> None:
    """Signing in anew in one does not stop the other, and neither loses what is edited."""
    said = SAID[lang]
    page = speaking(demo, lang)
    page.goto(demo.at("/audiences/new"))
    page.goto(demo.at(builder(SHANGHAI)))
    expect(count_of(page)).to_be_visible()
    page.locator(".rule-leaf").get_by_role("combobox", name=said["value"]).click()
    page.keyboard.type("北京市")
    page.locator(".ant-select-dropdown:visible").get_by_title("北京市").click()
    page.keyboard.press("Escape")
    expect(count_of(page)).to_be_visible()
    end_session(demo, page.context)
    other = page.context.new_page()
    assert other.request.post(demo.at("/v1/session"), data=OWNER).ok
    other.goto(demo.at("/audiences/new"))
    other.get_by_role("button", name=said["restore"]).click()
    expect(other.locator(".rule-leaf")).to_contain_text("北京市")
    shot(other, f"draft-restored-{lang}")

    name = f"Two tabs {lang}"
    page.bring_to_front()
    page.get_by_role("button", name=said["save"]).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name=said["name"], exact=True).fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("dialog", name=said["again"])).to_have_count(0)


@LANGS
def test_somebody_else_signs_in_in_another_tab(browser: Browser, demo: Site, lang: str) -> None:
    """The page follows whoever is signed in; nothing is done in another's name unseen."""
    context = browser.new_context(locale="zh-CN" if lang == "zh" else "en-GB")
    page = context.new_page()
    assert context.request.post(demo.at("/v1/session"), data=OWNER).ok
    session = context.request.get(demo.at("/v1/session")).json()
    other = {"name": f"colleague-{lang}", "password": "somebody else", "role": "viewer"}
    said = {"X-CSRF": session["csrf"]}
    assert context.request.post(demo.at("/v1/accounts"), data=other, headers=said).ok
    page.goto(demo.at(builder(SHANGHAI)))
    expect(page.get_by_role("button", name=SAID[lang]["save"])).to_be_visible()
    account = {name: other[name] for name in ("name", "password")}
    assert context.request.post(demo.at("/v1/session"), data=account).ok
    page.get_by_role("button", name=SAID[lang]["save"]).click()
    box = page.get_by_role("dialog").get_by_role("textbox", name=SAID[lang]["name"], exact=True)
    box.fill("Not mine")
    page.keyboard.press("Enter")
    expect(page.locator(".account-name")).to_have_text(other["name"])
    expect(page.get_by_role("button", name=SAID[lang]["save"])).to_have_count(0)
    shot(page, f"another-account-{lang}")
    context.close()
