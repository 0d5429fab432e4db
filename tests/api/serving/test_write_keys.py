"""Write keys over HTTP: made, listed without their secret, revoked; by whom."""

from __future__ import annotations

from fastapi.testclient import TestClient

from qunxiang.app import House
from qunxiang.governance import digest
from tests.api.serving.conftest import Enter, code_of

WISH = {
    "name": "网站",
    "source": "web",
    "kinds": ["events"],
    "per_second": 50,
    "origins": ["https://shop.example/"],
    "aliases": ["shop-app"],
}


def test_a_key_is_shown_once(owner: TestClient, house: House) -> None:
    made = owner.post("/v1/write-keys", json=WISH)
    assert made.status_code == 201
    secret = made.json()["key"]
    (told,) = owner.get("/v1/write-keys").json()
    assert told.pop("at")
    assert told == WISH | {
        "begins": secret[:12],
        "origins": ["https://shop.example"],
        "author": "老板",
    }
    assert secret not in owner.get("/v1/write-keys").text
    ((_, kept),) = house.write_keys.hashed()
    assert kept == digest(secret)
    assert secret.encode() not in (house.folder / "state.db").read_bytes()


def test_names_and_aliases_are_taken_once(owner: TestClient) -> None:
    owner.post("/v1/write-keys", json=WISH)
    for name, aliases in (("网站", []), ("other", ["shop-app"]), ("shop-app", []), ("o", ["网站"])):
        again = owner.post("/v1/write-keys", json={"name": name, "source": "x", "aliases": aliases})
        assert code_of(again) == (409, "governance.key_exists")


def test_a_revoked_key_is_gone(owner: TestClient) -> None:
    owner.post("/v1/write-keys", json=WISH)
    assert owner.delete("/v1/write-keys/网站").status_code == 204
    assert owner.get("/v1/write-keys").json() == []
    assert code_of(owner.delete("/v1/write-keys/网站")) == (404, "governance.no_key")


def test_whoever_may_not_import_makes_no_keys(owner: TestClient, enter: Enter) -> None:
    viewer = enter("看客", "viewer")
    for method, path, body in (
        ("get", "/v1/write-keys", None),
        ("post", "/v1/write-keys", WISH),
        ("delete", "/v1/write-keys/x", None),
    ):
        refused = viewer.request(method, path, json=body)
        assert code_of(refused) == (403, "governance.not_allowed")
    assert enter("运营", "marketer").post("/v1/write-keys", json=WISH).status_code == 201
    assert owner.get("/v1/write-keys").json()[0]["author"] == "运营"


def test_a_key_that_cannot_be(owner: TestClient) -> None:
    for change in ({"name": ""}, {"kinds": []}, {"kinds": ["all"]}, {"per_second": -1}):
        assert owner.post("/v1/write-keys", json=WISH | change).status_code == 422
