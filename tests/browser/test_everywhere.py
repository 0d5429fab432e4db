"""What holds on every page: accessible in both languages and lights, and whole on a phone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.stage import OWNER, ROOT, Site, shot

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
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
    "imports": "/imports",
    "import-new": "/imports/new",
    "import": "/imports/1",
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
    "jobs": "/jobs",
    "members": "/members",
    "tokens": "/tokens",
    "me": "/me",
    "system": "/system",
    "nowhere": "/no/such/page",
}
LOOKS = [(lang, mode) for lang in ("zh", "en") for mode in ("light", "dark")]


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


@pytest.fixture(scope="package")
def axe() -> str:
    if not AXE.exists():
        pytest.skip("the console's development packages are not installed: make web")
    return AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("lang", "mode"), LOOKS, ids=["-".join(look) for look in LOOKS])
def test_nothing_keeps_anybody_out(
    browser: Browser, demo: Site, axe: str, lang: str, mode: str
) -> None:
    context = browser.new_context(
        locale="zh-CN" if lang == "zh" else "en-GB",
        color_scheme="dark" if mode == "dark" else "light",
        viewport={"width": 1366, "height": 900},
        bypass_csp=True,  # axe is not ours
        reduced_motion="reduce",
    )
    page = context.new_page()
    assert page.request.post(demo.at("/v1/session"), data=OWNER).ok
    person = person_of(page, demo)
    found: list[str] = []
    for name, path in PAGES.items():
        page.goto(demo.at(path.replace("{person}", person)))
        settle(page)
        shot(page, f"{name}-{lang}-{mode}")
        page.add_script_tag(content=axe)
        options = {"runOnly": {"type": "tag", "values": TAGS}}
        result = page.evaluate("(options) => axe.run(document, options)", options)
        for one in result["violations"]:
            places = [node["target"][0] for node in one["nodes"][:3]]
            found.append(f"{name}: {one['id']} ({len(one['nodes'])}) {places}")
    context.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("width", [360, 390])
def test_pages_fit_a_phone(browser: Browser, demo: Site, width: int) -> None:
    context = browser.new_context(
        locale="zh-CN", viewport={"width": width, "height": 780}, reduced_motion="reduce"
    )
    page = context.new_page()
    assert page.request.post(demo.at("/v1/session"), data=OWNER).ok
    person = person_of(page, demo)
    wide: list[str] = []
    for name, path in PAGES.items():
        page.goto(demo.at(path.replace("{person}", person)))
        settle(page)
        shot(page, f"{name}-{width}")
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            wide.append(f"{name}: {over} px too wide")
    context.close()
    assert not wide, "\n".join(wide)


def test_every_page_speaks_one_language(browser: Browser, demo: Site) -> None:
    """In English nothing of the console's own is Chinese; data may be."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 900})
    page = context.new_page()
    assert page.request.post(demo.at("/v1/session"), data=OWNER).ok
    found: list[str] = []
    for name in ("tokens", "me", "members", "jobs", "nowhere"):
        page.goto(demo.at(PAGES[name]))
        settle(page)
        assert page.locator("html").get_attribute("lang") == "en"
        text = page.locator("main").inner_text().replace(OWNER["name"], "")
        if any("\u4e00" <= letter <= "\u9fff" for letter in text):
            found.append(f"{name}: {text[:200]}")
    context.close()
    assert not found, "\n".join(found)


def test_pictures_are_kept() -> None:
    folder = Path(ROOT / "build" / "screenshots")
    assert {f"{name}-zh-light.png" for name in PAGES} <= {one.name for one in folder.glob("*.png")}
