"""The console appears, and the page notices what goes wrong in it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.stage import OWNER, Site, shot


def test_the_console_appears(page: Page, empty: Site) -> None:
    answer = page.goto(empty.at("/"))
    assert answer is not None
    assert answer.status == 200
    assert "群像" in page.title()
    expect(page.get_by_role("heading", name="欢迎使用群像")).to_be_visible()
    assert shot(page, "empty").stat().st_size > 1_000


def test_the_owner_of_the_demo_is_signed_in(owner: Page, demo: Site) -> None:
    answer = owner.request.get(demo.at("/v1/session"))
    assert answer.json()["name"] == OWNER["name"]
    owner.goto(demo.at("/"))
    expect(owner.get_by_role("navigation", name="主菜单")).to_be_visible()
    shot(owner, "demo")


def test_what_goes_wrong_in_a_page_is_noticed(page: Page, empty: Site, faults: list[str]) -> None:
    page.goto(empty.at("/"))
    assert not faults
    page.evaluate("console.error('a word of trouble')")
    page.evaluate("void setTimeout(() => { throw new Error('thrown') })")
    page.evaluate("fetch('http://localhost:9/tracker').catch(() => null)")
    page.evaluate("fetch('/v1/nothing')")  # refused, and that is an answer
    page.wait_for_timeout(300)
    page.goto(empty.at("/").replace("127.0.0.1", "localhost"))  # as good as any other host
    told = "\n".join(faults)
    assert "a word of trouble" in told
    assert "script: thrown" in told
    assert "console: Connecting to 'http://localhost:9/tracker' violates" in told  # never sent
    assert "asked a foreign host: http://localhost" in told
    assert "/v1/nothing" not in told
    page.close()
    faults.clear()
