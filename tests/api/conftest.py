"""The little company behind HTTP: its owner, and a viewer who may not see personal values."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from qunxiang.api import create_app
from qunxiang.app import House
from qunxiang.governance import HOUSEHOLDER, Scope
from tests.app.company import CUSTOMERS, ORDERS, bring, refresh, write


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace with both files imported and refreshed; to be copied only."""
    folder = tmp_path_factory.mktemp("template")
    with House(folder / "workspace") as house:
        bring(house, write(folder / "customers.csv", CUSTOMERS), "customers", source="crm")
        bring(house, write(folder / "orders.csv", ORDERS), "orders", source="shop")
        refresh(house)
    return folder / "workspace"


@pytest.fixture
def house(template: Path, tmp_path: Path) -> Iterator[House]:
    shutil.copytree(template, tmp_path / "workspace")
    with House(tmp_path / "workspace") as opened:
        yield opened


def client_with(house: House, *scopes: Scope) -> TestClient:
    secret = house.accounts.create_token("-".join(scopes), scopes, author=HOUSEHOLDER)
    return TestClient(create_app(house), headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def owner(house: House) -> TestClient:
    return client_with(house, *HOUSEHOLDER.scopes)


@pytest.fixture
def viewer(house: House) -> TestClient:
    return client_with(house, "read")


@pytest.fixture
def analyst(house: House) -> TestClient:
    return client_with(house, "read", "define")
