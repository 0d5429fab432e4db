"""The first page: figures that agree with rules, what is stale, what failed, what is left to do."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from qunxiang.app import Home, House
from qunxiang.app.tables import JOBS
from qunxiang.catalog import EventDefinition
from tests.api.serving.conftest import AS_OF, CUSTOMERS, ORDERS, Enter, bring, code_of, refresh

# C3 registered long before the others were first heard of; a stranger bought without being a customer.
REGISTERED = (
    CUSTOMERS.replace("出生日期", "出生日期,注册时间,更新时间")
    .replace("\n", ",2026-09-15 08:00:00,2026-09-15 08:00:00\n")
    .replace(
        "出生日期,注册时间,更新时间,2026-09-15 08:00:00,2026-09-15 08:00:00",
        "出生日期,注册时间,更新时间",
    )
)
REGISTERED = REGISTERED.replace("1999年1月2日,2026-09-15", "1999年1月2日,2026-07-31")
STRANGER = "O9,1,13900001111,面膜,1,2026-09-30 23:59:00\n"


@pytest.fixture
def filled(owner: TestClient) -> TestClient:
    bring(owner, REGISTERED, "customers", "crm")
    bring(owner, ORDERS + STRANGER, "orders", "shop")
    refresh(owner)
    return owner


def home(client: TestClient) -> dict[str, Any]:
    answer = client.get("/v1/home")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_empty_workspace_has_a_home(owner: TestClient) -> None:
    found = home(owner)
    assert (found["as_of"], found["stale"], found["people"]) == (None, False, 0)
    assert found["growth"] == found["sources"] == found["attention"] == []
    assert [s["step"] for s in found["checklist"] if s["done"]] == ["owner"]
    assert found["sample"] == {"loaded": False, "imports": []}


def test_the_figures(filled: TestClient) -> None:
    found = home(filled)
    assert datetime.fromisoformat(found["as_of"]) == datetime.fromisoformat(AS_OF)
    assert (found["people"], found["records"]) == (4, 7)
    # C1 bought twice in September and the stranger once; C2 bought in June, C3 never.
    assert found["active_30d"] == 2
    # First heard of: C1 on 1 September (an order), C2 in June, C3 on 31 July, the stranger on the 30th.
    assert found["new_30d"] == 2
    assert found["growth"] == [
        {"month": "2026-06", "new": 1, "total": 1},
        {"month": "2026-07", "new": 1, "total": 2},
        {"month": "2026-08", "new": 0, "total": 2},
        {"month": "2026-09", "new": 2, "total": 4},
        {"month": "2026-10", "new": 0, "total": 4},
    ]
    reachable = {c["channel"]: c["people"] for c in found["reachable"]}
    assert reachable == {"phone": 4, "mail": 0, "wechat": 0}
    sources = {s["name"]: s for s in found["sources"]}
    assert (sources["shop"]["rows"], sources["shop"]["imports"]) == (4, 1)
    newest = datetime.fromisoformat(sources["shop"]["newest_event_at"])
    assert newest == datetime.fromisoformat("2026-09-30T23:59:00+08:00")
    assert sources["crm"]["newest_event_at"] is None
    assert [s["step"] for s in found["checklist"] if not s["done"]] == ["tag", "audience"]


def test_the_figures_agree_with_rules(owner: TestClient, house: House) -> None:
    owner.post("/v1/samples", params={"wait": 60}, json={"people": 300})
    found = home(owner)
    as_of = found["as_of"]
    events = " or ".join(f"did {n} (last 30 days)" for n in house.catalog.all(EventDefinition))
    asked = {"rule": events, "as_of": as_of}
    assert owner.post("/v1/count", json=asked).json()["count"] == found["active_30d"] > 0
    known = {"rule": "phone is known or phone = '1'", "as_of": as_of}
    phones = owner.post("/v1/count", json=known).json()["count"]
    reachable = {c["channel"]: c["people"] for c in found["reachable"]}
    assert phones <= reachable["phone"] <= found["people"]
    assert reachable["wechat"] > 0
    assert found["growth"][-1]["total"] == found["people"]
    totals = [m["total"] for m in found["growth"]]
    assert totals == sorted(totals)
    assert len(totals) <= 24
    assert [b - a for a, b in pairwise(totals)] == [m["new"] for m in found["growth"][1:]]


def test_the_figures_are_worked_out_once_for_each_version_of_the_data(
    filled: TestClient, house: House
) -> None:
    shown: Home = filled.app.state.home  # type: ignore[attr-defined]
    first = shown.show().figures
    assert shown.show().figures is first
    more = "会员编号,姓名\nC9,赵六六\n"
    bring(filled, more, "customers", "desk")
    assert shown.show().figures is first
    refresh(filled)
    assert home(filled)["people"] == 5
    filled.post("/v1/rebuild", params={"wait": 60, "as_of": AS_OF})
    again = home(filled)
    assert (again["people"], again["growth"][0]["month"]) == (5, "2026-06")


def test_whatever_came_since_makes_it_stale(filled: TestClient) -> None:
    assert home(filled)["stale"] is False
    filled.put("/v1/audiences/buyers", json={"rule": "did purchase (ever)"})
    found = home(filled)
    assert found["stale"] is True
    assert [s["step"] for s in found["checklist"] if not s["done"]] == ["tag"]
    refresh(filled)
    assert home(filled)["stale"] is False
    filled.post("/v1/imports/2/undo")
    assert home(filled)["stale"] is True
    refresh(filled)
    found = home(filled)
    assert (found["stale"], found["people"], len(found["sources"])) == (False, 3, 1)


def test_a_tag_of_ones_own_is_a_step(filled: TestClient) -> None:
    filled.post("/v1/tags/mood", json={})
    steps = {s["step"]: s["done"] for s in home(filled)["checklist"]}
    assert steps["tag"] is True


def test_failed_jobs_are_shown_until_done_again(filled: TestClient, house: House) -> None:
    with house.state.writing() as connection:  # as if the refresh had failed
        connection.execute(update(JOBS).where(JOBS.c.number == 3).values(status="failed"))
    (failed,) = home(filled)["attention"]
    assert (failed["number"], failed["can_retry"]) == (3, True)
    again = filled.post("/v1/jobs/3/retry").json()
    assert home(filled)["attention"] == []
    assert filled.get(f"/v1/jobs/{again['number']}", params={"wait": 60}).json()["status"] == "done"
    with house.state.writing() as connection:
        connection.execute(update(JOBS).where(JOBS.c.number == 3).values(retried=None))
    assert home(filled)["attention"] == [], "a later refresh has made up for it"


def test_rows_that_wait_to_be_mended(owner: TestClient) -> None:
    bring(owner, "订单号,金额,下单时间\nO1,5,2026-09-01\nO2,5,2026-09-02\n", "orders", "till")
    refresh(owner)
    assert home(owner)["set_aside"] == 2
    owner.post("/v1/imports/1/undo")
    assert home(owner)["set_aside"] == 0


def test_home_needs_the_right_to_read(filled: TestClient, enter: Enter) -> None:
    assert home(enter("看客", "viewer"))["people"] == 4
    told = {"name": "import", "scopes": ["import"]}
    secret = filled.post("/v1/tokens", json=told).json()["token"]
    filled.cookies.clear()
    refused = filled.get("/v1/home", headers={"Authorization": f"Bearer {secret}"})
    assert code_of(refused) == (403, "governance.not_allowed")
