"""The doors: cookies, sign-in that slows down, files that are too large, and pages of our own."""

from __future__ import annotations

import datetime as dt
import io
import re
import tomllib
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

import qunxiang
from qunxiang import clock
from qunxiang.api import create_app
from qunxiang.app import House, Imports
from qunxiang.cli.commands import app as cli
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.governance.attempts import LONGEST, OF_ACCOUNT, OF_ADDRESS
from qunxiang.settings import Settings

OWNER = {"name": "老板", "password": "correct horse"}
WRONG = {"name": "老板", "password": "wrong horse"}


def open_door(folder: Path, settings: str = "", base: str = "http://testserver") -> TestClient:
    folder.mkdir(exist_ok=True)
    (folder / "settings.toml").write_text(settings, encoding="utf-8")
    return TestClient(create_app(House(folder)), base_url=base)


def cookie_of(client: TestClient, headers: dict[str, str] | None = None) -> str:
    answer = client.post("/v1/session", json=OWNER, headers=headers or {})
    assert answer.status_code == 200, answer.text
    return answer.headers["set-cookie"].lower()


@pytest.fixture
def door(tmp_path):
    with open_door(tmp_path / "w") as client:
        client.post("/v1/setup", json=OWNER)
        client.cookies.clear()
        yield client


# ── the cookie ───────────────────────────────────────────────────────────────────────────────────

BY_PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}


@pytest.mark.parametrize(
    ("settings", "base", "headers", "secure"),
    [
        ("", "http://testserver", {}, False),
        ("", "https://testserver", {}, True),
        ("", "http://testserver", BY_PROXY, False),  # anybody may say so
        ('trusted_proxies = "192.0.2.1"', "http://testserver", BY_PROXY, False),
        ('trusted_proxies = "192.0.2.1, testclient"', "http://testserver", BY_PROXY, True),
        ('secure_cookie = "always"', "http://testserver", {}, True),
        ('secure_cookie = "never"', "https://testserver", {}, False),
    ],
)
def test_the_cookie_is_kept_to_https(tmp_path, settings, base, headers, secure):
    with open_door(tmp_path / "w", settings, base) as client:
        client.post("/v1/setup", json=OWNER)
        cookie = cookie_of(client, headers)
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert ("secure" in cookie) == secure


# ── signing in ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def time_of_day(monkeypatch):
    """The clock, to be turned."""
    now = [dt.datetime(2026, 5, 1, 9, tzinfo=dt.UTC)]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    return now


@pytest.mark.parametrize("name", ["老板", "nobody"])
def test_failures_make_the_next_attempt_wait(door, time_of_day, name):
    """Whether or not there is such an account, the answers are the same."""
    wrong = WRONG | {"name": name}
    codes = [door.post("/v1/session", json=wrong).json()["code"] for _ in range(OF_ACCOUNT)]
    assert set(codes) == {"governance.wrong_password"}
    waits = []
    for _ in range(12):
        refused = door.post("/v1/session", json=wrong)
        assert refused.status_code == 429
        assert refused.json()["code"] == "governance.too_many_attempts"
        waits.append(int(refused.headers["Retry-After"]))
        time_of_day[0] += dt.timedelta(seconds=waits[-1])
        assert door.post("/v1/session", json=wrong).status_code == 401
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == LONGEST.total_seconds()


def test_who_waits_gets_in_and_starts_anew(door, time_of_day):
    for _ in range(OF_ACCOUNT):
        door.post("/v1/session", json=WRONG)
    # Even the right password is not looked at before the time has come.
    assert door.post("/v1/session", json=OWNER).status_code == 429
    time_of_day[0] += dt.timedelta(seconds=1)
    assert door.post("/v1/session", json=OWNER).status_code == 200
    answers = [door.post("/v1/session", json=WRONG).status_code for _ in range(OF_ACCOUNT)]
    assert answers == [401] * OF_ACCOUNT


