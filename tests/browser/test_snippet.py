"""The snippet in a real browser: a shop's page on another origin, a real intake, rows in the end."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from qunxiang.app import House, Refresh
from tests.intake.stage import make_key, taking

SHOP = """<!doctype html><meta charset="utf-8"><title>首页</title>
<script>window.qx = window.qx || function () { (qx.q = qx.q || []).push(arguments) };
qx("register", {shop: "s1"}); qx("track", "early", {n: 1});</script>
<script async src="INTAKE/qx.js" data-key="KEY"></script>
<a href="/second?utm_source=letter">second</a>
<button id="swap" onclick="history.pushState({}, '', '/swapped'); document.title = '换'">swap</button>
<button id="buy" onclick="qx('identify', 'u1', {city: '上海'}); qx('track', 'signed', {amount: 39.9})">buy</button>
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a workspace."""
    return tmp_path_factory.mktemp("snippet") / "workspace"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Serve a folder as a shop would its pages: every path is the page in it."""

    class Pages(http.server.SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            return str(tmp_path / ("none" if path.endswith(".ico") else "index.html"))

        def log_request(self, code: Any = "-", size: Any = "-") -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Pages)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", tmp_path
        server.shutdown()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    """Open a browser that keeps what it is told, as a visitor's."""
    context: BrowserContext = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    yield context.new_page()
    context.close()


def nothing_waits(page: Page) -> None:
    page.wait_for_function("!Object.keys(localStorage).some((name) => name.startsWith('qx_q'))")


def rows(house: House, event: str, *columns: str) -> list[dict[str, Any]]:
    table = house.warehouse.read(f"event_{event}", [*columns], order=["at"])
    return table.to_pylist()


def test_views_land_once_though_the_intake_was_away_at_first(
    shop: Path, site: tuple[str, Path], visitor: Page
) -> None:
    key = make_key(shop, "web", origins=[site[0]])
    with taking(shop) as first:
        port = first.port
        text = SHOP.replace("INTAKE", first.url).replace("KEY", key)
        (site[1] / "index.html").write_text(text, encoding="utf-8")
        script = first.ask("GET", "/qx.js", headers={"Accept-Encoding": "gzip"})
        assert script.headers["content-encoding"] == "gzip"
        tag = {"If-None-Match": script.headers["etag"]}
        assert first.ask("GET", "/qx.js", headers=tag).status == 304
        # What is sent now never arrives: the visitor's own network is at fault.
        visitor.context.route("**/v1/events", lambda route: route.abort())
        visitor.goto(
            f"{site[0]}/?utm_source=wx&utm_campaign=双11", referer="https://news.example/a"
        )
        visitor.wait_for_function("qx.loaded && localStorage.qx_id")
        visitor.click("#swap")
        expect(visitor).to_have_title("换")
        visitor.wait_for_timeout(700)
        visitor.click("a")  # leaving sends by beacon, which fails as well
        visitor.wait_for_url("**/second**")
    # The intake is gone; what happens now waits, too.
    visitor.context.unroute("**/v1/events")
    visitor.click("#buy")
    visitor.wait_for_timeout(700)
    with taking(shop, port):
        visitor.reload()
        nothing_waits(visitor)
        visitor.click("#buy")
        visitor.close(run_before_unload=True)
        again = visitor.context.new_page()
        again.goto(f"{site[0]}/last")
        nothing_waits(again)

    with House(shop) as house:
        Refresh(house).run()
        columns = ("page_url", "page_title", "referrer", "utm_source", "utm_campaign")
        views = rows(house, "visit", *columns, "language", "screen_size", "time_zone", "shop")
        assert [view["page_url"].removeprefix(site[0]) for view in views] == [
            "/?utm_source=wx&utm_campaign=%E5%8F%8C11",
            "/swapped",
            "/second?utm_source=letter",
            "/second?utm_source=letter",
            "/last",
        ]
        assert {view["shop"] for view in views} == {"s1"}
        assert views[0] == {
            "page_url": f"{site[0]}/?utm_source=wx&utm_campaign=%E5%8F%8C11",
            "page_title": "首页",
            "referrer": "https://news.example/a",
            "utm_source": "wx",
            "utm_campaign": "双11",
            "language": "zh-CN",
            "screen_size": "1280x720",
            "time_zone": "Asia/Shanghai",
            "shop": "s1",
        }
        assert (views[1]["page_title"], views[1]["referrer"]) == (
            "换",
            views[0]["page_url"],
        )
        assert (views[2]["utm_source"], views[2]["referrer"]) == ("letter", f"{site[0]}/swapped")
        assert [one["amount"] for one in rows(house, "signed", "amount")] == [39.9, 39.9]
        assert len(rows(house, "early", "n")) == 4  # one for each page that was loaded
        people = set(house.shelf.column("identity/person").values.tolist())
        assert len(people) == 1


def test_the_page_does_not_suffer_and_who_refuses_is_not_counted(
    shop: Path, site: tuple[str, Path], visitor: Page
) -> None:
    key = make_key(shop, "quiet")
    wrong: list[str] = []
    visitor.on("pageerror", lambda error: wrong.append(str(error)))
    with taking(shop) as intake:
        asked: list[str] = []
        visitor.on("request", lambda r: asked.append(r.url) if "/v1/events" in r.url else None)
        text = SHOP.replace("INTAKE", intake.url).replace("KEY", key)
        (site[1] / "index.html").write_text(text, encoding="utf-8")
        visitor.add_init_script("Object.defineProperty(navigator, 'doNotTrack', {value: '1'})")
        visitor.goto(site[0])
        visitor.wait_for_function("qx.loaded")
        loop = "const ring = {}; ring.ring = ring; qx('track', 'ring', ring); qx('nothing'); qx()"
        visitor.evaluate(f"() => {{ {loop} }}")
        visitor.wait_for_timeout(700)
        assert (asked, visitor.evaluate("Object.keys(localStorage)")) == ([], [])
        visitor.evaluate("() => qx('optIn')")
        visitor.wait_for_function("localStorage.qx_id")
        nothing_waits(visitor)
        assert orjson.loads(intake.ask("POST", "/v1/events", b"[]", {"X-Write-Key": key}).body)
        visitor.evaluate("() => { qx('optOut'); qx('track', 'late') }")
        assert visitor.evaluate("Object.keys(localStorage)") == ["qx_out"]
        assert (len(asked), wrong) == (1, [])
