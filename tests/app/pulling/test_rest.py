"""Pulling over HTTP from a real server: pages, waits, breaks, and addresses that are refused."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from qunxiang.app import House, Pulls
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.sources import outbound
from tests.app.company import refresh
from tests.app.pulling.conftest import add, customers, pull, rows_landed

PAGE = 3


class Server(ThreadingHTTPServer):
    """Serves records under several kinds of paging; `faults` are answered first."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.records: list[dict[str, Any]] = []
        self.faults: list[tuple[int, dict[str, str]]] = []
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.breaks_at: int | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_args: Any) -> None:
        pass

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        params = {k: v[0] for k, v in parse_qs(split.query).items()}
        self.server.asked.append((split.path, params, dict(self.headers)))
        if self.server.faults:
            status, headers = self.server.faults.pop(0)
            self.answer(status, {}, headers)
            return
        if self.server.breaks_at is not None and len(self.server.asked) > self.server.breaks_at:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"data": [')
            self.close_connection = True
            return
        since = params.get("since", "")
        found = [r for r in self.server.records if r["updated"] >= since]
        self.pages(split.path, params, found)

    def pages(self, path: str, params: dict[str, str], found: list[dict[str, Any]]) -> None:
        if path == "/number":
            at = (int(params["page"]) - 1) * PAGE
            self.answer(200, {"data": {"list": found[at : at + PAGE]}})
        elif path == "/offset":
            at = int(params["offset"])
            self.answer(200, found[at : at + int(params["limit"])])
        elif path == "/cursor":
            at = int(params.get("after", "0"))
            more = str(at + PAGE) if at + PAGE < len(found) else None
            self.answer(200, {"data": found[at : at + PAGE], "meta": {"next": more}})
        elif path == "/link":
            at = int(params.get("at", "0"))
            more = {"Link": f'</link?at={at + PAGE}>; rel="next", </link>; rel="first"'}
            self.answer(200, found[at : at + PAGE], more if at + PAGE < len(found) else {})
        elif path == "/loop":
            self.answer(200, found)
        elif path == "/away":
            self.answer(302, {}, {"Location": "http://localhost:1/elsewhere"})
        elif path == "/here":
            self.answer(302, {}, {"Location": "/loop"})
        elif path == "/elsewhere":
            self.answer(200, found, {"Link": '<http://localhost:1/next>; rel="next"'})
        else:
            self.answer(404, {})

    def answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        raw = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def private(house: House) -> House:
    object.__setattr__(house, "settings", house.settings.model_copy(update={"allow_private_addresses": True}))  # fmt: skip
    return house


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    told: list[float] = []
    monkeypatch.setattr(outbound.time, "sleep", told.append)
    return told


def record(number: int, at: str = "2026-01-01T10:00:00Z") -> dict[str, Any]:
    return {
        "id": number,
        "name": "张" + chr(0x4E2D + number),
        "contact": {"phone": f"+86138{number:08d}"},
        "city": "上海市",
        "labels": ["a", 1],
        "updated": at,
    }


def connect(house: House, server: Server, path: str, paging: dict[str, Any], **more: Any) -> None:
    fields = {"type": "rest", "url": server.url + path, "paging": paging} | more.pop("reads", {})
    add(house, **({"reads": fields, "page_rows": PAGE} | more))


PAGINGS = {
    "number": ("/number", {"by": "number"}, {"records": "data.list"}),
    "offset": ("/offset", {"by": "offset"}, {}),
    "cursor": ("/cursor", {"by": "cursor", "path": "meta.next", "param": "after"}, {"records": "data"}),
    "link": ("/link", {"by": "link"}, {}),
}  # fmt: skip


@pytest.mark.parametrize("style", PAGINGS)
@pytest.mark.parametrize("count", [0, 1, 3, 7])
def test_every_page_lands_once(private: House, server: Server, style: str, count: int) -> None:
    path, paging, reads = PAGINGS[style]
    connect(private, server, path, paging, reads=reads)
    server.records = [record(n) for n in range(count)]
    done = pull(private)
    assert done.met == count
    assert rows_landed(done) == ([count] if count else [])


def test_what_is_new_is_asked_for_and_lands(private: House, server: Server) -> None:
    path, paging, reads = PAGINGS["cursor"]
    connect(private, server, path, paging, reads=reads | {"since_param": "since"})
    server.records = [record(n) for n in range(5)]
    assert rows_landed(pull(private)) == [5]
    assert rows_landed(pull(private)) == []
    server.records += [record(6, "2026-01-02T10:00:00Z"), record(7)]
    server.records[2] |= {"city": "北京市", "updated": "2026-01-03T10:00:00Z"}
    assert rows_landed(pull(private)) == [3]
    assert server.asked[-1][1]["since"] == "2026-01-01T10:00:00Z"
    refresh(private)
    truth = {r["contact"]["phone"]: (r["name"], r["city"]) for r in server.records}
    assert customers(private) == truth


def test_who_is_gone_leaves(private: House, server: Server) -> None:
    connect(private, server, *PAGINGS["offset"][:2], cursor=None, detect_deletions=True)
    server.records = [record(n) for n in range(7)]
    pull(private)
    del server.records[3]
    server.records[0].pop("labels")  # a field that one record lacks is null there
    done = pull(private)
    assert (rows_landed(done), done.withdrawn) == ([1], 1)


def test_a_server_that_is_busy_is_waited_for(
    private: House, server: Server, waits: list[float]
) -> None:
    connect(private, server, *PAGINGS["link"][:2])
    server.records = [record(n) for n in range(4)]
    server.faults = [(429, {"Retry-After": "7"}), (503, {}), (500, {})]
    assert rows_landed(pull(private)) == [4]
    assert waits[0] == 7
    assert 0.5 <= waits[1] <= 1.5
    assert len(waits) == 3


def test_a_server_that_stays_busy_is_given_up(
    private: House, server: Server, waits: list[float]
) -> None:
    connect(private, server, *PAGINGS["link"][:2])
    server.faults = [(503, {})] * 20
    with pytest.raises(QunxiangError) as caught:
        pull(private)
    assert caught.value.code == "sources.refused"
    assert len(server.asked) == 5


def test_a_break_in_the_middle_lands_nothing(
    private: House, server: Server, waits: list[float]
) -> None:
    path, paging, reads = PAGINGS["number"]
    connect(private, server, path, paging, reads=reads)
    server.records = [record(n) for n in range(8)]
    server.breaks_at = 2
    with pytest.raises(QunxiangError) as caught:
        pull(private)
    assert caught.value.code == "sources.unreachable"
    assert private.sources.all() == []
    server.breaks_at = None
    assert rows_landed(pull(private)) == [8]


@pytest.mark.parametrize(
    ("auth", "header", "said"),
    [
        ("bearer", "Authorization", "Bearer s3cret"),
        ("basic", "Authorization", "Basic dXM6czNjcmV0"),
        ("header", "X-API-Key", "s3cret"),
    ],
)
def test_secrets_are_shown_as_asked(
    private: House, server: Server, auth: str, header: str, said: str
) -> None:
    private.keychain.put("api", "s3cret", HOUSEHOLDER)
    reads = {"auth": auth, "secret": "api", "user": "us"}
    connect(private, server, "/loop", {"by": "none"}, reads=reads)
    server.records = [record(1)]
    pull(private)
    assert server.asked[-1][2][header] == said
    assert b"s3cret" not in (private.folder / "state.db").read_bytes()


@pytest.mark.parametrize(
    ("path", "paging", "reads", "code"),
    [
        ("/loop", {"by": "number"}, {}, "sources.paging_loops"),
        ("/away", {"by": "none"}, {}, "sources.redirected"),
        ("/elsewhere", {"by": "link"}, {}, "sources.redirected"),
        ("/nothing", {"by": "none"}, {}, "sources.refused"),
        ("/loop", {"by": "none"}, {"records": "0"}, "sources.no_page_records"),
        ("/loop", {"by": "none"}, {"auth": "bearer", "secret": "none"}, "governance.no_secret"),
    ],
)
def test_faults_are_told(
    private: House,
    server: Server,
    path: str,
    paging: dict[str, Any],
    reads: dict[str, Any],
    code: str,
) -> None:
    server.records = [record(1)]
    connect(private, server, path, paging, reads=reads)
    with pytest.raises(QunxiangError) as caught:
        pull(private)
    assert caught.value.code == code
    assert private.sources.all() == []


def test_a_redirect_on_the_same_host_is_followed(private: House, server: Server) -> None:
    server.records = [record(1)]
    connect(private, server, "/here", {"by": "none"})
    assert rows_landed(pull(private)) == [1]


def test_private_addresses_are_refused(house: House, server: Server) -> None:
    server.records = [record(1)]
    connect(house, server, "/loop", {"by": "none"})
    with pytest.raises(QunxiangError) as caught:
        pull(house)
    assert caught.value.code == "sources.not_encrypted"
    port = server.server_address[1]
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::1]"):
        reads = {"type": "rest", "url": f"https://{host}:{port}/loop"}
        add(house, reads=reads)
        with pytest.raises(QunxiangError) as caught:
            pull(house)
        assert caught.value.code == "sources.private_address", host
    assert server.asked == []


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "0.1.2.3",
     "224.0.0.1", "192.0.0.192", "::1", "fe80::1", "fd00::1", "64:ff9b::7f00:1", "2002:7f00:1::",
     "::ffff:127.0.0.1", "::ffff:0:127.0.0.1", "2001::1", "ff02::1"],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not outbound.is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2606:4700:4700::1111"])
def test_addresses_that_are_public(address: str) -> None:
    assert outbound.is_public(address)


def test_a_trial_asks_for_one_page(private: House, server: Server) -> None:
    path, paging, reads = PAGINGS["number"]
    connect(private, server, path, paging, reads=reads)
    server.records = [record(n) for n in range(80)]
    definition = Pulls(private).states()[0].definition
    tried = Pulls(private).try_out(definition, HOUSEHOLDER)
    assert tried.look.sample.num_rows == 20
    assert tried.look.sample.column("contact.phone")[0].as_py() == "+8613800000000"
    assert tried.look.sample.column("labels")[0].as_py() == '["a",1]'
