"""The intake's own manners: keys, bounds, verdicts, and what it answers to what is no request."""

from __future__ import annotations

import gzip
import re
import socket
import time

import orjson
import pytest

from qunxiang.app import House
from tests.intake.stage import Intake, make_key

BUY = {"event": "purchase", "ids": {"user_id": "u1"}, "properties": {"amount": 3.5}}


def buy(name: str) -> dict[str, object]:
    return BUY | {"id": name}


def test_each_event_has_its_verdict(intake: Intake, key: str) -> None:
    events = [
        buy("v1"),
        {"event": "purchase", "ids": {}},
        {"event": "purchase", "ids": {"user_id": None}},
        {"ids": {"user_id": "u1"}},
        {"event": "purchase", "ids": {"user_id": "u1"}, "at": "yesterday"},
        {"event": "purchase", "ids": {"user_id": "u1"}, "colour": "red"},
        7,
    ]
    said = intake.send(key, events).json()
    assert [e.get("code", e["verdict"]) for e in said["events"]] == [
        "accepted",
        "intake.no_person",
        "intake.no_person",
        "intake.no_event",
        "intake.bad_time",
        "intake.bad_event",
        "intake.bad_event",
    ]
    assert (said["accepted"], said["set_aside"], said["repeats"]) == (1, 6, 0)


def test_a_neighbour_that_is_no_json_spoils_nothing(intake: Intake, key: str) -> None:
    body = b'[%s,{"event":"x","ids":{"user_id":"1"},"properties":{"a":NaN}},%s,{"event":"\\ud800","ids":{"user_id":"1"}}]'
    body %= (orjson.dumps(buy("n1")), orjson.dumps(buy("n2")))
    said = intake.ask("POST", "/v1/events?verbose=1", body, {"X-Write-Key": key}).json()
    codes = [e.get("code", e["verdict"]) for e in said["events"]]
    assert codes == ["accepted", "intake.not_a_number", "accepted", "intake.bad_text"]


def test_the_same_bytes_count_once(intake: Intake, key: str) -> None:
    assert intake.send(key, buy("r1")).json()["accepted"] == 1
    assert intake.send(key, buy("r1")).json()["repeats"] == 1
    assert intake.send(key, [buy("r1"), buy("r2")]).json()["repeats"] == 1
    # Without an id nothing tells a repeat from a second purchase.
    assert intake.send(key, BUY).json()["accepted"] == 1
    assert intake.send(key, BUY).json()["accepted"] == 1


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/events", {"X-Write-Key": "{key}"}),
        ("/v1/events", {"Authorization": "Bearer {key}"}),
        ("/v1/events?key={key}", {}),
        ("/v1/events/?key={key}", {"Content-Type": "text/plain"}),
        ("/v1/events?key={key}", {"Content-Type": "application/x-www-form-urlencoded"}),
    ],
)
def test_a_key_is_found_wherever_it_stands(
    intake: Intake, key: str, path: str, headers: dict[str, str]
) -> None:
    told = {name: value.replace("{key}", key) for name, value in headers.items()}
    answer = intake.ask("POST", path.replace("{key}", key), orjson.dumps(BUY), told)
    assert answer.json() == {"accepted": 1, "repeats": 0, "set_aside": 0}


def test_without_a_good_key_nothing_is_taken(intake: Intake) -> None:
    for headers in ({}, {"X-Write-Key": "qxw_wrong"}):
        answer = intake.ask("POST", "/v1/events", orjson.dumps(BUY), headers)
        assert (answer.status, answer.json()["code"]) == (401, "intake.unknown_key")


def test_a_revoked_key_is_of_no_use(intake: Intake) -> None:
    mine = make_key(intake.folder, "short")
    time.sleep(0.1)  # whoever tried a wrong one just now had them looked for
    assert intake.send(mine, BUY).status == 200  # it is good at once
    until = time.monotonic() + 10
    with House(intake.folder) as house:
        house.write_keys.revoke("short")
    while intake.send(mine, BUY).status == 200:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert intake.send(mine, BUY).status == 401


def test_a_key_bounds_what_where_and_how_fast(intake: Intake) -> None:
    bound = make_key(
        intake.folder, "bound", kinds=["events"], origins=["https://shop.example/"], per_second=1
    )
    until = time.monotonic() + 10
    while intake.send(bound, BUY).status == 401:
        assert time.monotonic() < until
        time.sleep(0.1)
    said = intake.send(bound, {"ids": {"user_id": "u"}, "set": {"name": "x"}}).json()
    assert said["events"] == [{"verdict": "set aside", "code": "intake.not_allowed"}]
    assert intake.send(bound, BUY, Origin="https://shop.example").status == 200
    assert intake.send(bound, BUY, Origin="https://evil.example").status == 403
    for _ in range(12):
        answer = intake.send(bound, BUY)
    assert (answer.status, answer.json()["code"]) == (429, "intake.too_fast")
    assert int(answer.headers["retry-after"]) >= 1


