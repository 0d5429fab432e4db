"""Connectors, secrets and schedules over HTTP and in the terminal, by those who may."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from qunxiang.app import House, Pulls
from qunxiang.cli.commands import app as cli
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER, Keychain
from tests.api.conftest import client_with

SHOP = {
    "reads": {"type": "database", "system": "sqlite", "database": "shop.db", "table": "c"},
    "rows": "customers",
    "cursor": "at",
    "key": "id",
}


def fill(folder: Path) -> None:
    (folder / "inbox").mkdir(parents=True)
    with sqlite3.connect(folder / "inbox" / "shop.db") as db:
        db.execute("create table c(id int, name text, phone text, at text)")
        db.execute("insert into c values (1, '张三丰', '13812347001', '2026-01-01 10:00:00')")
    db.close()


@pytest.fixture
def shop(house: House) -> House:
    fill(house.folder)
    return house


def test_a_connector_from_beginning_to_end(shop: House, owner: TestClient) -> None:
    tried = owner.post("/v1/connectors/shop/test", json=SHOP)
    assert tried.status_code == 200, tried.text
    assert tried.json()["rows"][0]["name"] == "张三丰"
    assert owner.get("/v1/connectors").json() == []
    saved = owner.put("/v1/definitions/connectors/shop", json=SHOP)
    assert saved.json() == {"name": "shop", "version": 1}
    marketer = client_with(shop, "read", "import", "define", "refresh")
    assert marketer.post("/v1/connectors/shop/test").json()["known"] is False
    with marketer:  # the worker runs while the server does
        asked = marketer.post("/v1/connectors/shop/pull", json={"then_refresh": True})
        assert asked.status_code == 202
        number = asked.json()["number"]
        done = marketer.get(f"/v1/jobs/{number}", params={"wait": 60}).json()
    assert done["status"] == "done", done
    assert (done["what"], done["asked"]["connector"]) == ("pull", "shop")
    assert [one["rows"] for one in done["result"]["landed"]] == [1]
    assert done["result"]["refresh"]["people"] > 1
    state = owner.get("/v1/connectors").json()[0]
    assert (state["rows"], state["cursor"]) == (1, "2026-01-01 10:00:00")
    brought = owner.get(f"/v1/imports/{done['result']['landed'][0]['number']}").json()
    assert brought["shape"]["format"] == "table"
    assert brought["shape"]["pull"]["connector"] == "shop"
    assert brought["shape"]["pull"]["seen"] == ""
    assert owner.delete("/v1/definitions/connectors/shop").status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "body", "scopes"),
    [
        ("PUT", "/v1/definitions/connectors/shop", SHOP, ("read", "define", "import")),
        ("POST", "/v1/connectors/shop/test", SHOP, ("read", "define", "import")),
        ("POST", "/v1/connectors/shop/test", None, ("read", "define")),
        ("POST", "/v1/connectors/shop/pull", {}, ("read", "define")),
        ("POST", "/v1/connectors/shop/pull", {"then_refresh": True}, ("read", "import")),
        ("PUT", "/v1/secrets/a", {"value": "x"}, ("read", "define", "import")),
        ("GET", "/v1/secrets", None, ("read", "define", "import")),
        ("DELETE", "/v1/secrets/a", None, ("read", "define", "import")),
        ("GET", "/v1/connectors", None, ("import",)),
        ("GET", "/v1/schedules", None, ("import",)),
    ],
)
def test_who_may_not(house: House, method: str, path: str, body: Any, scopes: Any) -> None:
    answer = client_with(house, *scopes).request(method, path, json=body)
    assert answer.status_code == 403
    assert answer.json()["code"] == "governance.not_allowed"


def test_a_secret_is_set_and_never_shown(house: House, owner: TestClient) -> None:
    assert owner.put("/v1/secrets/shop_db", json={"value": "p@ss-word"}).status_code == 204
    (kept,) = owner.get("/v1/secrets").json()
    assert (kept["name"], set(kept)) == ("shop_db", {"name", "author", "at"})
    assert house.keychain.get("shop_db") == "p@ss-word"
    for path in house.folder.glob("state.db*"):
        assert b"p@ss-word" not in path.read_bytes()
    owner.put("/v1/secrets/shop_db", json={"value": "other"})
    assert house.keychain.get("shop_db") == "other"
    with pytest.raises(QunxiangError) as caught:
        Keychain(house.state, b"another workspace's key").get("shop_db")
    assert caught.value.code == "governance.secret_sealed"
    assert owner.delete("/v1/secrets/shop_db").status_code == 204
    assert owner.delete("/v1/secrets/shop_db").status_code == 404
    assert owner.put("/v1/secrets/a b", json={"value": "x"}).status_code in {400, 422}


def test_a_sealed_secret_cannot_take_anothers_place(house: House) -> None:
    from sqlalchemy import select, update  # noqa: PLC0415

    from qunxiang.governance.tables import SECRETS  # noqa: PLC0415

    house.keychain.put("a", "of a", HOUSEHOLDER)
    house.keychain.put("b", "of b", HOUSEHOLDER)
    with house.state.writing() as connection:
        sealed = connection.execute(select(SECRETS.c.sealed).where(SECRETS.c.name == "a")).scalar()
        connection.execute(update(SECRETS).where(SECRETS.c.name == "b").values(sealed=sealed))
    with pytest.raises(QunxiangError) as caught:
        house.keychain.get("b")
    assert caught.value.code == "governance.secret_sealed"


def test_schedules_and_templates_are_told(owner: TestClient) -> None:
    plan = {"runs": "refresh", "cron": "30 2 * * *", "zone": "Asia/Shanghai"}
    assert owner.put("/v1/definitions/schedules/nightly", json=plan).status_code == 200
    (state,) = owner.get("/v1/schedules").json()
    assert len(state["next"]) == 5
    assert all("18:30:00" in each for each in state["next"])
    assert owner.get("/v1/schedules/nightly/runs").json() == []
    refused = owner.put("/v1/definitions/schedules/x", json=plan | {"cron": "every day"})
    assert refused.json()["code"] == "catalog.invalid"
    assert "taobao_orders" in [t["name"] for t in owner.get("/v1/templates").json()]


# ── in the terminal ──────────────────────────────────────────────────────────────────────────────


def run(folder: Path, *words: str, code: int = 0, typed: str | None = None) -> Any:
    done = CliRunner().invoke(cli, ["-w", str(folder), *words, "--json"], input=typed)
    assert done.exit_code == code, done.output
    return json.loads(done.output)


def test_the_terminal_does_all_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    fill(folder)
    run(folder, "secret", "set", "shop_db", typed="p@ss\n")
    assert [k["name"] for k in run(folder, "secret", "list")] == ["shop_db"]
    words = ["--type", "database", "--system", "sqlite", "--database", "shop.db", "--table", "c"]
    more = ["--as", "customers", "--cursor", "at", "--key", "id", "--set", "page_rows=100"]
    assert run(folder, "connector", "add", "shop", *words, *more)["version"] == 1
    assert run(folder, "connector", "test", "shop")["rows"][0]["name"] == "张三丰"
    assert run(folder, "connector", "pull", "shop")["met"] == 1
    assert run(folder, "connector", "list")[0]["rows"] == 1
    added = run(folder, "schedule", "add", "hourly", "shop", "0 * * * *", "--then-refresh")
    assert len(added[0]["next"]) == 5
    assert run(folder, "connector", "remove", "shop", code=2)["code"] == "app.definition_in_use"
    run(folder, "schedule", "remove", "hourly")
    assert run(folder, "schedule", "list") == []
    run(folder, "connector", "remove", "shop")
    run(folder, "secret", "remove", "shop_db")
    assert len(run(folder, "templates")) == 8


@pytest.mark.parametrize("name", ["shop.toml", "shop.json"])
def test_a_connector_is_written_down(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "w"
    fill(folder)
    file = tmp_path / name
    lines = 'rows = "customers"\nkey = "id"\n[reads]\ntype = "database"\nsystem = "sqlite"\ndatabase = "shop.db"\ntable = "c"\n'
    file.write_text(lines if name.endswith("toml") else json.dumps(SHOP), encoding="utf-8")
    run(folder, "connector", "add", "shop", "--file", str(file))
    assert run(folder, "connector", "pull", "shop")["met"] == 1
    file.write_text("{", encoding="utf-8")
    assert run(folder, "connector", "add", "x", "--file", str(file), code=2)["code"] == "cli.bad_connector"  # fmt: skip


def test_the_terminal_shows_tables(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    fill(folder)
    (folder / "shop.json").write_text(json.dumps(SHOP), encoding="utf-8")
    for words in (
        ("connector", "add", "shop", "--file", str(folder / "shop.json")),
        ("connector", "test", "shop"),
        ("connector", "pull", "shop", "--refresh"),
        ("connector", "list"),
        ("schedule", "add", "nightly", "refresh", "30 2 * * *"),
        ("schedule", "list"),
        ("secret", "list"),
        ("templates",),
    ):
        done = CliRunner(env={"COLUMNS": "200"}).invoke(cli, ["-w", str(folder), *words])
        assert done.exit_code == 0, done.output


def test_what_pulls_brought_and_when_they_come_next(shop: House, owner: TestClient) -> None:
    definition = SHOP | {"detect_deletions": True, "gone_at_most": 1}
    owner.put("/v1/definitions/connectors/shop", json=definition)
    assert owner.get("/v1/connectors/shop/pulls").json() == []
    assert owner.get("/v1/connectors/none/pulls").status_code == 404
    pulls = Pulls(shop)
    pulls.pull("shop", HOUSEHOLDER)
    with sqlite3.connect(shop.folder / "inbox" / "shop.db") as db:
        db.execute("delete from c")
    db.close()
    pulls.pull("shop", HOUSEHOLDER)
    gone, came = owner.get("/v1/connectors/shop/pulls").json()
    assert (came["rows"], came["withdrawn"], came["cursor"]) == (1, 0, "2026-01-01 10:00:00")
    assert (gone["rows"], gone["withdrawn"]) == (0, 1)
    asked = owner.post("/v1/schedules/times", json={"cron": "30 2 * * *", "zone": "UTC"}).json()
    assert asked["zone"] == "UTC"
    assert [at[11:16] for at in asked["next"]] == ["02:30"] * 5
    assert owner.post("/v1/schedules/times", json={"cron": "61 * * * *"}).status_code == 422
