"""Let the vendors' own browser clients speak to a real intake, each from a page in a real browser.

    python scripts/try_browser_clients.py [CLIENT ...]

npm must be on the path; it fetches the clients into `build/browser-clients`, and the console's own
bundler (in `web/node_modules`) makes a page's script of each. Every client says the same: something
before it is known who it is, who it is, something after, and a view of the page, with Chinese and
emoji. Each must arrive once, and all of it be one person. Not part of the tests, since it needs a
registry.
"""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from qunxiang.app import House, Refresh, SetAside
from qunxiang.governance import WriteKeyWish

_ROOT = Path(__file__).parents[1]
_FOLDER = _ROOT / "build" / "browser-clients"
_TEXT = "你好, 世界 👋🏽 <b>&\"q'"
_WAIT = 4_000  # milliseconds in which a client sends what it gathers
# What each client's package is, and how it says it: `base` is the intake, `key` the write key,
# `who` the user; `say(n)` are the properties of the n-th event.
_CLIENTS: dict[str, tuple[str, str]] = {
    "segment": (
        "@segment/analytics-next",
        """import { AnalyticsBrowser } from "@segment/analytics-next";
const a = AnalyticsBrowser.load({ writeKey: key, cdnURL: `${base}/segment` },
  { integrations: { "Segment.io": { apiHost: `${bare}/segment/v1`, protocol: "http" } } });
await a.track("spoke", say(0)); await a.identify(who, traits);
await a.track("spoke", say(1)); await a.page();""",
    ),
    "posthog": (
        "posthog-js",
        """import posthog from "posthog-js";
posthog.init(key, { api_host: `${base}/posthog`, autocapture: false, capture_pageview: false, opt_out_useragent_filter: true });
posthog.capture("spoke", say(0)); posthog.identify(who, traits);
posthog.capture("spoke", say(1)); posthog.capture("$pageview");""",
    ),
    "sensors": (
        "sa-sdk-javascript",
        """import sensors from "sa-sdk-javascript";
sensors.init({ server_url: `${base}/sensors/sa?project=default&token=${key}`, use_client_time: true, send_type: "beacon", show_log: false });
sensors.track("spoke", say(0)); sensors.login(who); sensors.setProfile(traits);
sensors.track("spoke", say(1)); sensors.quick("autoTrack");""",
    ),
    "rudderstack": (
        "@rudderstack/analytics-js",
        """import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";
const r = new RudderAnalytics();
r.load(key, `${base}/rudderstack`, { configUrl: `${base}/rudderstack` });
r.track("spoke", say(0)); r.identify(who, traits); r.track("spoke", say(1)); r.page();""",
    ),
    "mixpanel": (
        "mixpanel-browser",
        """import mixpanel from "mixpanel-browser";
mixpanel.init(key, { api_host: `${base}/mixpanel`, batch_flush_interval_ms: 500 });
mixpanel.track("spoke", say(0)); mixpanel.identify(who); mixpanel.people.set(traits);
mixpanel.track("spoke", say(1)); mixpanel.track_pageview();""",
    ),
    "amplitude": (
        "@amplitude/analytics-browser@2.33.0",
        """import * as amplitude from "@amplitude/analytics-browser";
await amplitude.init(key, { serverUrl: `${base}/amplitude/2/httpapi`, autocapture: { pageViews: true, sessions: false }, fetchRemoteConfig: false }).promise;
await amplitude.track("spoke", say(0)).promise; amplitude.setUserId(who);
const told = new amplitude.Identify(); for (const [n, v] of Object.entries(traits)) told.set(n, v);
amplitude.identify(told); amplitude.track("spoke", say(1));""",
    ),
    "snowplow": (
        "@snowplow/browser-tracker",
        """import { newTracker, setUserId, trackPageView, trackSelfDescribingEvent } from "@snowplow/browser-tracker";
newTracker("sp", `${base}/snowplow`, { appId: key });
const speak = (n) => trackSelfDescribingEvent({ event: { schema: "iglu:com.example/spoke/jsonschema/1-0-0", data: say(n) } });
speak(0); setUserId(who); speak(1); trackPageView();""",
    ),
}
_SETTING = """
const { base, key, who, text } = window.told;
const bare = base.replace(/^https?:\\/\\//, "");
const traits = { city: "上海", nick: text };
const say = (number) => ({ number, text });
"""


def main() -> int:
    """Fetch the clients, let each speak, and compare; return 1 if anything is missing."""
    npm, browser = shutil.which("npm"), shutil.which("chromium")
    if npm is None or browser is None:
        sys.exit("npm and chromium must be on the path")
    chosen = sys.argv[1:] or list(_CLIENTS)
    _make_pages(npm, chosen)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        with House(workspace) as house:
            keys = {
                name: house.write_keys.create(WriteKeyWish(name, name), author="browser")
                for name in chosen
            }
        with _intake(workspace) as base, _pages() as pages:
            _speak(browser, base, pages, keys)
        with House(workspace) as house:
            Refresh(house).run()
            wrong = [line for name in chosen for line in _compare(house, name)]
            wrong += _set_aside(house)
    for name in chosen:
        package = (
            _CLIENTS[name][0].rsplit("@", 1)[0] if "@2" in _CLIENTS[name][0] else _CLIENTS[name][0]
        )
        version = json.loads((_FOLDER / "node_modules" / package / "package.json").read_text())[
            "version"
        ]
        sys.stdout.write(f"{package} {version}\n")
    told = "\n".join(f"✗ {line}" for line in wrong) or "as said"
    sys.stdout.write(f"{told}\n")
    return 1 if wrong else 0


