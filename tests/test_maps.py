"""The maps: every region that cleaning names is on them, and a workspace may bring its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qunxiang.api import create_app
from qunxiang.app import House
from qunxiang.cleaning.divisions import load_divisions


def _client(house: House) -> TestClient:
    client = TestClient(create_app(house))
    assert client.post("/v1/setup", json={"name": "o", "password": "correct horse"}).is_success
    return client


def _names(client: TestClient, code: str) -> set[str]:
    shape: dict[str, Any] = client.get(f"/v1/maps/{code}").json()
    return {f["properties"]["name"] for f in shape["features"]}


def test_every_province_that_cleaning_knows_is_on_the_map(tmp_path: Path) -> None:
    with House(tmp_path / "w") as house:
        known = {d.province for d in load_divisions()}
        assert known <= _names(_client(house), "100000")


@pytest.mark.parametrize(
    ("code", "cities"), [("370000", {"济南市", "青岛市"}), ("440000", {"广州市"})]
)
def test_a_province_has_its_cities_and_no_city_that_is_gone(
    tmp_path: Path, code: str, cities: set[str]
) -> None:
    with House(tmp_path / "w") as house:
        names = _names(_client(house), code)
        assert cities <= names
        assert "莱芜市" not in names


def test_a_map_of_the_workspace_takes_the_place_of_ours(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    (folder / "maps").mkdir(parents=True)
    own = {"type": "FeatureCollection", "features": []}
    (folder / "maps" / "310000.json").write_text(json.dumps(own), encoding="utf-8")
    (folder / "settings.toml").write_text('map_approval = "GS(2026)1号"\n', encoding="utf-8")
    with House(folder) as house:
        client = _client(house)
        assert client.get("/v1/maps/310000").json() == own
        told = client.get("/v1/maps").json()
        assert told["own"] == ["310000"]
        assert told["approval"] == "GS(2026)1号"
        missing = client.get("/v1/maps/999999")
        assert (missing.status_code, missing.json()["code"]) == (404, "api.no_map")
        assert client.get("/v1/maps/..%2Fsecret").status_code in {404, 422}


def test_nobody_sees_maps_without_signing_in(tmp_path: Path) -> None:
    with House(tmp_path / "w") as house:
        assert TestClient(create_app(house)).get("/v1/maps").status_code == 401
