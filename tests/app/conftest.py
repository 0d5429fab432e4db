"""A workspace with the little company's files in it."""

from __future__ import annotations

import shutil

import pytest

from qunxiang.app import House
from tests.app.company import CUSTOMERS, ORDERS, bring, refresh, write


def write_files(folder):
    folder.mkdir()
    return write(folder / "customers.csv", CUSTOMERS), write(folder / "orders.csv", ORDERS)


@pytest.fixture
def house(tmp_path):
    with House(tmp_path / "workspace") as opened:
        yield opened


@pytest.fixture
def files(tmp_path):
    return write_files(tmp_path / "files")


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """The folder of a workspace with both files imported and refreshed; to be copied only."""
    folder = tmp_path_factory.mktemp("template")
    customers, orders = write_files(folder / "files")
    with House(folder / "workspace") as house:
        bring(house, customers, "customers", source="crm")
        bring(house, orders, "orders", source="shop")
        refresh(house)
    return folder / "workspace"


@pytest.fixture
def company(template, files, tmp_path):
    """A house of one's own with both files imported and refreshed."""
    shutil.copytree(template, tmp_path / "workspace")
    with House(tmp_path / "workspace") as opened:
        yield opened