def test_one_address_may_not_try_many_accounts(tmp_path, time_of_day):
    with open_door(tmp_path / "w", 'trusted_proxies = "testclient"') as client:
        client.post("/v1/setup", json=OWNER)
        mine, other = ({"X-Forwarded-For": f"203.0.113.{n}"} for n in (7, 8))
        for n in range(OF_ADDRESS):
            body = {"name": f"guess{n}", "password": "guess"}
            assert client.post("/v1/session", json=body, headers=mine).status_code == 401
        assert client.post("/v1/session", json=OWNER, headers=mine).status_code == 429
        assert client.post("/v1/session", json=OWNER, headers=other).status_code == 200


def test_failures_are_remembered_by_the_store(door, tmp_path, time_of_day):
    for _ in range(OF_ACCOUNT):
        door.post("/v1/session", json=WRONG)
    with House(tmp_path / "w") as again, pytest.raises(QunxiangError) as caught:
        again.accounts.sign_in("老板", "correct horse")
    assert caught.value.code == "governance.too_many_attempts"
    assert "老板".encode() not in (tmp_path / "w" / "state.db").read_bytes().split(b"sign_ins")[-1]


# ── large files ──────────────────────────────────────────────────────────────────────────────────


def test_a_file_that_is_too_large_is_refused_by_every_door(tmp_path):
    folder, large = tmp_path / "w", tmp_path / "large.csv"
    large.write_text("会员编号,备注\n" + f"M1,{'长' * 400_000}\n", encoding="utf-8")
    assert large.stat().st_size > 1 << 20
    with open_door(folder, "max_file_mb = 1") as client:
        csrf = client.post("/v1/setup", json=OWNER).json()["csrf"]
        upload = {"file": ("large.csv", io.BytesIO(large.read_bytes()), "text/csv")}
        answer = client.post(
            "/v1/imports", files=upload, data={"rows": "customers"}, headers={"X-CSRF": csrf}
        )
        assert answer.status_code == 413
        assert "max_file_mb" in answer.json()["remedy"]
    with qunxiang.open(folder) as house:
        imports = Imports(house)
        with pytest.raises(QunxiangError) as caught:
            imports.look(large, "customers")
        assert caught.value.code == "sources.file_too_large"
        small = tmp_path / "small.csv"
        small.write_text("会员编号,备注\nM1,短\n", encoding="utf-8")
        look = imports.look(small, "customers")
        small.write_bytes(large.read_bytes())  # it grew since it was looked at
        with pytest.raises(QunxiangError) as caught:
            imports.bring(small, look, HOUSEHOLDER)
        assert caught.value.code == "sources.file_too_large"
        assert "max_file_mb" in caught.value.remedy("en")
    asked = ["--lang", "en", "-w", str(folder), "import", str(large), "--as", "customers"]
    told = CliRunner().invoke(cli, asked)
    assert "sources.file_too_large" in told.output, told.output
    assert told.exit_code == 2


# ── pages and headers ────────────────────────────────────────────────────────────────────────────


def test_the_page_of_routes_names_no_foreign_host(door):
    page = door.get("/docs")
    assert page.status_code == 200
    ours = page.text
    for link in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        part = door.get(f"/{link}")
        assert part.status_code == 200, link
        assert len(part.content) > 100
        if link.endswith("start.js"):
            ours += part.text
    assert not re.findall(r"https?:|\"//|@import", ours)
    assert "<script>" not in ours, "the policy lets no script run that stands in a page"


@pytest.mark.parametrize("path", ["/docs", "/v1/status", "/v1/nothing", "/openapi.json"])
def test_every_answer_carries_the_headers(door, path):
    headers = door.get(path).headers
    policy = dict(p.split(" ", 1) for p in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert not [v for v in policy.values() if "http" in v or "*" in v or "unsafe-eval" in v]
    assert "script-src" not in policy  # as default-src: this host's files and nothing else
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


def test_the_settings_of_the_doors_have_safe_defaults():
    made = Settings(**tomllib.loads(""))
    assert (made.secure_cookie, made.trusted_proxies) == ("auto", "")