def _make_pages(npm: str, chosen: list[str]) -> None:
    _FOLDER.mkdir(parents=True, exist_ok=True)
    words = ("install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline")
    packages = [_CLIENTS[name][0] for name in chosen]
    subprocess.run([npm, *words, "--prefix", _FOLDER, *packages], check=True, capture_output=True)  # noqa: S603 our own command
    bundler = _ROOT / "web" / "node_modules" / ".bin" / "rolldown"
    for name in chosen:
        imports, body = _CLIENTS[name][1].split("\n", 1)
        entry = _FOLDER / f"{name}.mjs"
        entry.write_text(f"{imports}\n{_SETTING}\n(async () => {{ {body} }})();", encoding="utf-8")
        command = [
            bundler,
            entry,
            "--format",
            "iife",
            "--platform",
            "browser",
            "--file",
            _FOLDER / "site" / f"{name}.js",
        ]
        subprocess.run(command, check=True, capture_output=True, cwd=_FOLDER)  # noqa: S603
        page = f'<!doctype html><meta charset="utf-8"><title>首页 {name} 🏠</title><script src="{name}.js" defer></script>'
        (_FOLDER / "site" / f"{name}.html").write_text(page, encoding="utf-8")


@contextmanager
def _intake(workspace: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "qunxiang", "-w", str(workspace), "intake", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as intake:  # noqa: S603 our own command
        try:
            assert intake.stdout is not None
            yield intake.stdout.readline().strip().rstrip("/")
        finally:
            intake.terminate()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 as it is overridden
        """Say nothing."""


@contextmanager
def _pages() -> Iterator[str]:
    """Serve the pages from a port of their own: to them the intake is another site's."""
    handler = functools.partial(_Quiet, directory=str(_FOLDER / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _speak(program: str, base: str, pages: str, keys: dict[str, str]) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, key in keys.items():
            context = browser.new_context(locale="zh-CN")
            page = context.new_page()
            page.on("pageerror", lambda error, name=name: sys.stderr.write(f"{name}: {error}\n"))
            page.on("response", functools.partial(_tell_refusal, name))
            told = {"base": base, "key": key, "who": f"{name}-用户-1", "text": _TEXT}
            page.add_init_script(f"window.told = {json.dumps(told)}")
            page.goto(f"{pages}/{name}.html")
            page.wait_for_timeout(_WAIT)
            page.goto("about:blank")
            page.wait_for_timeout(300)
            context.close()
        browser.close()


def _tell_refusal(name: str, response: object) -> None:
    status, url = getattr(response, "status", 0), getattr(response, "url", "")
    if status >= 400 and "favicon" not in url:
        sys.stderr.write(f"{name}: {status} {url[:120]}\n")


def _compare(house: House, name: str) -> list[str]:
    """Say what is otherwise than a client said it."""
    wrong: list[str] = []
    columns = ["source", "actor", "number", "text"]
    spoken = house.warehouse.read("event_spoke", columns, where={"source": name}).to_pylist()
    found = Counter((int(one["number"]), one["text"]) for one in spoken)
    if found != Counter({(n, _TEXT): 1 for n in (0, 1)}):
        wrong.append(f"{name}: spoke {dict(found)}")
    views = house.warehouse.read("event_visit", ["actor"], where={"source": name})
    if views.num_rows != 1:
        wrong.append(f"{name}: {views.num_rows} views")
    try:
        person = house.identity.find(f"{name}-用户-1")
    except Exception as error:  # noqa: BLE001 whatever it is, it is told
        return [*wrong, f"{name}: {error}"]
    actors = np.array([one["actor"] for one in spoken] + views["actor"].to_pylist(), np.int64)
    people = set(house.shelf.column("identity/person").values[actors].tolist())
    if people != {person}:
        wrong.append(f"{name}: persons {people}, not {person}")
    if name != "snowplow":  # it tells nothing of people but who they are
        for field, value in (("city", "上海市"), ("nick", _TEXT)):
            column = house.people.column(field)
            shown = None if column is None else column.arrow()[person].as_py()
            if shown != value:
                wrong.append(f"{name}: {field} is {shown}")
    return wrong


def _set_aside(house: House) -> list[str]:
    days = house.sources.all()
    return [
        f"set aside: {day.source} {group.code} {group.column} {group.count}"
        for day in days
        for group in SetAside(house).groups(day.number)
    ]


if __name__ == "__main__":
    sys.exit(main())
