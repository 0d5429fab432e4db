"""The stream of jobs, over a real socket: what it tells, to whom, and that it ends."""

from __future__ import annotations

import http.client
import io
import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import pytest
import uvicorn

from qunxiang.api import create_app
from qunxiang.app import House
from qunxiang.cli.serving import Server
from qunxiang.governance import HOUSEHOLDER
from tests.api.serving.conftest import CUSTOMERS, code_of, csv

ASKED = {"rows": "customers", "source": "crm"}


@contextmanager
def serving(house: House) -> Iterator[tuple[uvicorn.Server, int]]:
    """Serve on a free port, and stop as an interrupt does."""
    app = create_app(house)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error")
    server = Server(config, app.state.leaving)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    try:
        yield server, server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        assert not thread.is_alive(), "the server waits for its streams"


@pytest.fixture
def reader(house: House) -> str:
    return house.accounts.create_token("reader", ["read", "import"], author=HOUSEHOLDER)


@contextmanager
def open_stream(
    port: int, token: str, path: str = "/v1/jobs/stream"
) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    with closing(connection), connection.getresponse() as response:
        yield response


def next_event(stream: http.client.HTTPResponse) -> list[dict[str, Any]]:
    assert stream.readline() == b"event: jobs\n"
    data = stream.readline()
    assert stream.readline() == b"\n"
    return json.loads(data.removeprefix(b"data: "))


def test_changes_are_told_as_they_happen(house: House, reader: str) -> None:
    with serving(house) as (server, port), open_stream(port, reader) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        assert next_event(stream) == []
        jobs = house_jobs(server)
        with jobs.uploads.receive("crm.csv", io.BytesIO(CUSTOMERS.encode())) as path:
            jobs.ask("import", HOUSEHOLDER, ASKED, upload=path)
        seen: list[str] = []
        while "done" not in seen:
            (job,) = next_event(stream)
            seen.append(job["status"])
        assert job["result"]["landed"]["rows"] == 3


def test_the_server_leaves_though_somebody_listens(house: House, reader: str) -> None:
    with ExitStack() as listening, serving(house) as (_, port):
        stream = listening.enter_context(open_stream(port, reader))
        next_event(stream)
    # `serving` has seen the server end.


def house_jobs(server: uvicorn.Server) -> Any:
    return server.config.app.state.jobs  # type: ignore[union-attr]


def test_the_first_message_holds_the_newest_in_the_language_asked_for(
    house: House, reader: str
) -> None:
    with serving(house) as (server, port):
        jobs = house_jobs(server)
        for _ in range(22):
            with jobs.uploads.receive("empty.csv", io.BytesIO(b"")) as path:
                last = jobs.ask("import", HOUSEHOLDER, ASKED, upload=path).number
        assert jobs.wait(last, 30).status == "failed"
        with open_stream(port, reader, "/v1/jobs/stream?lang=en") as stream:
            told = next_event(stream)
        assert [j["number"] for j in told] == list(range(22, 2, -1))
        assert told[0]["problem"]["title"].isascii()
        with open_stream(port, reader) as stream:
            assert not next_event(stream)[0]["problem"]["title"].isascii()


def test_whoever_leaves_is_not_told_any_more(house: House, reader: str) -> None:
    with serving(house) as (server, port):
        with open_stream(port, reader) as stream:
            next_event(stream)
            assert len(server.server_state.tasks) == 1
        until = time.monotonic() + 10
        while server.server_state.tasks and time.monotonic() < until:
            time.sleep(0.05)
        assert not server.server_state.tasks


def test_only_readers_are_told(house: House) -> None:
    eraser = house.accounts.create_token("eraser", ["erase"], author=HOUSEHOLDER)
    with serving(house) as (_, port):
        with open_stream(port, "nobody") as refused:
            assert refused.status == 401
        with open_stream(port, eraser) as refused:
            assert refused.status == 403


def test_rates_and_what_may_be_done(owner: Any, house: House, enter: Any) -> None:
    with house.exclusive():  # the job waits for its turn
        job = owner.post("/v1/imports", files=csv(CUSTOMERS), data=ASKED).json()
        viewer = enter("看客", "viewer")
        seen = viewer.get(f"/v1/jobs/{job['number']}").json()
        assert (job["can_cancel"], seen["can_cancel"]) == (True, False)
        assert (job["rate"], job["left_seconds"]) == (None, None)
        refused = viewer.post(f"/v1/jobs/{job['number']}/retry")
        assert code_of(refused) == (403, "governance.not_allowed")
