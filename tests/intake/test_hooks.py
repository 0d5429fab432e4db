"""Web hooks at a running intake: who may send, what is kept, what it becomes."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qunxiang.app import Hooks, House, Persons, Refresh, save_definition
from qunxiang.catalog import PlanDefinition, read_definition
from qunxiang.cleaning import options_of
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.intake import Desk, HookBook, KeyRing, PlanBook
from qunxiang.sources import HookDefinition, Reply, Request
from tests.intake.stage import Answer, Intake, taking

ORDER = {"id": "o1", "buyer": {"phone": "13812347001", "city": "杭州"}, "amount": 40}
SIGNED = {"by": "hmac", "header": "X-Sign", "prefix": "sha256=", "secrets": ["shop_new"]}
HOOK: dict[str, Any] = {
    "kind": "both",
    "event": "purchase",
    "id": "id",
    "ids": {"phone": "buyer.phone"},
    "properties": {"order_id": "id", "amount": "amount"},
    "fields": {"city": "buyer.city"},
    "challenge": "challenge",
}


def save(house: House, name: str = "shop", **more: Any) -> None:
    body = {"name": name, "signed": SIGNED, **HOOK, **more}
    save_definition(house, HOUSEHOLDER, read_definition(HookDefinition, body))


def sign(body: bytes, key: str = "new") -> dict[str, str]:
    return {"X-Sign": "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two secrets and a hook that knows the newer one."""
    folder = tmp_path_factory.mktemp("hooks") / "workspace"
    with House(folder) as house:
        for name in ("old", "new"):
            house.keychain.put(f"shop_{name}", name, HOUSEHOLDER)
        save(house)
    return folder


@pytest.fixture(scope="module")
def door(folder: Path) -> Iterator[Intake]:
    """An intake over it."""
    with taking(folder) as running:
        yield running


def push(door: Intake, order: Any, key: str = "new", name: str = "shop") -> Answer:
    body = json.dumps(order).encode()
    return door.ask("POST", f"/hooks/{name}", body, sign(body, key))


def wait_for(what: Any) -> None:
    until = time.monotonic() + 10
    while not what():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_from_a_request_to_a_person(door: Intake, folder: Path) -> None:
    assert push(door, ORDER).json() == {"accepted": 1, "repeats": 0, "set_aside": 0}
    assert push(door, ORDER).json()["repeats"] == 1  # a sender that got no answer sends again
    aside = push(door, {"id": "o2"})
    assert (aside.status, aside.json()["set_aside"]) == (200, 1)
    with House(folder) as house:
        Refresh(house).run()
        values = Persons(house, HOUSEHOLDER).card("13812347001")["values"]
        assert values["city"] == "杭州市"
        assert Hooks(house).arrivals("shop", HOUSEHOLDER)[0].fault == "intake.no_person"


def test_what_is_not_the_senders_is_refused_and_counted(door: Intake, folder: Path) -> None:
    with House(folder) as house:
        before = house.stream.extent()
        refused = push(door, ORDER | {"id": "o3"}, "guessed")
        assert refused.status == 401
        said = refused.json()
        assert said["code"] == "intake.hook_unsigned"
        assert said["remedy"]
        assert door.ask("POST", "/hooks/shop", b"{}").status == 401
        assert door.ask("GET", "/hooks/shop").status == 405
        assert push(door, ORDER, name="nowhere").json()["code"] == "intake.no_hook"
        assert house.stream.extent() == before
        wait_for(lambda: house.refusals.of("shop"))
        (state,) = Hooks(house).states(HOUSEHOLDER)
        told = {one.code: one.requests for one in state.refusals}
        assert told == {"intake.hook_unsigned": 2, "intake.hook_method": 1}
        assert state.path == "/hooks/shop"
        assert state.secrets == {"shop_new": True}
        assert state.received_at is not None


