"""The HTTP door: sign-in, rights, masking, and the whole way from a file to an audience."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qunxiang.api import create_app
from qunxiang.app import KINDS, House

SNAPSHOT = Path(__file__).parent / "snapshots" / "openapi.json"
CUSTOMERS = """会员编号,姓名,手机号,性别,所在城市,出生日期
C1,张三丰,13812345671,男,上海,1991-05-06
C2,李四光,138-1234-5672,女,上海市,1985/7/8
C3,王五,+86 13812345673,M,北京,1999年1月2日
"""
ORDERS = """订单号,子订单号,手机号,类目,金额,下单时间
O1,1,13812345671,面部护理,600.5,2026-09-01 10:00:00
O2,1,13812345671,面部护理,80,2026-09-20 10:00:00
O3,1,13812345672,面膜,120,2026-09-21 11:00:00
"""
AS_OF = "2026-10-01T00:00:00+08:00"
WAIT: dict[str, Any] = {"wait": 60}
RULE = "city = '上海' and sum(purchase.amount, last 30 days) > 500"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "w") as opened:
        yield opened


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house)) as opened:
        yield opened


@pytest.fixture
def owner(client: TestClient) -> TestClient:
    answer = client.post("/v1/setup", json={"name": "老板", "password": "correct horse"})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF"] = answer.json()["csrf"]
    return client


def bring(client: TestClient, text: str, rows: str, name: str) -> dict[str, object]:
    upload = {"file": (f"{name}.csv", io.BytesIO(text.encode()), "text/csv")}
    told = {"rows": rows, "source": name}
    answer = client.post("/v1/imports", params=WAIT, files=upload, data=told)
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "done", answer.text
    return answer.json()["result"]


def refresh(client: TestClient) -> dict[str, Any]:
    answer = client.post("/v1/refresh", params=WAIT | {"as_of": AS_OF})
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "done", answer.text
    return answer.json()["result"]


@pytest.fixture
def filled(owner: TestClient) -> TestClient:
    bring(owner, CUSTOMERS, "customers", "crm")
    bring(owner, ORDERS, "orders", "shop")
    assert refresh(owner)["people"] == 3
    return owner


def token(client: TestClient, *scopes: str) -> dict[str, str]:
    answer = client.post("/v1/tokens", json={"name": "-".join(scopes), "scopes": list(scopes)})
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def test_openapi_is_the_snapshot(client: TestClient) -> None:
    found = json.dumps(client.app.openapi(), ensure_ascii=False, indent=1, sort_keys=True)  # type: ignore[attr-defined]
    assert found + "\n" == SNAPSHOT.read_text(encoding="utf-8"), (
        "renew tests/snapshots/openapi.json if this is meant"
    )


def test_nothing_is_open_but_status(client: TestClient) -> None:
    client.post("/v1/setup", json={"name": "o", "password": "correct horse"})
    client.cookies.clear()
    for path, methods in client.app.openapi()["paths"].items():  # type: ignore[attr-defined]
        for method in methods:
            if path in {"/v1/status", "/v1/setup"} or (path, method) == ("/v1/session", "post"):
                continue
            address = (
                path.replace("{kind}", "fields")
                .replace("{name}", "x")
                .replace("{number}", "1")
                .replace("{who}", "x")
            )
            if "export/" in address:
                address = "/v1/export/csv"
            answer = client.request(method, address, json={})
            assert answer.status_code in {401, 422}, f"{method} {path}: {answer.status_code}"
            if answer.status_code == 422:
                assert answer.json()["code"] == "api.invalid"


def test_set_up_happens_once(owner: TestClient) -> None:
    again = owner.post("/v1/setup", json={"name": "x", "password": "correct horse"})
    assert again.status_code == 409
    assert again.json()["code"] == "governance.already_set_up"


def test_sign_in_and_out(owner: TestClient) -> None:
    assert owner.get("/v1/session").json()["name"] == "老板"
    wrong = owner.post("/v1/session", json={"name": "老板", "password": "wrong"})
    unknown = owner.post("/v1/session", json={"name": "nobody", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert owner.delete("/v1/session").status_code == 204
    assert owner.get("/v1/session").status_code == 401


def test_changes_need_the_csrf_word(owner: TestClient) -> None:
    refused = owner.post("/v1/refresh", headers={"X-CSRF": "guess"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "governance.csrf"


def test_cookie_is_kept_from_scripts(client: TestClient) -> None:
    answer = client.post("/v1/setup", json={"name": "o", "password": "correct horse"})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_from_files_to_an_audience(filled: TestClient) -> None:
    found = filled.post("/v1/count", json={"rule": RULE, "as_of": AS_OF}).json()
    assert (found["count"], found["total"]) == (1, 3)
    assert [p["so_far"] for p in found["steps"]["parts"]] == [2, 1]
    assert "上海" in found["sentence"]
    tree = filled.post("/v1/count", json={"rule": found["rule"], "as_of": AS_OF}).json()
    assert tree["count"] == 1
    saved = filled.put("/v1/audiences/vip", json={"rule": RULE, "zh": "大客户"})
    assert saved.status_code == 200, saved.text
    refresh(filled)
    history = filled.get("/v1/audiences/vip/history").json()
    assert (history[0]["count"], history[0]["entered"]) == (1, 1)
    members = filled.post(
        "/v1/members", json={"audience": "vip", "columns": ["name", "phone"], "as_of": AS_OF}
    ).json()
    assert members["rows"][0]["name"] == "张三丰"
    assert members["rows"][0]["phone"] == "+8613812345671"


def test_why(filled: TestClient) -> None:
    reason = filled.post(
        "/v1/why", json={"rule": RULE, "person": "13812345672", "as_of": AS_OF}
    ).json()
    assert reason["holds"] is False
    assert [p["holds"] for p in reason["parts"]] == [True, False]
    assert reason["parts"][1]["value"] in {120, "120.0000"}


def test_personal_fields_are_masked_without_the_right(filled: TestClient) -> None:
    reader = token(filled, "read")
    filled.cookies.clear()
    rows = filled.post(
        "/v1/members", json={"columns": ["name", "phone", "city"]}, headers=reader
    ).json()["rows"]
    assert {r["name"] for r in rows} == {"张**", "李**", "王**"}
    assert all("****" in r["phone"] for r in rows)
    card = filled.get(f"/v1/persons/{rows[0]['person']}", headers=reader).json()
    assert "1381234567" not in json.dumps(card)
    refused = filled.post("/v1/count", json={"rule": "phone = '13812345671'"}, headers=reader)
    assert refused.status_code == 403 or refused.json()["code"] == "language.field_hidden"
    assert filled.post("/v1/export/csv", json={}, headers=reader).status_code == 403
    assert filled.delete("/v1/persons/13812345671", headers=reader).status_code == 403


def test_problems_speak_both_languages(filled: TestClient) -> None:
    body = {"rule": "citty = '上海'"}
    zh = filled.post("/v1/count", json=body, headers={"Accept-Language": "zh-CN"})
    en = filled.post("/v1/count", json=body, headers={"Accept-Language": "en"})
    assert zh.headers["content-type"].startswith("application/problem+json")
    assert zh.json()["code"] == en.json()["code"] == "language.field_unknown"
    assert zh.json()["title"] != en.json()["title"]
    assert "city" in en.json()["details"]["suggestions"]
    assert en.json()["where"] == "0-5"


def test_export_is_a_file(filled: TestClient) -> None:
    answer = filled.post("/v1/export/csv", json={"columns": ["name"]})
    assert answer.status_code == 200
    assert answer.content.decode("utf-8-sig").count("\n") == 4


def test_set_aside_rows_are_mended(owner: TestClient) -> None:
    bad = CUSTOMERS.replace("13812345671", "1381234")
    brought = bring(owner, bad, "customers", "crm")
    refresh(owner)
    rows = owner.get(f"/v1/imports/{brought['number']}/set-aside").content.decode("utf-8-sig")
    assert rows.count("\n") == 2
    assert "phone.too_short" in rows
    mended = rows.replace("1381234,", "13812345671,")
    upload = {"file": ("mended.csv", io.BytesIO(mended.encode()), "text/csv")}
    answer = owner.post("/v1/imports/mend", params=WAIT, files=upload)
    assert answer.json()["status"] == "done", answer.text
    assert refresh(owner)["people"] == 3
    assert owner.get("/v1/persons/13812345671").json()["name"] == "张三丰"


def test_erase_and_export_one_person(filled: TestClient) -> None:
    package = filled.get("/v1/persons/13812345671/export").json()
    assert sum(len(r["rows"]) for r in package["held"]["landing log"]) == 3
    receipt = filled.delete("/v1/persons/13812345671").json()
    assert receipt["found_after"] == 0
    assert receipt["stores"]["landing log"] == 3
    assert filled.get("/v1/persons/13812345671").status_code == 404
    assert filled.get("/v1/status").json()["people"] == 2


def test_definitions_are_checked_before_they_are_kept(filled: TestClient) -> None:
    unknown = {"rule": {"node": "compare", "field": "no_such", "op": "eq", "value": 1}}
    assert (
        filled.put("/v1/definitions/audiences/a", json=unknown).json()["code"]
        == "language.field_unknown"
    )
    ring = {
        "how": {
            "kind": "rule",
            "rule": {"node": "compare", "field": "me", "op": "eq", "value": True},
        }
    }
    assert filled.put("/v1/definitions/tags/me", json=ring).json()["code"] in {
        "tags.cycle",
        "language.field_unknown",
    }
    fine = {
        "how": {
            "kind": "rule",
            "rule": {"node": "compare", "field": "city", "op": "eq", "value": "上海"},
        }
    }
    assert filled.put("/v1/definitions/tags/in_shanghai", json=fine).json() == {
        "name": "in_shanghai",
        "version": 1,
    }
    refresh(filled)
    assert filled.post("/v1/count", json={"rule": "in_shanghai = true"}).json()["count"] == 2


def test_a_job_is_watched_and_cancelled_over_http(owner: TestClient) -> None:
    upload = {"file": ("crm.csv", io.BytesIO(CUSTOMERS.encode()), "text/csv")}
    told = {"rows": "customers", "source": "crm"}
    asked = owner.post("/v1/imports", files=upload, data=told)
    assert asked.status_code == 202
    place = asked.headers["Location"]
    ended = owner.get(place, params=WAIT)
    assert ended.status_code == 200
    assert ended.json()["result"]["landed"]["rows"] == 3
    assert owner.post(f"{place}/cancel").json()["status"] == "done"
    assert [j["what"] for j in owner.get("/v1/jobs").json()] == ["import"]
    assert owner.get("/v1/jobs/77").json()["code"] == "app.no_job"
    assert owner.post("/v1/jobs/1/cancel", headers=token(owner, "read")).status_code == 403


def test_what_is_plainly_wrong_with_a_file_is_said_at_once(owner: TestClient) -> None:
    upload = {"file": ("empty.csv", io.BytesIO(b""), "text/csv")}
    answer = owner.post("/v1/imports", files=upload, data={"rows": "customers"})
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert owner.get("/v1/jobs").json() == []


def test_rebuild_gives_the_same_people(filled: TestClient) -> None:
    before = filled.post("/v1/count", json={"rule": RULE, "as_of": AS_OF}).json()["count"]
    done = filled.post("/v1/rebuild", params=WAIT | {"as_of": AS_OF}).json()
    assert done["status"] == "done"
    assert done["result"]["people"] == 3
    after = filled.post("/v1/count", json={"rule": RULE, "as_of": AS_OF}).json()["count"]
    assert after == before == 1


# ── lists and manual tags ────────────────────────────────────────────────────────────────────────


def sheet(text: str) -> dict[str, tuple[str, io.BytesIO, str]]:
    return {"file": ("people.csv", io.BytesIO(text.encode()), "text/csv")}


def test_a_list_by_every_way(filled: TestClient) -> None:
    made = filled.post("/v1/lists/vip", json={"zh": "贵宾", "people": ["C1", "nobody"]})
    assert made.status_code == 201, made.text
    assert (made.json()["changed"], made.json()["unknown"]) == (1, 1)
    assert filled.post("/v1/lists/vip", json={}).json()["code"] == "app.list_exists"
    rule = filled.post("/v1/lists/vip/people", json={"rule": "city = '上海'"}).json()
    assert (rule["people"], rule["changed"], rule["count"]) == (2, 1, 2)
    file = "name,mobile\n王五,138 1234 5673\n谁,13700000000\n"
    form = {"column": "mobile"}
    brought = filled.post("/v1/lists/vip/file", files=sheet(file), data=form).json()
    assert (brought["by"], brought["changed"], brought["count"]) == ("phone", 1, 3)
    assert brought["unknown_names"][0] | {"reason": ""} == {
        "row": "3", "name": "13700000000", "reason": ""
    }  # fmt: skip
    lost = filled.post("/v1/unknown", files=sheet(file), data=form)
    assert lost.content.decode("utf-8-sig").splitlines()[1].startswith("3,13700000000,")
    assert filled.post("/v1/count", json={"rule": "in list vip"}).json()["count"] == 3
    rows = filled.post("/v1/lists/vip/members", json={"columns": ["name"], "limit": 2}).json()
    assert (rows["total"], len(rows["rows"])) == (3, 2)
    assert filled.delete("/v1/lists/vip/people/C1").json()["count"] == 2
    off = filled.post("/v1/lists/vip/people/remove", json={"people": ["C2"]}).json()
    assert off["count"] == 1
    off = filled.post("/v1/lists/vip/file", files=sheet(file), data=form | {"action": "remove"})
    assert off.json()["count"] == 0
    assert [(s["name"], s["count"]) for s in filled.get("/v1/lists").json()] == [("vip", 0)]
    assert len(filled.get("/v1/lists/vip").json()["changes"]) == 6
    assert filled.post("/v1/lists/vip/people", json={}).json()["code"] == "api.invalid"
    filled.put("/v1/audiences/vips", json={"rule": "in list vip"})
    assert filled.delete("/v1/lists/vip").json()["code"] == "app.list_in_use"
    assert filled.delete("/v1/definitions/lists/vip").json()["code"] == "app.list_in_use"
    filled.delete("/v1/definitions/audiences/vips")
    assert filled.delete("/v1/lists/vip").status_code == 204
    assert filled.get("/v1/lists/vip").status_code == 404


def test_manual_tags(filled: TestClient) -> None:
    body = {"values": ["好", "坏"], "zh": "心情"}
    assert filled.post("/v1/tags/mood", json=body).status_code == 201
    given = filled.put("/v1/tags/mood/people/13812345671", json={"value": "好"})
    assert given.json()["changed"] == 1, given.text
    refused = filled.put("/v1/tags/mood/people/C1", json={"value": "一般"})
    assert refused.json()["code"] == "tags.value_not_allowed"
    assert filled.put("/v1/tags/mood/people/C9", json={"value": "好"}).status_code == 404
    file = "id,v\nC2,坏\nC3,一般\n"
    form = {"column": "id", "value_column": "v"}
    done = filled.post("/v1/tags/mood/file", files=sheet(file), data=form).json()
    assert (done["by"], done["changed"], done["unknown"]) == ("user_id", 1, 1)
    neither = filled.post("/v1/tags/mood/file", files=sheet(file), data={"column": "id"})
    assert neither.json()["code"] == "api.invalid"
    assert filled.get("/v1/tags/mood").json()["values"] == {"好": 1, "坏": 1}
    assert filled.get("/v1/tags/mood/people").json()["total"] == 2
    assert filled.get("/v1/tags/mood/people", params={"value": "坏"}).json()["total"] == 1
    assert filled.get("/v1/tags/mood/people/C2").json()["value"] == "坏"
    filled.post("/v1/refresh", params=WAIT | {"as_of": AS_OF})
    assert filled.post("/v1/count", json={"rule": "mood = '坏'"}).json()["count"] == 1
    assert filled.delete("/v1/tags/mood/people/C2").json()["changed"] == 1
    assert filled.get("/v1/tags/mood/people/C2").json()["value"] is None


def test_whoever_only_reads_changes_no_list_and_no_tag(filled: TestClient) -> None:
    filled.post("/v1/lists/vip", json={"people": ["C1"]})
    filled.post("/v1/tags/mood", json={})
    reader = token(filled, "read")
    filled.cookies.clear()
    assert filled.get("/v1/lists/vip", headers=reader).json()["count"] == 1
    asked = {"columns": ["name"]}
    rows = filled.post("/v1/lists/vip/members", json=asked, headers=reader).json()["rows"]
    assert [r["name"] for r in rows] == ["张**"]
    for method, path, body in (
        ("post", "/v1/lists/other", {}),
        ("post", "/v1/lists/vip/people", {"people": ["C2"]}),
        ("post", "/v1/lists/vip/people/remove", {"people": ["C1"]}),
        ("delete", "/v1/lists/vip/people/C1", None),
        ("delete", "/v1/lists/vip", None),
        ("post", "/v1/tags/other", {}),
        ("put", "/v1/tags/mood/people/C1", {"value": "好"}),
        ("delete", "/v1/tags/mood/people/C1", None),
    ):
        answer = filled.request(method, path, json=body, headers=reader)
        assert answer.status_code == 403, f"{method} {path}: {answer.text}"
    for path in ("/v1/lists/vip/file", "/v1/tags/mood/file", "/v1/unknown"):
        answer = filled.post(path, files=sheet("id\nC1\n"), headers=reader)
        assert answer.status_code == 403, path


def test_every_kind_of_definition_has_its_routes(filled: TestClient) -> None:
    for kind in KINDS:
        found = filled.get(f"/v1/definitions/{kind}")
        assert found.status_code == 200, kind
    assert filled.get("/v1/audiences/nobody/history").json()["code"] == "catalog.not_found"
    wrong = filled.post("/v1/portrait", json={"columns": ["citty"]}).json()
    assert wrong["code"] == "language.field_unknown"


def test_whatever_goes_wrong_is_a_problem(owner: TestClient) -> None:
    astray = owner.get("/v1/nothing")
    assert astray.status_code == 404
    assert astray.json()["code"] == "api.no_route"
    other = owner.put("/v1/refresh")
    assert other.status_code == 405
    assert other.headers["Allow"] == "POST"
    assert other.json()["code"] == "api.no_method"
    owner.app.add_api_route("/v1/broken", lambda: 1 / 0)  # type: ignore[attr-defined]
    with TestClient(owner.app, raise_server_exceptions=False) as client:
        broken = client.get("/v1/broken")
    assert broken.status_code == 500
    assert broken.json()["code"] == "api.broken"
    for answer in (astray, other, broken):
        assert answer.headers["content-type"].startswith("application/problem+json")
