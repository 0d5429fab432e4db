"""Sample data: brought by a job, taken away without a trace of it in the portraits, cancelled whole."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from qunxiang.app import House, SampleData
from qunxiang.errors import Cancelled
from qunxiang.governance import HOUSEHOLDER
from qunxiang.samples import AUDIENCES, Company, make_company
from tests.api.serving.conftest import CUSTOMERS, WAIT, Enter, bring, code_of, refresh

FEW = {"people": 200}


def load(client: TestClient) -> dict[str, object]:
    job = client.post("/v1/samples", params=WAIT, json=FEW).json()
    assert job["status"] == "done", job
    return job["result"]


def test_it_comes_and_goes_and_leaves_what_is_real(owner: TestClient, house: House) -> None:
    bring(owner, CUSTOMERS, "customers", "crm")
    refresh(owner)
    result = load(owner)
    assert result["imports"] == [2, 3, 4, 5, 6]
    assert sorted(result["audiences"]) == sorted(AUDIENCES)  # type: ignore[call-overload]
    found = owner.get("/v1/home").json()
    assert found["sample"] == {"loaded": True, "imports": [2, 3, 4, 5, 6]}
    assert found["people"] > 100
    assert not (house.folder / "samples.making").exists()
    assert code_of(owner.post("/v1/samples", json=FEW)) == (409, "app.samples_loaded")
    owner.put("/v1/audiences/mine", json={"rule": "in audience birthday_soon"})
    owner.put("/v1/audiences/repeat_buyers", json={"rule": "did purchase (ever)"})
    gone = owner.delete("/v1/samples", params=WAIT).json()
    assert gone["status"] == "done", gone
    # One was changed, another is asked for; both stay.
    assert set(gone["result"]["audiences"]) == AUDIENCES.keys() - {
        "birthday_soon",
        "repeat_buyers",
    }
    found = owner.get("/v1/home").json()
    assert (found["people"], found["sample"]["loaded"]) == (3, False)
    assert code_of(owner.delete("/v1/samples")) == (409, "app.no_samples")


def test_audiences_that_are_there_are_nobodys_sample(owner: TestClient) -> None:
    owner.put("/v1/audiences/repeat_buyers", json={"rule": "did purchase (ever)", "en": "Mine"})
    assert "repeat_buyers" not in load(owner)["audiences"]  # type: ignore[operator]
    owner.delete("/v1/samples", params=WAIT)
    assert owner.get("/v1/definitions/audiences/repeat_buyers").json()["en"] == "Mine"


def test_broken_off_it_is_as_if_it_had_never_begun(house: House) -> None:
    made = make_company(Company(people=200), house.folder / "made")
    stages = iter(range(6))

    def tell(step: str, _rows: int) -> None:
        if step == "identity" and next(stages) == 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        SampleData(house, HOUSEHOLDER).load(made.files, AUDIENCES, tell)
    assert house.sources.landed() == []
    loaded = SampleData(house, HOUSEHOLDER).load(made.files, AUDIENCES)
    assert len(loaded.imports) == 5
    assert loaded.refresh.people > 100


def test_a_job_is_cancelled_on_its_way(owner: TestClient) -> None:
    with owner.app.state.house.exclusive():  # type: ignore[attr-defined]
        job = owner.post("/v1/samples", json=FEW).json()
        assert job["asked"]["people"] == 200
        owner.post(f"/v1/jobs/{job['number']}/cancel")
    ended = owner.get(f"/v1/jobs/{job['number']}", params=WAIT).json()
    assert ended["status"] == "cancelled"
    assert {i["status"] for i in owner.get("/v1/imports").json()} <= {"cancelled", "undone"}
    again = owner.post(f"/v1/jobs/{job['number']}/retry").json()
    assert owner.get(f"/v1/jobs/{again['number']}", params=WAIT).json()["status"] == "done"


def test_rights(owner: TestClient, enter: Enter) -> None:
    analyst = enter("分析", "analyst")
    for method in ("post", "delete"):
        body = FEW if method == "post" else None
        refused = analyst.request(method, "/v1/samples", json=body)
        assert code_of(refused) == (403, "governance.not_allowed")