def test_a_secret_is_replaced_while_requests_come(door: Intake, folder: Path) -> None:
    with House(folder) as house:
        save(house, "turn", signed={**SIGNED, "secrets": ["shop_old"]})
        wait_for(lambda: push(door, ORDER, "old", "turn").status == 200)
        assert push(door, ORDER, "new", "turn").status == 401
        save(house, "turn", signed={**SIGNED, "secrets": ["shop_old", "shop_new"]})
        wait_for(lambda: push(door, ORDER, "new", "turn").status == 200)
        assert push(door, ORDER, "old", "turn").status == 200
        house.keychain.put("shop_old", "other", HOUSEHOLDER)  # no definition changes with it
        wait_for(lambda: push(door, ORDER, "old", "turn").status == 401)
        assert push(door, ORDER, "other", "turn").status == 200
        house.keychain.drop("shop_old", HOUSEHOLDER)
        wait_for(lambda: push(door, ORDER, "other", "turn").status == 401)
        assert push(door, ORDER, "", "turn").status == 401
        assert push(door, ORDER, "new", "turn").status == 200


def test_challenges(door: Intake) -> None:
    asked = door.ask("GET", "/hooks/shop?hub.mode=x&challenge=abc-123")
    assert (asked.status, asked.body) == (200, b"abc-123")
    assert asked.headers["content-type"] == "text/plain"
    script = door.ask("GET", "/hooks/shop?challenge=%3Cscript%3E")
    assert script.status == 405
    body = b'{"type": "url_verification", "challenge": "xyz"}'
    assert door.ask("POST", "/hooks/shop", body, sign(body)).json() == {"challenge": "xyz"}
    assert door.ask("POST", "/hooks/shop", body).status == 401


def test_pace_and_plan_hold_as_for_write_keys(tmp_path: Path) -> None:
    with House(tmp_path / "w") as house:
        house.keychain.put("shop_new", "new", HOUSEHOLDER)
        save(house, per_second=1)
        dear = {"name": "amount", "value": "number", "max": 100}
        planned = {"event": "purchase", "properties": [dear]}
        plan = {"name": "p", "sources": ["shop"], "actions": {"range": "refuse"}}
        house.catalog.save(PlanDefinition(**plan, events=[planned]), author="test")
        book = HookBook(house.catalog, house.keychain, house.refusals)
        plans = PlanBook(house.catalog, options_of(house.settings))
        desk = Desk(KeyRing(house.write_keys), plans, None, book)

        def ask(number: int, amount: int) -> Reply:
            body = json.dumps(ORDER | {"id": str(number), "amount": amount}).encode()
            headers = {"x-sign": sign(body)["X-Sign"]}
            decided = desk.receive(
                Request(method="POST", path="/hooks/shop", headers=headers, body=body)
            )
            return decided if isinstance(decided, Reply) else decided.reply()

        assert json.loads(ask(0, 500).body)["refused"] == 1
        replies = [ask(number, 5) for number in range(1, 14)]
        assert [one.status for one in replies[:8]] == [200] * 8
        late = replies[-1]
        assert late.status == 429
        assert dict(late.headers)["Retry-After"]
        (tried,) = Hooks(house).try_out(
            house.catalog.get(HookDefinition, "shop"),
            json.dumps(ORDER | {"amount": 500}).encode(),
            {},
            HOUSEHOLDER,
        )
        assert tried.message is not None
        assert tried.refused == "plan.range purchase.amount"


def test_a_hook_needs_secrets_that_can_be(tmp_path: Path) -> None:
    with House(tmp_path / "w") as house:
        with pytest.raises(QunxiangError, match="shop_new"):
            save(house)
        house.keychain.put("shop_new", "new", HOUSEHOLDER)
        with pytest.raises(QunxiangError) as caught:
            save(house, signed={"by": "standard", "secrets": ["shop_new"]})
        assert caught.value.code == "intake.bad_secret"
        house.keychain.put("shop_new", "whsec_bmV3", HOUSEHOLDER)
        save(house, signed={"by": "standard", "secrets": ["shop_new"]})
