"""Uploads: kept for a day, looked at with corrections, tried out, imported, and theirs alone."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from qunxiang import clock
from qunxiang.app import House
from qunxiang.app.tables import UPLOADS
from qunxiang.app.uploads import Uploads
from qunxiang.governance import HOUSEHOLDER
from tests.api.serving.conftest import CUSTOMERS, ORDERS, WAIT, Enter, code_of, csv, refresh

FAULTY = "会员编号,姓名,手机号,出生日期\n" + "".join(
    f"C{i},张三丰,1381234,{'某年' if i % 2 else '1990-01-01'}\n" for i in range(30)
)


def upload(client: TestClient, text: str, name: str = "crm.csv") -> str:
    answer = client.post("/v1/uploads", files=csv(text, name))
    assert answer.status_code == 201, answer.text
    return answer.json()["upload"]


def look(client: TestClient, name: str, **asked: object) -> dict[str, Any]:
    answer = client.post(f"/v1/uploads/{name}/look", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_upload_is_kept_and_told_of(owner: TestClient) -> None:
    made = owner.post("/v1/uploads", files=csv(CUSTOMERS, "../会员.csv")).json()
    assert (made["file"], made["bytes"]) == ("会员.csv", len(CUSTOMERS.encode()))
    assert owner.get(f"/v1/uploads/{made['upload']}").json() == made
    assert owner.delete(f"/v1/uploads/{made['upload']}").status_code == 204
    gone = owner.get(f"/v1/uploads/{made['upload']}")
    assert code_of(gone) == (404, "app.no_upload")


def test_a_look_without_a_word_says_what_the_rows_are(owner: TestClient) -> None:
    found = look(owner, upload(owner, ORDERS, "shop.csv"))
    assert found["guesses"][0]["rows"] == "purchase"
    assert found["mapping"]["rows"] == "purchase"
    assert (found["rows"], found["rows_exact"]) == (3, True)
    columns = {c["column"]: c for c in found["columns"]}
    assert columns["类目"]["samples"] == ["面部护理", "面膜"]
    assert columns["手机号"]["detected"] == "phone"
    assert columns["金额"]["fill"] == 1.0
    assert look(owner, upload(owner, CUSTOMERS))["guesses"][0]["rows"] == "customers"


def test_a_look_obeys_corrections_and_the_import_after_it_too(owner: TestClient) -> None:
    name = upload(owner, "乱七八糟\n" + CUSTOMERS.replace(",", ";"), "a.csv")
    told = {"delimiter": ";", "header_row": 1}
    found = look(owner, name, rows="customers", overrides=told)
    assert found["shape"]["columns"][0] == "会员编号"
    assert found["overrides"]["header_row"] == 1
    mapping = found["mapping"]
    mapping["columns"][1]["to"] = None
    again = look(owner, name, overrides=told, mapping=mapping)
    assert again["mapping"]["columns"][1]["to"] is None
    body = {"overrides": told, "mapping": mapping}
    done = owner.post(f"/v1/uploads/{name}/import", params=WAIT, json=body).json()
    assert done["status"] == "done", done
    assert done["asked"]["overrides"]["header_row"] == 1
    assert done["result"]["landed"]["rows"] == 3
    assert done["total"] == 3
    assert refresh(owner)["people"] == 3
    assert "name" not in owner.get("/v1/persons/13812345671").json()["values"]
    assert owner.get(f"/v1/uploads/{name}").status_code == 200


def test_a_mapping_is_checked_again(owner: TestClient) -> None:
    name = upload(owner, CUSTOMERS)
    mapping = look(owner, name, rows="customers")["mapping"]
    strange = json.loads(json.dumps(mapping))
    strange["columns"][1]["to"] = "no_such_field"
    refused = owner.post(f"/v1/uploads/{name}/look", json={"mapping": strange})
    assert code_of(refused) == (422, "app.mapping_targets")
    strange["columns"][1] = {"column": "没有这列", "to": "name"}
    refused = owner.post(f"/v1/uploads/{name}/import", json={"mapping": strange})
    assert code_of(refused) == (422, "app.mapping_columns")
    assert owner.get("/v1/jobs").json() == []


def test_a_trial_shows_examples_to_those_who_may_see_them(
    owner: TestClient, enter: Enter, house: House
) -> None:
    marketer, viewer = enter("小市", "marketer"), enter("看客", "viewer")
    name = upload(marketer, FAULTY)
    body = {"rows": "customers", "dry_run": True}
    job = marketer.post(f"/v1/uploads/{name}/import", params=WAIT, json=body).json()
    trial = job["result"]["trial"]
    assert trial["rows"] == 30
    assert [(r["code"], r["count"]) for r in trial["reasons"]] == [
        ("phone.too_short", 30),
        ("date.unreadable", 15),
    ]
    assert trial["reasons"][0]["message"] == "号码太短"
    short = [e for e in trial["examples"] if e["code"] == "phone.too_short"]
    assert len(short) == 20
    assert short[0] == {
        "code": "phone.too_short",
        "message": "号码太短",
        "column": "手机号",
        "row": 2,
        "value": "1381234",
    }
    place = f"/v1/jobs/{job['number']}"
    assert "1381234" in owner.get(place).text  # holds `personal`
    seen = viewer.get(place)
    assert seen.status_code == 200
    assert "1381234" not in seen.text
    assert {e["value"] for e in seen.json()["result"]["trial"]["examples"]} == {None}
    assert b"1381234" not in (house.folder / "state.db").read_bytes()
    assert marketer.delete(f"/v1/uploads/{name}").status_code == 204
    assert "1381234" not in marketer.get(place).text


def test_an_upload_is_its_authors_alone(owner: TestClient, enter: Enter) -> None:
    one, other, viewer = (
        enter("甲", "marketer"),
        enter("乙", "manager"),
        enter("看客", "viewer"),
    )
    name = upload(one, CUSTOMERS)
    for method, path in (
        ("get", f"/v1/uploads/{name}"),
        ("post", f"/v1/uploads/{name}/look"),
        ("post", f"/v1/uploads/{name}/import"),
        ("delete", f"/v1/uploads/{name}"),
    ):
        body = {} if method == "post" else None
        assert code_of(other.request(method, path, json=body)) == (404, "app.no_upload")
        refused = viewer.request(method, path, json=body)
        assert code_of(refused) == (403, "governance.not_allowed")
    assert code_of(viewer.post("/v1/uploads", files=csv(CUSTOMERS)))[0] == 403
    assert owner.get(f"/v1/uploads/{name}").status_code == 200


def test_an_upload_goes_after_a_day_and_not_before(owner: TestClient, house: House) -> None:
    uploads = Uploads(house)
    old, young = upload(owner, CUSTOMERS), upload(owner, ORDERS)
    uploads.sweep_strays()  # as at the next start
    assert owner.get(f"/v1/uploads/{old}").status_code == 200
    yesterday = (clock.now() - timedelta(hours=25)).isoformat()
    with house.state.writing() as connection:
        connection.execute(update(UPLOADS).where(UPLOADS.c.upload == old).values(at=yesterday))
    assert code_of(owner.get(f"/v1/uploads/{old}")) == (404, "app.no_upload")
    assert code_of(owner.post(f"/v1/uploads/{old}/look", json={}))[0] == 404
    uploads.sweep()
    assert {p.name for p in house.folder.glob("uploads/*")} == {young}


def test_an_erasure_drops_what_is_kept(owner: TestClient, house: House) -> None:
    name = upload(owner, CUSTOMERS)
    owner.post(f"/v1/uploads/{name}/import", params=WAIT, json={"rows": "customers"})
    refresh(owner)
    receipt = owner.delete("/v1/persons/13812345671").json()
    assert receipt["stores"]["uploads"] == 1
    assert list(house.folder.glob("uploads/*")) == []
    assert owner.get(f"/v1/uploads/{name}").status_code == 404


def test_a_failed_import_is_retried_while_its_file_is_kept(owner: TestClient, house: House) -> None:
    name = upload(owner, CUSTOMERS)
    with house.exclusive():  # so that the job waits, and can be cancelled
        job = owner.post(f"/v1/uploads/{name}/import", json={"rows": "customers"}).json()
        cancelled = owner.post(f"/v1/jobs/{job['number']}/cancel").json()
    ended = owner.get(f"/v1/jobs/{job['number']}", params=WAIT).json()
    assert (cancelled["cancelling"], ended["status"]) == (True, "cancelled")
    assert ended["can_retry"] is True
    assert ended["can_cancel"] is False
    again = owner.post(f"/v1/jobs/{job['number']}/retry").json()
    assert owner.get(f"/v1/jobs/{again['number']}", params=WAIT).json()["status"] == "done"
    first = owner.get(f"/v1/jobs/{job['number']}").json()
    assert (first["retried"], first["can_retry"]) == (again["number"], False)
    for number in (job["number"], again["number"]):
        assert code_of(owner.post(f"/v1/jobs/{number}/retry")) == (409, "app.cannot_retry")


def test_an_import_without_its_file_says_so(owner: TestClient, house: House) -> None:
    with house.exclusive():
        told = {"rows": "customers", "source": "crm"}
        job = owner.post("/v1/imports", files=csv(CUSTOMERS), data=told).json()
        owner.post(f"/v1/jobs/{job['number']}/cancel")
    ended = owner.get(f"/v1/jobs/{job['number']}", params=WAIT).json()
    assert (ended["status"], ended["can_retry"]) == ("cancelled", False)
    refused = owner.post(f"/v1/jobs/{job['number']}/retry")
    assert code_of(refused) == (409, "app.upload_gone")


def test_imports_and_what_they_set_aside(owner: TestClient, enter: Enter) -> None:
    viewer = enter("看客", "viewer")
    name = upload(owner, FAULTY)
    owner.post(f"/v1/uploads/{name}/import", params=WAIT, json={"rows": "customers"})
    before = owner.get("/v1/imports").json()[0]
    assert (before["kind"], before["rows"], before["set_aside_values"]) == ("customers", 30, None)
    refresh(owner)
    one = viewer.get("/v1/imports").json()[0]
    assert (one["set_aside_rows"], one["set_aside_values"]) == (0, 45)
    assert (one["can_undo"], owner.get("/v1/imports").json()[0]["can_undo"]) == (False, True)
    detail = viewer.get("/v1/imports/1", headers={"Accept-Language": "en"}).json()
    assert [(g["code"], g["column"], g["count"]) for g in detail["groups"]] == [
        ("phone.too_short", "手机号", 30),
        ("date.unreadable", "出生日期", 15),
    ]
    assert detail["reasons"][0]["message"] == "The number is too short"
    assert detail["groups"][0]["remedy"] == "Check for missing digits"
    assert "1381234" not in json.dumps(detail)
    asked = {"code": "date.unreadable", "limit": 3}
    rows = owner.get("/v1/imports/1/set-aside/rows", params=asked).json()
    assert [r["row"] for r in rows] == [3, 5, 7]
    assert rows[0]["cells"]["会员编号"] == "C1"
    assert {f["code"] for f in rows[0]["faults"]} == {"phone.too_short", "date.unreadable"}
    refused = viewer.get("/v1/imports/1/set-aside/rows")
    assert code_of(refused) == (403, "governance.not_allowed")
    assert code_of(owner.get("/v1/imports/9")) == (404, "sources.no_import")
    assert owner.post("/v1/imports/1/undo").json()["status"] == "undone"


@pytest.mark.parametrize("name", [".examples-1.json", "名" * 300, "..", ""])
def test_any_name_of_a_file_will_do(house: House, name: str) -> None:
    uploads = Uploads(house)
    kept = uploads.keep(name, io.BytesIO(b"a,b\n1,2\n"), HOUSEHOLDER)
    assert uploads.path(kept).read_bytes() == b"a,b\n1,2\n"
    assert not kept.file.startswith(".")
