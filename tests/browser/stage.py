"""What the browser tests stand on: a browser, servers over real workspaces, pictures."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import APIRequestContext, APIResponse, Page

from scripts import web
from tests.children import Child

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
QUNXIANG = Path(sys.executable).with_name("qunxiang")
OWNER = {"name": "老板", "password": "correct horse battery"}
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
NO_BROWSER = "no browser"
_SYSTEM = ("chromium", "chromium-browser", "google-chrome")
# The package brings the libraries it needs, but unpacks them on one kind of machine only.
_UNPACK = """
process.env.TMPDIR = process.argv[1];
process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs22.x";
const { default: chromium } = await import("@sparticuz/chromium");
await chromium.executablePath();
"""


@dataclass(frozen=True)
class Chosen:
    """A browser's program, and the folder of its libraries if the system may lack them."""

    program: Path
    libraries: Path | None = None


@dataclass(frozen=True)
class Site:
    """A server over a workspace, and the address of its intake if it has one."""

    address: str
    folder: Path
    intake: str = ""

    def at(self, path: str) -> str:
        """Return the address of a path, which begins with a slash."""
        return f"{self.address}{path}"

    def post(self, path: str, body: object) -> None:
        """Send a request from outside the browser; it must be accepted."""
        request = urllib.request.Request(  # noqa: S310 our own server
            self.at(path), json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            assert answer.status < 300


class Api:
    """Somebody's own way to a server, beside any page."""

    def __init__(self, request: APIRequestContext, site: Site, account: dict[str, str]) -> None:
        self._request, self._site = request, site
        answer = request.post(site.at("/v1/session"), data=account)
        assert answer.ok, answer.text()
        self._headers = {"X-CSRF": answer.json()["csrf"]}

    def ask(self, method: str, path: str, body: object = None) -> APIResponse:
        """Send a request and return what is answered, a refusal too."""
        return self._request.fetch(
            self._site.at(path), method=method, data=body, headers=self._headers
        )

    def get(self, path: str) -> Any:
        """Return what is answered."""
        return self._accepted(self.ask("GET", path))

    def post(self, path: str, body: object) -> Any:
        """Send a body and return what is answered."""
        return self._accepted(self.ask("POST", path, body))

    def _accepted(self, answer: APIResponse) -> Any:
        assert answer.ok, answer.text()
        return answer.json()


def find_browser() -> Chosen | str:
    """Return the browser named by QUNXIANG_BROWSER, the system's or npm's, or why there is none."""
    named = os.environ.get("QUNXIANG_BROWSER")
    if named == "npm":
        return _unpack_browser()
    if named:
        assert Path(named).exists(), f"QUNXIANG_BROWSER: there is no {named}"
        return Chosen(Path(named))
    for name in _SYSTEM:
        if found := shutil.which(name):
            return Chosen(Path(found))
    return _unpack_browser()


def _unpack_browser() -> Chosen | str:
    folder = ROOT / "build" / "chromium"
    try:
        with web.alone():
            web.install(dev=True)
            folder.mkdir(exist_ok=True)
            failed = web.run_node("--input-type=module", "-e", _UNPACK, folder, quiet=True)
    except web.Failure as failure:
        return f"{NO_BROWSER}: {failure}"
    if failed:
        return f"{NO_BROWSER}: @sparticuz/chromium could not be unpacked; install chromium"
    return Chosen(folder / "chromium", folder / "al2023" / "lib")


def make_demo(folder: Path) -> None:
    """Build the workspace of the demo; its own checks must hold."""
    subprocess.run([QUNXIANG, "demo", "--check", "--dir", folder], check=True, capture_output=True)


def find_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@contextmanager
def serving(folder: Path, port: int = 0, *, intake: bool = False) -> Generator[Site]:
    """Serve a workspace by the command a user gives, on a free port unless one is named."""
    port = port or find_port()
    taking = find_port() if intake else 0
    log = folder.with_suffix(".log")
    with log.open("w") as told:
        words = ["-w", folder, "serve", "--port", port]
        env = {"QUNXIANG_INTAKE_PORT": str(taking), "QUNXIANG_LIVE": "true"}
        server = Child(words, env, told.fileno())
    site = Site(f"http://127.0.0.1:{port}", folder, f"http://127.0.0.1:{taking}" if taking else "")
    try:
        _wait(site.at("/v1/status"), server, log)
        if intake:  # a process of its own, which is not ready with the server
            _wait(f"{site.intake}/health", server, log)
        yield site
    finally:
        server.terminate()
        server.wait(30)


def _wait(address: str, server: Child, log: Path) -> None:
    until = time.monotonic() + 180  # of a busy machine; where nothing is wrong it takes seconds
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text(encoding="utf-8"))


def shot(page: Page, name: str) -> Path:
    """Keep a picture of the page, to be looked at, under build/screenshots."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path
