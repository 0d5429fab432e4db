"""Sensors Analytics: forms and pictures, checksums, identities, and the vendor's rules."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any
from urllib.parse import quote

import pytest

from qunxiang.sources import Message
from qunxiang.sources.protocols.sensors import add_up
from tests.sources.speaking import RECEIVED, form, tell

AT = 1795300797228
TRACK = {"type": "track", "event": "View", "distinct_id": "d1", "time": AT, "properties": {}}


def pack(value: Any, *, zipped: bool = False) -> str:
    raw = json.dumps(value).encode()
    return base64.b64encode(gzip.compress(raw) if zipped else raw).decode()


def one(record: dict[str, Any]) -> Message:
    told = tell("/sa?token=K", form(data=pack(record)))
    assert told.faults == [""], told.faults
    return told.messages[0]


def fault(record: Any) -> str:
    told = tell("/sa?token=K", form(data_list=pack([record, TRACK])))
    assert told.faults[1] == ""
    return told.faults[0]


def test_checksum_is_that_of_java() -> None:
    """Values of String.hashCode that are known; signs included."""
    assert add_up("") == 0
    assert add_up("hello") == 99162322
    assert add_up("polygenelubricants") == -2147483648


def test_checksums() -> None:
    data = pack({**TRACK, "properties": {"x": "~~~???>>>"}})
    good = f"crc={add_up(data)}"
    picture = tell(f"/sa.gif?token=K&data={quote(data, safe='')}&ext={quote(good)}", method="GET")
    assert (picture.faults, picture.reply.type) == ([""], "image/gif")
    assert picture.reply.body.startswith(b"GIF89a")
    beacon = tell("/sa.gif?token=K", form(data=data, ext=good))
    assert (beacon.faults, beacon.reply.type) == ([""], "image/gif")
    # A form whose pluses came unescaped, as blanks.
    loose = tell("/sa?token=K", f"data={data}&ext={good}".encode())
    assert loose.faults == [""]
    assert tell("/sa?token=K", form(data=data, ext="crc=1")).refused == "intake.bad_crc"
    assert tell("/sa?token=K", form(data=data[:-4], ext=good)).refused == "intake.bad_crc"


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("field", ["data", "data_list"])
def test_forms(field: str, *, zipped: bool) -> None:
    value: Any = TRACK if field == "data" else [TRACK, TRACK]
    told = tell("/sa?project=p&token=K", form(**{field: pack(value, zipped=zipped)}, gzip="1"))
    assert (told.key, len(told.messages), told.reply.status) == ("K", 1 + (field != "data"), 200)


def test_keys() -> None:
    assert tell("/sa", form(data=pack({**TRACK, "token": "K"}))).key == "K"
    assert tell("/sa", form(data=pack({**TRACK, "properties": {"$token": "K"}}))).key == "K"
    assert tell("/sa", form(data=pack(TRACK)), x_write_key="K").key == "K"
    assert tell("/sa", form(data=pack(TRACK))).key == ""


def test_event() -> None:
    record = {
        **TRACK, "event": "$pageview", "_track_id": 42, "_flush_time": AT + 1000,
        "lib": {"$lib": "js", "$lib_version": "1.27"},
        "properties": {
            "$url": "https://x.cn/商品?utm_source=wx", "$title": "商品", "$os": "iOS", "price": 3.5,
            "$is_first_day": True, "tags": ["a", "茶"], "$city": "上海", "none": None,
        },
    }  # fmt: skip
    assert one(record) == Message(
        kind="event",
        id=f"42-{AT}-d1",
        at=RECEIVED - 1_000_000,
        ids=(("device", "d1"),),
        event="page_view",
        properties={"price": 3.5, "$is_first_day": True, "tags": ["a", "茶"], "none": None},
        context={
            "page_url": "https://x.cn/商品?utm_source=wx", "page_path": "/商品", "page_title": "商品",
            "utm_source": "wx", "os": "iOS", "city": "上海", "library": "js",
            "library_version": "1.27",
        },
    )  # fmt: skip


def test_times() -> None:
    assert one(TRACK).at == AT * 1000
    assert one({**TRACK, "time": AT // 1000}).at == AT // 1000 * 1_000_000
    assert one({**TRACK, "properties": {"$time": AT - 1}}).at == (AT - 1) * 1000
    late = {**TRACK, "_flush_time": AT, "time_free": True}
    assert one(late).at == AT * 1000
    assert fault({**TRACK, "time": "soon"}) == "intake.bad_time"


@pytest.mark.parametrize(
    ("record", "ids"),
    [
        ({"distinct_id": "d1"}, [("device", "d1")]),
        ({"distinct_id": "u1", "properties": {"$is_login_id": True}}, [("user_id", "u1")]),
        (
            {"distinct_id": "u1", "login_id": "u1", "anonymous_id": "a1"},
            [("user_id", "u1"), ("device", "a1")],
        ),
        ({"distinct_id": "$identity_mobile+138"}, [("phone", "138")]),
        (
            {
                "distinct_id": "u1",
                "identities": {
                    "$identity_login_id": "u1", "$identity_mobile": "138", "$identity_email": "a@b",
                    "$identity_mp_id": "o1", "$identity_cookie_id": "c1", "crm": "7", "x": None,
                },
            },
            [
                ("user_id", "u1"), ("phone", "138"), ("email", "a@b"), ("openid", "o1"),
                ("device", "c1"), ("device", "crm+7"),
            ],
        ),
        (
            {"type": "track_signup", "distinct_id": "u1", "original_id": "d1"},
            [("user_id", "u1"), ("device", "d1")],
        ),
    ],
)  # fmt: skip
def test_identities(record: dict[str, Any], ids: list[tuple[str, str]]) -> None:
    assert list(one({**TRACK, **record}).ids) == ids


@pytest.mark.parametrize(
    ("kind", "properties", "changes"),
    [
        ("profile_set", {"$name": "三", "Birthday": "1990", "x": None}, {"set": {"name": "三", "birth_date": "1990"}}),
        ("profile_set_once", {"first": 1}, {"once": {"first": 1}}),
        ("profile_increment", {"n": -2}, {"add": {"n": -2}}),
        ("profile_append", {"l": ["a"]}, {"append": {"l": ["a"]}}),
        ("profile_unset", {"n": True, "m": None}, {"unset": {"n": True, "m": True}}),
        ("profile_delete", {}, {"delete": {}}),
    ],
)  # fmt: skip
def test_profiles(kind: str, properties: dict[str, Any], changes: dict[str, Any]) -> None:
    message = one({**TRACK, "type": kind, "properties": properties})
    assert (message.kind, message.changes, message.event) == ("profile", changes, "")


def test_bonds_and_items() -> None:
    pair = {"$identity_login_id": "u1", "$identity_mobile": "138"}
    bond = {**TRACK, "type": "track_id_bind", "event": "$BindID", "distinct_id": "u1"}
    assert one({**bond, "identities": pair}).kind == "link"
    assert one({**bond, "type": "track_id_unbind", "identities": pair}).kind == "unlink"
    item = {"type": "item_set", "item_type": "book", "item_id": 7, "properties": {"price": 3}}
    told = one(item)
    assert (told.kind, told.group, told.properties) == ("item", ("book", "7"), {"price": 3})
    assert one({**item, "type": "item_delete"}).changes == {"delete": {}}


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"event": "购买"}, "intake.bad_name"),
        ({"event": "1st"}, "intake.bad_name"),
        ({"event": "Distinct_ID"}, "intake.bad_name"),
        ({"event": "x" * 101}, "intake.bad_name"),
        ({"event": ""}, "intake.no_event"),
        ({"properties": {"user_tag_1": 1}}, "intake.bad_name"),
        ({"properties": {"a-b": 1}}, "intake.bad_name"),
        ({"properties": {"a": {"b": 1}}}, "intake.bad_value"),
        ({"properties": {"a": ["x", 1]}}, "intake.bad_value"),
        ({"properties": {"a": "字" * 8192}}, "intake.bad_value"),
        ({"properties": "x"}, "intake.bad_value"),
        ({"type": "dance"}, "intake.bad_value"),
        ({"distinct_id": "d" * 256}, "intake.bad_value"),
        ({"distinct_id": None}, "intake.no_person"),
        ({"type": "item_set", "item_type": "book"}, "intake.bad_value"),
        ({"type": "item_set", "item_id": "1"}, "intake.bad_name"),
    ],
)
def test_rules(record: dict[str, Any], code: str) -> None:
    assert fault({**TRACK, **record}) == code


def test_debugging() -> None:
    bad = form(data=pack({**TRACK, "event": "1st"}))
    told = tell("/debug?token=K", bad)
    assert (told.reply.status, told.reply.body) == (400, b"intake.bad_name")
    assert tell("/debug?token=K", form(data=pack(TRACK))).reply.status == 200
    dry = tell("/debug?token=K", form(data=pack(TRACK)), dry_run="true")
    assert (dry.key, dry.items, dry.reply.status) == ("K", [], 200)
    assert tell("/debug?token=K", bad, dry_run="true").refused == "intake.bad_name"


def test_empty_requests() -> None:
    assert tell("/sa?token=K", b"").refused == "intake.bad_form"
    assert tell("/sa?token=K", form(data="")).refused == "intake.bad_form"
