"""What holds on every page: accessible in both languages and lights, and whole on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.access import find_barriers
from tests.browser.stage import OWNER, Site, shot

RULE = json.dumps(
    {
        "node": "all",
        "of": [
            {"node": "compare", "field": "city", "op": "in", "value": ["上海市"]},
            {"node": "not", "of": {"node": "audience", "audience": "birthday_soon"}},
            {
                "node": "measured",
                "measure": {"fn": "sum", "event": "purchase", "prop": "amount"},
                "op": "ge",
                "value": 500,
            },
        ],
    }
)
PAGES = {
    "home": "/",
    "sources": "/sources",
    "source": "/sources/crm",
    "live": "/live",
    "connectors": "/connectors",
    "connector-new": "/connectors/new",
    "imports": "/imports",
    "import-new": "/imports/new",
    "import": "/imports/1",
    "quality": "/quality",
    "quality-event": "/quality/web_shop/purchase",
    "quality-aside": "/quality?tab=aside",
    "catalog": "/catalog",
    "customers": "/customers",
    "person": "/customers/{person}",
    "tags": "/tags",
    "tag": "/tags/age",
    "tag-edit": "/tags/age/edit",
    "tag-new": "/tags/new?kind=levels",
    "audiences": "/audiences",
    "audience": "/audiences/repeat_buyers",
    "audience-portrait": "/audiences/repeat_buyers?tab=portrait",
    "audience-members": "/audiences/repeat_buyers?tab=members",
    "audience-changes": "/audiences/repeat_buyers?tab=history",
    "audience-edit": "/audiences/repeat_buyers/edit",
    "builder": f"/audiences/new?rule={RULE}",
    "compare": "/audiences/compare?of=repeat_buyers,birthday_soon",
    "lists": "/lists",
    "jobs": "/jobs",
    "members": "/members",
    "tokens": "/tokens",
    "me": "/me",
    "system": "/system",
    "nowhere": "/no/such/page",
}
# What opens over a page: where, and what is pressed (keys) or clicked.
OPENED = {
    "palette": ("/jobs", "Control+k"),
    "shortcuts": ("/jobs", "?"),
    "account": ("/jobs", ".account-name"),
    "picker": ("/audiences/new", ".rule-adds button >> nth=0"),
    "values": (f"/audiences/new?rule={RULE}", ".rule-leaf .ant-select >> nth=1"),
    "window": (f"/audiences/new?rule={RULE}", ".rule-leaf .ant-select >> nth=-2"),
    "templates": ("/audiences/new", "main .panel button:not(.rule-editor button)"),
    "save": (f"/audiences/new?rule={RULE}", "main header .ant-btn-primary"),
    "more": ("/audiences/repeat_buyers", "main header button >> nth=-1"),
    "field": ("/catalog?one=city", ""),
    "why-tag": (
        "/customers/{person}",
        "main button[aria-label$=为什么], main button[aria-label$=Why] >> nth=0",
    ),
    "days": ("/customers/{person}", "main .ant-picker"),
    "columns": ("/customers", "main .ant-select >> nth=-1"),
    "connect": ("/sources?connect=true", ""),
    "schedule-new": ("/connectors", "main .panel header button"),
    "list": ("/lists", "main header .ant-btn-primary"),
    "member": ("/members", "main header .ant-btn-primary"),
    "token": ("/tokens", "main header .ant-btn-primary"),
}
LANGS = pytest.mark.parametrize("lang", ["zh", "en"])


def person_of(page: Page, demo: Site) -> str:
    session = page.request.get(demo.at("/v1/session")).json()
    answer = page.request.post(
        demo.at("/v1/sample"),
        data={"audience": "repeat_buyers", "n": 1},
        headers={"X-CSRF": session["csrf"]},
    )
    return str(answer.json()["rows"][0]["person"])


def settle(page: Page) -> None:
    """Wait until the page has what it asked for."""
    expect(page.locator("main h1")).to_be_visible()
    page.wait_for_load_state("load")
    expect(page.locator("main .ant-skeleton")).to_have_count(0, timeout=20_000)
    page.wait_for_timeout(400)  # charts are drawn, and have come to rest


@pytest.fixture
def speaking(browser: Browser, demo: Site) -> Iterator[Callable[[str], Page]]:
    """Opens a page, signed in to the demo, in a language."""
    with ExitStack() as open_ones:

        def begin(lang: str) -> Page:
            context = browser.new_context(
                locale="zh-CN" if lang == "zh" else "en-GB",
                viewport={"width": 1366, "height": 900},
                reduced_motion="reduce",
            )
            open_ones.callback(context.close)
            page = context.new_page()
            assert page.request.post(demo.at("/v1/session"), data=OWNER).ok
            return page

        yield begin


def look_in_both_lights(page: Page, name: str, lang: str) -> list[str]:
    """Keep a picture in each light, and return what keeps somebody out.

    Colours are the same in every language: in the dark they are looked at in one.
    """
    name = f"{name}-{lang}"
    shot(page, f"{name}-light")
    found = [f"{name} light: {each}" for each in find_barriers(page)]
    if lang != "zh":
        return found
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html[data-mode=dark]")).to_have_count(1)
    page.wait_for_timeout(150)  # charts are drawn anew
    shot(page, f"{name}-dark")
    found += [f"{name} dark: {each}" for each in find_barriers(page, colours_only=True)]
    page.emulate_media(color_scheme="light")
    return found


@LANGS
def test_no_page_keeps_anybody_out(speaking: Callable[[str], Page], demo: Site, lang: str) -> None:
    page = speaking(lang)
    person = person_of(page, demo)
    found: list[str] = []
    for name, path in PAGES.items():
        page.goto(demo.at(path.replace("{person}", person)))
        settle(page)
        found += look_in_both_lights(page, name, lang)
    assert not found, "\n".join(found)


@LANGS
def test_nothing_that_opens_keeps_anybody_out(
    speaking: Callable[[str], Page], demo: Site, lang: str
) -> None:
    page = speaking(lang)
    person = person_of(page, demo)
    found: list[str] = []
    for name, (path, how) in OPENED.items():
        page.goto(demo.at(path.replace("{person}", person)))
        settle(page)
        if how in {"Control+k", "?"}:
            page.keyboard.press(how)
        elif how:
            page.locator(how).click()
        shown = page.locator(
            ".ant-modal, .ant-popover, .ant-drawer, .ant-dropdown, .ant-select-dropdown, .ant-picker-dropdown"
        )
        expect(shown.filter(visible=True).first).to_be_visible()
        page.wait_for_timeout(200)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{name}: the page is wider than the window")
        found += look_in_both_lights(page, f"open-{name}", lang)
    assert not found, "\n".join(found)


def test_pages_fit_a_phone(browser: Browser, demo: Site) -> None:
    context = browser.new_context(
        locale="zh-CN", viewport={"width": 360, "height": 780}, reduced_motion="reduce"
    )
    page = context.new_page()
    assert page.request.post(demo.at("/v1/session"), data=OWNER).ok
    person = person_of(page, demo)
    wide: list[str] = []
    for name, path in PAGES.items():
        page.set_viewport_size({"width": 360, "height": 780})
        page.goto(demo.at(path.replace("{person}", person)))
        settle(page)
        shot(page, f"{name}-360")
        for width in (360, 390):
            page.set_viewport_size({"width": width, "height": 780})
            page.wait_for_timeout(100)
            over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if over > 0:
                wide.append(f"{name} at {width}: {over} px too wide")
    context.close()
    assert not wide, "\n".join(wide)


def test_every_page_speaks_one_language(speaking: Callable[[str], Page], demo: Site) -> None:
    """In English nothing of the console's own is Chinese; data may be."""
    page = speaking("en")
    found: list[str] = []
    for name in ("tokens", "me", "members", "jobs", "nowhere"):
        page.goto(demo.at(PAGES[name]))
        settle(page)
        assert page.locator("html").get_attribute("lang") == "en"
        text = page.locator("main").inner_text().replace(OWNER["name"], "")
        if any("\u4e00" <= letter <= "\u9fff" for letter in text):
            found.append(f"{name}: {text[:200]}")
    assert not found, "\n".join(found)
