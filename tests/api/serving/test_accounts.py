"""Accounts, roles, passwords and tokens: who manages them, and that changes hold at once."""

from __future__ import annotations

import pytest
from argon2 import Parameters, PasswordHasher, Type, extract_parameters
from fastapi.testclient import TestClient

from qunxiang.app import House
from qunxiang.governance import ROLES, SCOPES, passwords
from tests.api.serving.conftest import CUSTOMERS, PASSWORD, Enter, code_of, csv

OTHER = "another horse"


def test_accounts_are_listed_with_when_they_were_seen(owner: TestClient, enter: Enter) -> None:
    enter("看客", "viewer").get("/v1/session")
    owner.post("/v1/accounts", json={"name": "新人", "password": PASSWORD, "role": "analyst"})
    found = owner.get("/v1/accounts").json()
    assert [(a["name"], a["role"]) for a in found] == [
        ("老板", "owner"),
        ("看客", "viewer"),
        ("新人", "analyst"),
    ]
    assert [a["last_seen"] is not None for a in found] == [True, True, False]
    assert "password" not in found[0]


def test_a_changed_role_holds_at_once(owner: TestClient, enter: Enter) -> None:
    someone = enter("某人", "viewer")
    assert someone.post("/v1/refresh").status_code == 403
    changed = owner.patch("/v1/accounts/某人", json={"role": "marketer"})
    assert (changed.status_code, changed.json()["role"]) == (200, "marketer")
    assert someone.post("/v1/refresh").status_code == 202
    owner.patch("/v1/accounts/某人", json={"role": "viewer"})
    assert someone.post("/v1/refresh").status_code == 403


def test_an_owner_stays(owner: TestClient, enter: Enter) -> None:
    for method, body in (("delete", None), ("patch", {"role": "manager"})):
        refused = owner.request(method, "/v1/accounts/老板", json=body)
        assert code_of(refused) == (409, "governance.last_owner")
    assert owner.get("/v1/session").json()["name"] == "老板", "nothing of it took effect"
    second = enter("二老板", "owner")
    assert second.delete("/v1/accounts/老板").status_code == 204
    assert owner.get("/v1/session").status_code == 401
    assert [a["name"] for a in second.get("/v1/accounts").json()] == ["二老板"]


def test_who_is_removed_is_out_and_whoever_takes_the_name_begins_anew(
    owner: TestClient, enter: Enter
) -> None:
    one = enter("某人", "marketer")
    one.put("/v1/preferences/theme", json={"value": "dark"})
    upload = one.post("/v1/uploads", files=csv(CUSTOMERS)).json()["upload"]
    assert owner.delete("/v1/accounts/某人").status_code == 204
    assert one.get("/v1/session").status_code == 401
    again = enter("某人", "marketer")
    assert one.get("/v1/session").status_code == 401, "the old session is not theirs"
    assert again.get("/v1/preferences/theme").json()["of"] == "nobody"
    assert code_of(again.get(f"/v1/uploads/{upload}")) == (404, "app.no_upload")
    assert code_of(owner.delete("/v1/accounts/谁")) == (404, "governance.no_account")


def test_a_new_password_ends_the_other_sessions(owner: TestClient, enter: Enter) -> None:
    one = enter("某人", "viewer")
    other = TestClient(owner.app)
    other.post("/v1/session", json={"name": "某人", "password": PASSWORD})
    wrong = one.put("/v1/session/password", json={"old": "wrong", "new": OTHER})
    assert code_of(wrong) == (401, "governance.wrong_password")
    short = one.put("/v1/session/password", json={"old": PASSWORD, "new": "short"})
    assert code_of(short)[1] == "governance.password_too_short"
    done = one.put("/v1/session/password", json={"old": PASSWORD, "new": OTHER})
    assert done.status_code == 204, done.text
    assert one.get("/v1/session").status_code == 200
    assert other.get("/v1/session").status_code == 401
    old = other.post("/v1/session", json={"name": "某人", "password": PASSWORD})
    assert old.status_code == 401
    assert owner.patch("/v1/accounts/某人", json={"password": PASSWORD}).status_code == 200
    assert one.get("/v1/session").status_code == 401
    again = one.post("/v1/session", json={"name": "某人", "password": PASSWORD})
    assert again.status_code == 200


