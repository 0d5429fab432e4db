"""Groups of people over HTTP: in order, sampled, compared, overlapping, and rules without counting."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from qunxiang.app import House
from tests.api.secrets import find_leaks

SHANGHAI = {"rule": "city = '上海'"}
BUYERS = {"rule": "did purchase"}


def ask(client: TestClient, route: str, **body: Any) -> Any:
    answer = client.post(f"/v1/{route}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_members_in_order(owner: TestClient) -> None:
    def ordered(by: str, *, descending: bool, **more: Any) -> list[Any]:
        asked = {"columns": ["name", by], "order": by, "descending": descending} | more
        return [row[by] for row in ask(owner, "members", **asked)["rows"]]

    assert ordered("points", descending=True) == [100, 35, 7, 1, 0, None, None]
    assert ordered("points", descending=False) == [0, 1, 7, 35, 100, None, None]
    assert ordered("points", descending=True, limit=2, offset=1) == [35, 7]
    dates = ordered("出生日期", descending=False)
    assert dates[:-2] == sorted(dates[:-2])
    assert dates[-2:] == [None, None]
    cities = ordered("city", descending=True)[:-1]
    assert cities == sorted(cities, reverse=True)
    assert [len(found or []) for found in ordered("interests", descending=True)][:2] == [2, 1]
    unknown = owner.post("/v1/members", json={"order": "citty"})
    assert unknown.json()["code"] == "language.field_unknown"


def test_columns_are_described(owner: TestClient, viewer: TestClient) -> None:
    asked = {"columns": ["手机号", "city"]}
    told = ask(owner, "members", **asked)["columns"]
    assert [(c["name"], c["kind"], c["masked"]) for c in told] == [
        ("手机号", "text", False), ("city", "text", False)
    ]  # fmt: skip
    assert [c["masked"] for c in ask(viewer, "members", **asked)["columns"]] == [True, False]


def test_a_sample_is_the_same_each_time(owner: TestClient) -> None:
    first, again = (ask(owner, "sample", columns=["city"], n=3) for _ in range(2))
    assert first == again
    assert (first["total"], len(first["rows"])) == (7, 3)
    everybody = {row["person"] for row in ask(owner, "sample")["rows"]}
    assert len(everybody) == 7
    assert {row["person"] for row in first["rows"]} < everybody


def test_overlap_counts_every_region(owner: TestClient) -> None:
    rules = ["city = '上海'", "did purchase", "gender = '女'"]
    told = ask(owner, "overlap", groups=[{"rule": rule} for rule in rules])
    assert (told["sizes"], told["total"]) == ([2, 5, 3], 7)
    regions = {tuple(region["of"]): region["count"] for region in told["regions"]}
    assert len(regions) == 7
    for of, found in regions.items():
        parts = [
            rule if inside else f"not ({rule})" for rule, inside in zip(rules, of, strict=True)
        ]
        assert found == ask(owner, "count", rule=" and ".join(parts))["count"], of
    assert told["any"] == sum(regions.values())
    assert owner.post("/v1/overlap", json={"groups": [SHANGHAI]}).status_code == 422


def test_portraits_have_labels(owner: TestClient) -> None:
    gender, points, age = ask(owner, "portrait", **SHANGHAI, columns=["gender", "points", "age"])
    assert (gender["zh"], gender["kind"], gender["group"]) == ("性别", "text", "field")
    shares = {share["value"]: share for share in gender["shares"]}
    assert (shares["female"]["zh"], shares["female"]["count"]) == ("女", 1)
    assert shares["female"]["tgi"] == pytest.approx(0.5 / 0.6 * 100)
    assert (points["numbers"]["mean"], points["shares"]) == (67.5, [])
    assert (age["group"], age["family"]) == ("tag", "basic")
    assert all(share["en"] for share in age["shares"])


def test_comparing_two_groups(owner: TestClient) -> None:
    told = ask(owner, "compare", one=SHANGHAI, other=BUYERS, columns=["gender"])
    assert (told["counts"], told["both"], told["total"]) == ([2, 5], 2, 7)
    assert told["one"][0]["name"] == told["other"][0]["name"] == "gender"


def test_a_rule_between_text_and_tree(owner: TestClient) -> None:
    told = ask(owner, "rule", rule="所在城市 = '上海' 且 做过 购买(最近 30 天)")
    assert told["rule"]["of"][0] == {
        "node": "compare",
        "field": "city",
        "op": "eq",
        "value": "上海市",
    }
    assert told["text"]["en"] == "city = '上海市' and did purchase(last 30 days)"
    assert "上海市" in told["sentence"]["zh"]
    assert told["sentence"]["en"].startswith("City is 上海市, and did Purchase")
    assert ask(owner, "rule", rule=told["rule"])["text"] == told["text"]
    assert ask(owner, "rule", rule=told["text"]["zh"])["rule"] == told["rule"]
    warned = ask(owner, "rule", rule="city = '巴黎'")["warnings"]
    assert (warned[0]["code"], warned[0]["where"]) == ("language.value_never_seen", "7-11")


@pytest.mark.parametrize(
    ("tree", "where"),
    [
        ({"field": "citty", "op": "eq", "value": "x"}, "of.1.of.field"),
        ({"field": "city", "op": "lt", "value": "x"}, "of.1.of.op"),
        ({"field": "points", "op": "eq", "value": "x"}, "of.1.of.value"),
        ({"field": "points", "op": "between", "value": [1, "x"]}, "of.1.of.value.1"),
        ({"field": "points", "op": "in_last", "value": "x"}, "of.1.of"),
    ],
)
def test_a_fault_in_a_tree_has_its_path(owner: TestClient, tree: Any, where: str) -> None:
    fine = {"node": "compare", "field": "city", "op": "known"}
    rule = {"node": "all", "of": [fine, {"node": "not", "of": {"node": "compare"} | tree}]}
    answer = owner.post("/v1/rule", json={"rule": rule})
    assert answer.status_code == 400, answer.text
    assert answer.json()["where"] == where, answer.text


def test_steps_have_the_same_paths(owner: TestClient) -> None:
    steps = ask(owner, "count", rule="city = '上海' and not (gender = '女' or points > 5)")["steps"]
    paths: list[str] = []
    todo = [steps]
    while todo:
        step = todo.pop(0)
        paths.append(step["path"])
        todo += step["parts"]
    assert paths == ["", "of.0", "of.1", "of.1.of", "of.1.of.of.0", "of.1.of.of.1"]


def test_a_viewer_reads_and_infers_nothing(house: House, viewer: TestClient) -> None:
    columns = ["name", "phone", "city", "member_level"]
    for route in ("members", "sample"):
        answer = viewer.post(f"/v1/{route}", json={"columns": columns})
        assert len(answer.json()["rows"]) == 7
        assert not find_leaks(answer.text)
    for order in ("phone", "name", "姓名"):
        refused = viewer.post("/v1/members", json={"columns": ["city"], "order": order})
        assert refused.json()["code"] == "language.field_hidden", order
    for route in ("portrait", "compare"):
        body = SHANGHAI if route == "portrait" else {"one": SHANGHAI, "other": BUYERS}
        answer = viewer.post(f"/v1/{route}", json=body)
        assert answer.status_code == 200, answer.text
        assert not find_leaks(answer.text)
        refused = viewer.post(f"/v1/{route}", json=body | {"columns": ["phone"]})
        assert refused.json()["code"] == "language.field_hidden"
    hidden = {"rule": "phone is known"}
    for route, body in (("rule", hidden), ("overlap", {"groups": [hidden, SHANGHAI]})):
        assert viewer.post(f"/v1/{route}", json=body).json()["code"] == "language.field_hidden"
