"""A workspace with the little company's files in it."""

from __future__ import annotations

import pytest

from qunxiang.app import House
from tests.app.company import CUSTOMERS, ORDERS, bring, refresh, write


@pytest.fixture
def house(tmp_path):
    with House(tmp_path / "workspace") as opened:
        yield opened


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    return write(folder / "customers.csv", CUSTOMERS), write(folder / "orders.csv", ORDERS)


@pytest.fixture
def company(house, files):
    """The house with both files imported and refreshed."""
    bring(house, files[0], "customers", source="crm")
    bring(house, files[1], "orders", source="shop")
    refresh(house)
    return house
