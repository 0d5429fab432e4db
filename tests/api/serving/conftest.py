"""What tests of a served workspace share: one of one's own, and those who come in."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qunxiang.api import create_app
from qunxiang.app import House

AS_OF = "2026-10-01T00:00:00+08:00"
PASSWORD = "correct horse"  # noqa: S105 of a workspace that is gone in a moment
WAIT: dict[str, Any] = {"wait": 60}
CUSTOMERS = """会员编号,姓名,手机号,性别,所在城市,出生日期
C1,张三丰,13812345671,男,上海,1991-05-06
C2,李四光,138-1234-5672,女,上海市,1985/7/8
C3,王五,+86 13812345673,M,北京,1999年1月2日
"""
ORDERS = """订单号,子订单号,手机号,类目,金额,下单时间
O1,1,13812345671,面部护理,600.5,2026-09-01 10:00:00
O2,1,13812345671,面部护理,80,2026-09-20 10:00:00
O3,1,13812345672,面膜,120,2026-06-21 11:00:00
"""
Enter = Callable[..., TestClient]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "w") as opened:
        yield opened


@pytest.fixture
def owner(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house)) as client:
        answer = client.post("/v1/setup", json={"name": "老板", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF"] = answer.json()["csrf"]
        yield client


@pytest.fixture
def enter(owner: TestClient) -> Enter:
    """Return a way to come in as somebody else, by a role."""

    def come(name: str, role: str) -> TestClient:
        account = {"name": name, "password": PASSWORD, "role": role}
        assert owner.post("/v1/accounts", json=account).status_code == 201
        client = TestClient(owner.app)
        answer = client.post("/v1/session", json={"name": name, "password": PASSWORD})
        client.headers["X-CSRF"] = answer.json()["csrf"]
        return client

    return come


def csv(text: str, name: str = "crm.csv") -> dict[str, tuple[str, io.BytesIO, str]]:
    return {"file": (name, io.BytesIO(text.encode()), "text/csv")}


def bring(client: TestClient, text: str, rows: str, name: str) -> dict[str, Any]:
    told = {"rows": rows, "source": name}
    answer = client.post("/v1/imports", params=WAIT, files=csv(text, f"{name}.csv"), data=told)
    assert answer.json()["status"] == "done", answer.text
    return answer.json()["result"]


def refresh(client: TestClient, as_of: str = AS_OF) -> dict[str, Any]:
    answer = client.post("/v1/refresh", params=WAIT | {"as_of": as_of})
    assert answer.json()["status"] == "done", answer.text
    return answer.json()["result"]


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]