def test_packed_bodies(intake: Intake, key: str) -> None:
    packed = gzip.compress(orjson.dumps(BUY))
    for headers in ({"Content-Encoding": "gzip"}, {}, {"Content-Type": "text/plain"}):
        answer = intake.ask("POST", f"/v1/events?key={key}", packed, headers)
        assert answer.json()["accepted"] == 1
    torn = intake.ask("POST", f"/v1/events?key={key}", packed[:-9])
    assert torn.status == 400
    bomb = gzip.compress(b"[" + b" " * (64 << 20) + b"]")
    assert len(bomb) < 1 << 20
    assert intake.ask("POST", f"/v1/events?key={key}", bomb).status == 413


def test_bounds(intake: Intake, key: str) -> None:
    deep = b'{"event":"x","ids":{"user_id":"1"},"properties":' + b'{"a":' * 200 + b"1" + b"}" * 201
    said = intake.ask("POST", f"/v1/events?verbose=1&key={key}", deep).json()
    assert said["events"][0]["code"] == "intake.too_deep"
    assert intake.ask("POST", f"/v1/events?key={key}", b"x" * (11 << 20)).status == 413
    long = orjson.dumps(BUY | {"properties": {"text": "长" * (3 << 20)}})
    assert intake.ask("POST", f"/v1/events?key={key}", long).json()["accepted"] == 1


def test_a_body_that_cannot_be_read_is_kept(intake: Intake, key: str) -> None:
    mark = b'{"event": "torn off here'
    answer = intake.ask("POST", f"/v1/events?key={key}", mark)
    assert (answer.status, answer.json()["code"]) == (400, "intake.bad_json")
    with House(intake.folder) as house:
        rows = [r for p in house.stream.read({}) for r in p.messages.to_pylist()]
    assert [r["fault"] for r in rows if r["raw"] == mark] == ["intake.bad_json"]


def test_pages_of_other_origins_may_send(intake: Intake, key: str) -> None:
    asked = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Headers": "content-type,x-write-key",
    }
    answer = intake.ask("OPTIONS", "/v1/events", headers=asked)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert "x-write-key" in answer.headers["access-control-allow-headers"]
    sent = intake.send(key, BUY, Origin="https://shop.example")
    assert sent.headers["access-control-allow-origin"] == "https://shop.example"


def test_paths_nobody_knows(intake: Intake) -> None:
    assert intake.ask("GET", "/").status == 404
    assert intake.ask("POST", "/v1/nothing", b"{}").status == 404
    assert intake.ask("GET", "/health").json() == {"status": "ok"}


def speak(intake: Intake, said: bytes, pause: bytes = b"") -> bytes:
    """Send bytes, perhaps in two parts, and return what comes until the connection ends."""
    with socket.create_connection(("127.0.0.1", intake.port), timeout=20) as connection:
        connection.sendall(said)
        if pause:
            time.sleep(0.2)
            connection.sendall(pause)
        connection.shutdown(socket.SHUT_WR)
        heard = b""
        while part := connection.recv(65_536):
            heard += part
        return heard


def request(key: str, body: bytes, more: str = "") -> bytes:
    head = f"POST /v1/events?key={key} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{more}"
    return head.encode() + b"\r\n" + body


def test_answers_come_in_the_order_of_requests(intake: Intake, key: str) -> None:
    bad = b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
    last = request(key, orjson.dumps(BUY), "Connection: close\r\n")
    heard = speak(intake, request(key, orjson.dumps([BUY, BUY])) + bad + last)
    assert re.findall(rb"HTTP/1\.1 (\d+)", heard) == [b"200", b"404", b"200"]
    assert heard.index(b'"accepted":2') < heard.index(b"404") < heard.index(b'"accepted":1')


def test_requests_in_pieces(intake: Intake, key: str) -> None:
    whole = request(key, orjson.dumps(BUY), "Connection: close\r\n")
    assert b'"accepted":1' in speak(intake, whole[:60], whole[60:])
    body = orjson.dumps(BUY)
    chunked = (
        f"POST /v1/events?key={key} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        f"Connection: close\r\n\r\n{len(body):x}\r\n"
    ).encode()
    assert b'"accepted":1' in speak(intake, chunked + body + b"\r\n0\r\n\r\n")
    waits = request(key, body, "Expect: 100-continue\r\nConnection: close\r\n")
    heard = speak(intake, waits[: -len(body)], body)
    assert heard.startswith(b"HTTP/1.1 100 Continue")
    assert b'"accepted":1' in heard


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"POST /v1/events HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST /v1/events HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"GET /" + b"z" * 100_000 + b" HTTP/1.1\r\n\r\n",
    ],
    ids=["tls", "no version", "no length", "huge length", "long header", "long path"],
)
def test_what_is_no_request_is_refused(intake: Intake, said: bytes) -> None:
    heard = speak(intake, said)
    assert heard.startswith(b"HTTP/1.1 4")
    assert intake.ask("GET", "/health").status == 200
