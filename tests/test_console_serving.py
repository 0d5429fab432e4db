"""How the console is served: its pages, its files, compressed and cached, beside the API."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient

from qunxiang.api import create_app
from qunxiang.api.console import CONSOLE
from qunxiang.app import House

SCRIPT = "console.log('群像');\n" * 200
FIRST = "<!doctype html><title>群像 Qunxiang</title>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "console"
    (made / "assets").mkdir(parents=True)
    (made / ".vite").mkdir()
    (made / ".vite" / "manifest.json").write_text("{}", encoding="utf-8")
    (made / "index.html").write_text(FIRST, encoding="utf-8")
    (made / "icon.svg").write_text("<svg/>", encoding="utf-8")
    script = made / "assets" / "index-Bx1.js"
    script.write_text(SCRIPT, encoding="utf-8")
    script.with_name("index-Bx1.js.gz").write_bytes(gzip.compress(script.read_bytes()))
    return made


@pytest.fixture
def client(tmp_path: Path, folder: Path) -> Iterator[TestClient]:
    with House(tmp_path / "w") as house, TestClient(create_app(house, folder)) as opened:
        yield opened


@pytest.mark.parametrize("path", ["/", "/customers", "/audiences/big-spenders/people", "/v2/x"])
def test_every_address_of_the_console_is_its_first_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (200, FIRST)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"


def test_the_first_page_is_never_taken_for_unchanged(client: TestClient, folder: Path) -> None:
    page = folder / "index.html"
    before, was = client.get("/"), page.stat()
    page.write_text(FIRST.replace("群像", "像群"), encoding="utf-8")
    os.utime(page, ns=(was.st_atime_ns, was.st_mtime_ns))
    again = client.get("/", headers={"If-None-Match": before.headers["etag"]})
    assert again.status_code == 200
    assert "像群" in again.text


@pytest.mark.parametrize(
    "path",
    [
        "/assets/gone-Ab2.js",
        "/favicon.ico",
        "/v1/nothing",
        "/v1",
        "/docs/nothing",
        "/.vite/manifest.json",
        "/.digest",
        "/..%2f..%2fsettings.toml",
    ],
)
def test_what_is_missing_stays_a_problem(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["code"] == "api.no_route"


def test_the_api_refuses_other_methods_as_before(client: TestClient) -> None:
    assert client.get("/v1/count").json()["code"] == "api.no_method"
    assert client.post("/customers").json()["code"] == "api.no_route"
    assert client.get("/docs").text != FIRST
    assert client.get("/openapi.json").json()["openapi"]


def test_files_named_by_what_they_hold_are_kept_for_ever(client: TestClient) -> None:
    script = client.get("/assets/index-Bx1.js")
    assert script.text == SCRIPT
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"].startswith("text/javascript")
    again = client.get("/assets/index-Bx1.js", headers={"If-None-Match": script.headers["etag"]})
    assert again.status_code == 304
    icon = client.get("/icon.svg")
    assert icon.headers["content-type"] == "image/svg+xml"
    assert icon.headers["cache-control"] == "no-cache"


def test_a_compressed_copy_is_sent_to_who_takes_it(client: TestClient) -> None:
    packed = client.get("/assets/index-Bx1.js", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(gzip.compress(SCRIPT.encode()))
    assert packed.text == SCRIPT
    plain = client.get("/assets/index-Bx1.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == SCRIPT
    assert "Accept-Encoding" in plain.headers["vary"]
    assert packed.headers["etag"] != plain.headers["etag"]


def test_long_answers_of_the_api_are_compressed(client: TestClient) -> None:
    long = client.get("/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert long.headers["content-encoding"] == "gzip"
    assert int(long.headers["content-length"]) < len(long.content) / 4
    assert "content-encoding" not in client.get("/v1/status").headers


def test_a_stream_of_events_is_sent_as_it_comes(client: TestClient) -> None:
    """What the first event waits for happens only after it has arrived."""
    arrived = asyncio.Event()

    async def events() -> AsyncIterator[str]:
        yield "data: 1\n\n"
        await asyncio.wait_for(arrived.wait(), 5)
        yield "data: 2\n\n"

    app = client.app
    app.get("/v1/events")(lambda: StreamingResponse(events(), media_type="text/event-stream"))  # type: ignore[attr-defined]
    heads: dict[bytes, bytes] = {}

    async def receive() -> dict[str, object]:
        await asyncio.sleep(10)
        return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        heads.update(message.get("headers", []))
        if message.get("body") == b"data: 1\n\n":
            arrived.set()

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/v1/events",
        "query_string": b"",
        "headers": [(b"accept-encoding", b"gzip")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    assert arrived.is_set()
    assert b"content-encoding" not in heads
    assert heads[b"content-type"].startswith(b"text/event-stream")


@pytest.mark.parametrize("path", ["/", "/customers", "/assets/index-Bx1.js"])
def test_head_answers_the_headers_alone(client: TestClient, path: str) -> None:
    head, got = client.head(path), client.get(path)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("content-length", "content-type", "cache-control", "etag"):
        assert head.headers[name] == got.headers[name]
    assert client.head("/assets/gone.js").status_code == 404


def test_without_the_console_a_page_says_how_to_build_it(tmp_path: Path, folder: Path) -> None:
    absent = tmp_path / "later"
    with House(tmp_path / "w") as house, TestClient(create_app(house, absent)) as client:
        page = client.get("/customers")
        assert page.status_code == 503
        assert page.headers["content-type"].startswith("text/html")
        assert "控制台未构建" in page.text
        assert "The console is not built" in page.text
        assert "scripts/web.py build" in page.text
        assert not re.findall(r"https?:|<script", page.text)
        assert client.get("/v1/status").status_code == 200
        assert client.get("/assets/index-Bx1.js").status_code == 404
        folder.rename(absent)  # built while the server runs
        assert client.get("/customers").text == FIRST


def test_the_console_that_is_installed_is_whole(tmp_path: Path) -> None:
    assert CONSOLE.is_dir(), "build the console: python scripts/web.py build"
    with House(tmp_path / "w") as house, TestClient(create_app(house)) as client:
        page = client.get("/")
        assert page.status_code == 200
        assert "<title>群像 Qunxiang</title>" in page.text
        parts = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
        assert [p for p in parts if p.endswith(".js")]
        for part in parts:
            assert client.get(part).status_code == 200, part
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)
        assert not re.findall(r"<script(?![^>]* src=)", page.text), "the policy lets none run"
