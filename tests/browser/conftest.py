"""The console in a browser: `demo` and `empty` are servers, `page` fails on whatever went wrong.

Fixtures live as long as this folder's tests: the browser's library holds an event loop in this
thread, which no other test should meet.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.browser.stage import ARGS, OWNER, Api, Chosen, Site, find_browser, make_demo, serving

expect.set_options(timeout=20_000)  # of a busy machine; what is true at once costs nothing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("slow")
            item.add_marker("browser")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    chosen = find_browser()
    if not isinstance(chosen, Chosen):
        pytest.skip(chosen)
    libraries = {"LD_LIBRARY_PATH": str(chosen.libraries or "")}
    env: dict[str, str | float | bool] = {**os.environ, **libraries}
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chosen.program, args=ARGS, env=env)
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def company(tmp_path_factory: pytest.TempPathFactory, browser: Browser, worker_id: str) -> Path:
    """The workspace of the made-up company of 2,000 people, to be copied and not served.

    Of several workers the first makes it for all; the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    folder, made = shared / "company" / "workspace", shared / "company" / "made"
    folder.parent.mkdir(exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make_demo(folder)
            made.touch()
    return folder


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory, company: Path) -> Iterator[Site]:
    """A server over the made-up company, with the account OWNER."""
    folder = tmp_path_factory.mktemp("demo") / "workspace"
    shutil.copytree(company, folder)
    with serving(folder) as site:
        site.post("/v1/setup", OWNER)
        yield site


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    """The servers of one test; they outlive its page, so that it never meets a closed door."""
    with ExitStack() as running:
        yield running


@pytest.fixture
def empty(tmp_path: Path, servers: ExitStack) -> Site:
    """A server over a workspace with nothing in it, not even an account."""
    return servers.enter_context(serving(tmp_path / "workspace"))


@pytest.fixture
def faults() -> list[str]:
    """What went wrong in the page; a test that means it to go wrong takes it out."""
    return []


@pytest.fixture
def page(browser: Browser, servers: ExitStack, faults: list[str]) -> Iterator[Page]:
    """A page of a browser just opened; script errors and foreign requests fail the test."""

    def hear(message: ConsoleMessage) -> None:
        # A refusal of the API is an answer as any other; the browser calls each an error.
        refused = message.text.startswith("Failed to load resource")
        ours = urlsplit(message.location["url"]).path.startswith("/v1/")
        if message.type == "error" and not (refused and ours):
            faults.append(f"console: {message.text}")

    def leave(request: Request) -> None:
        where = urlsplit(request.url)
        if where.scheme in {"http", "https", "ws", "wss"} and where.hostname != "127.0.0.1":
            faults.append(f"asked a foreign host: {request.url}")

    def arrive(response: Response) -> None:
        if response.status >= 500:
            faults.append(f"{response.status} {response.request.method} {response.url}")

    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    context.on("console", hear)
    context.on("weberror", lambda error: faults.append(f"script: {error.error}"))
    context.on("request", leave)
    context.on("response", arrive)
    opened = context.new_page()
    yield opened
    context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def owner(page: Page, demo: Site) -> Page:
    """The page, signed in to the demo as its owner."""
    answer = page.request.post(demo.at("/v1/session"), data=OWNER)
    assert answer.ok, answer.text()
    return page


@pytest.fixture(scope="package")
def boss(browser: Browser, demo: Site) -> Iterator[Api]:
    """The owner's own way to the demo, for what is true and for what others do meanwhile."""
    context = browser.new_context()
    yield Api(context.request, demo, OWNER)
    context.close()
