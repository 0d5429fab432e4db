"""Web hooks over HTTP and in the terminal, by those who may."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from typer.testing import CliRunner

from qunxiang.app import House
from qunxiang.cli.commands import app as cli
from tests.api.conftest import client_with

HOOK: dict[str, Any] = {
    "signed": {"by": "hmac", "header": "X-Sign", "secrets": ["shop_hook"]},
    "event_header": "X-Topic",
    "events": {"orders/paid": "purchase"},
    "ids": {"phone": "phone"},
    "properties": {"order_id": "id"},
}
BODY = '{"id": 7, "phone": "13812347001"}'


def test_a_hook_from_beginning_to_end(house: House, owner: TestClient) -> None:
    path = "/v1/definitions/hooks/shop"
    assert owner.put(path, json=HOOK).json()["code"] == "governance.no_secret"
    owner.put("/v1/secrets/shop_hook", json={"value": "hush"})
    marketer = client_with(house, "read", "import", "define")
    assert marketer.put(path, json=HOOK).status_code == 403  # it lets others in
    assert owner.put(path, json=HOOK).json() == {"name": "shop", "version": 1}
    (told,) = marketer.get("/v1/hooks").json()
    assert (told["path"], told["secrets"]) == ("/hooks/shop", {"shop_hook": True})
    assert (told["received_at"], told["refusals"]) == (None, [])
    assert "hush" not in marketer.get(path).text + marketer.get("/v1/hooks").text
    asked = {"body": BODY, "headers": {"x-topic": "orders/paid"}}
    (tried,) = marketer.post("/v1/hooks/shop/try", json=asked).json()
    assert (tried["event"], tried["ids"]) == (
        "purchase",
        [{"type": "phone", "value": "13812347001"}],
    )
    assert tried["properties"] == {"order_id": 7}
    asked["definition"] = HOOK | {"ids": {"phone": "mobile"}}
    (tried,) = marketer.post("/v1/hooks/other/try", json=asked).json()
    assert tried["code"] == "intake.no_person"
    assert tried["reason"]
    assert marketer.get("/v1/hooks/shop/arrivals").json() == []
    house.refusals.add({("shop", "intake.hook_unsigned"): 3})
    house.refusals.add({("shop", "intake.hook_unsigned"): 1})
    (told,) = marketer.get("/v1/hooks").json()
    assert [one["requests"] for one in told["refusals"]] == [4]
    assert told["refusals"][0]["remedy"]
    assert marketer.delete(path).status_code == 403
    assert owner.delete(path).status_code == 204
    assert marketer.get("/v1/hooks/shop/arrivals").status_code == 404


def test_the_terminal(tmp_path: Path) -> None:
    def run(*words: str, code: int = 0, told: str | None = None) -> str:
        line = ["-w", str(tmp_path / "w"), "--lang", "en", *words]
        done = CliRunner(env={"COLUMNS": "200"}).invoke(cli, line, input=told)
        assert done.exit_code == code, done.output
        return done.output

    file, body = tmp_path / "hook.json", tmp_path / "body.json"
    file.write_text(json.dumps(HOOK), encoding="utf-8")
    body.write_text(BODY, encoding="utf-8")
    run("secret", "set", "shop_hook", told="hush\n")
    assert "/hooks/shop" in run("hook", "add", "shop", "--file", str(file))
    assert "/hooks/shop" in run("hook", "list")
    assert json.loads(run("hook", "list", "--json"))[0]["path"] == "/hooks/shop"
    said = run("hook", "try", "shop", str(body), "--header", "X-Topic=orders/paid")
    assert "purchase  phone=13812347001  order_id=7" in said
    assert "intake.no_event" in run("hook", "try", "shop", str(body))
    file.write_text(json.dumps(HOOK | {"event_header": "", "event": "visit"}), encoding="utf-8")
    (tried,) = json.loads(run("hook", "try", "new", str(body), "--file", str(file), "--json"))
    assert tried["message"]["event"] == "visit"
    run("hook", "remove", "shop")
    assert json.loads(run("hook", "list", "--json")) == []