def test_only_admins_manage_and_give_no_more_than_they_hold(
    owner: TestClient, enter: Enter
) -> None:
    manager = enter("经理", "manager")
    for method, path, body in (
        ("get", "/v1/accounts", None),
        ("patch", "/v1/accounts/老板", {"role": "viewer"}),
        ("delete", "/v1/accounts/老板", None),
        ("get", "/v1/tokens", None),
        ("get", "/v1/audit", None),
    ):
        refused = manager.request(method, path, json=body)
        assert code_of(refused) == (403, "governance.not_allowed"), path
    told = {"name": "hr", "scopes": ["admin", "read"]}
    secret = owner.post("/v1/tokens", json=told).json()["token"]
    hr = TestClient(owner.app, headers={"Authorization": f"Bearer {secret}"})
    account = {"name": "x", "password": PASSWORD, "role": "owner"}
    assert code_of(hr.post("/v1/accounts", json=account)) == (403, "governance.not_allowed")
    promoted = hr.patch("/v1/accounts/经理", json={"role": "owner"})
    assert code_of(promoted) == (403, "governance.not_allowed")
    stolen = hr.patch("/v1/accounts/老板", json={"password": OTHER})
    assert code_of(stolen) == (403, "governance.not_allowed")
    assert hr.post("/v1/accounts", json=account | {"role": "viewer"}).status_code == 201
    token_only = hr.put("/v1/session/password", json={"old": PASSWORD, "new": OTHER})
    assert code_of(token_only) == (401, "governance.not_signed_in")
    used = {t["name"]: t for t in owner.get("/v1/tokens").json()}["hr"]
    assert (used["author"], used["scopes"]) == ("老板", ["admin", "read"])
    assert used["last_used"] is not None


def test_roles_are_told_in_both_languages(enter: Enter) -> None:
    found = {r["role"]: r for r in enter("看客", "viewer").get("/v1/roles").json()}
    assert list(found) == list(ROLES)
    assert [s["scope"] for s in found["owner"]["scopes"]] == list(SCOPES)
    assert found["viewer"]["zh"] == "访客"
    for role in found.values():
        assert role["about_zh"].endswith("。")
        assert role["about_en"].endswith(".")


def test_all_of_it_is_in_the_trail(owner: TestClient, enter: Enter, house: House) -> None:
    one = enter("某人", "viewer")
    one.put("/v1/session/password", json={"old": PASSWORD, "new": OTHER})
    owner.patch("/v1/accounts/某人", json={"role": "analyst", "password": PASSWORD})
    owner.delete("/v1/accounts/某人")
    entries = owner.get("/v1/audit", params={"limit": 5}).json()
    assert [(e["who"], e["what"]) for e in entries] == [
        ("老板", "delete account"),
        ("老板", "change password"),
        ("老板", "change role"),
        ("某人", "change password"),
        ("某人", "sign in"),
    ]
    assert entries[2]["details"] == {"account": "某人", "role": "analyst"}
    before = entries[-1]["number"]
    earlier = owner.get("/v1/audit", params={"before": before}).json()
    assert [e["number"] for e in earlier] == list(range(before - 1, 0, -1))
    assert house.audit.first_broken() is None
    assert OTHER not in str(entries)


@pytest.mark.parametrize("body", [{"role": "king"}, {"role": 3}])
def test_there_are_no_other_roles(owner: TestClient, body: dict[str, object]) -> None:
    assert code_of(owner.patch("/v1/accounts/老板", json=body)) == (422, "api.invalid")


def test_passwords_cost_what_is_advised(hasher_of_production: PasswordHasher) -> None:
    """As RFC 9106 has it where memory is short; and as much where nobody has the name."""
    kept = [hasher_of_production.hash(PASSWORD), passwords.hash_password(PASSWORD)]
    advised = Parameters(Type.ID, 19, 16, 32, time_cost=3, memory_cost=65_536, parallelism=4)
    assert extract_parameters(kept[0]) == advised
    assert extract_parameters(passwords._decoy()) == extract_parameters(kept[1])
    assert passwords.is_password(PASSWORD, kept[1])
    assert not passwords.is_password(OTHER, kept[1])
    assert not passwords.is_password(PASSWORD, None)
