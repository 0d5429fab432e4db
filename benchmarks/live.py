"""How long after an event is it a tag and a membership, at a steady rate and with dashboards open?

A server and its intake run over a workspace of so many people. Batches of events arrive at a steady
rate while three dashboards ask their counts over and over. Every half second somebody who never did
it before does what an audience and a tag ask for; the wait ends when the audience's moves name the
person, and their card must then bear the tag. Afterwards a refresh of the same instant says how
many people it tells otherwise. There is no peer: published platforms recompute every two minutes or
longer.
"""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import orjson

from benchmarks.figures import Benchmark, Figure, Size, at_most
from benchmarks.servers import serving
from qunxiang import clock
from qunxiang.app import House, Imports, Questions, Refresh, last_instant
from qunxiang.app.live import Live
from qunxiang.audiences import AudienceDefinition
from qunxiang.catalog import EventDefinition
from qunxiang.governance import HOUSEHOLDER, WriteKeyWish
from qunxiang.identity import TYPE, VALUE, write_ids
from qunxiang.language import When
from qunxiang.models import FOLLOWED, SCORES
from qunxiang.samples import Company, make_company
from qunxiang.tags import TagDefinition, names_used
from tests.browser.stage import OWNER, Site

PEOPLE: dict[Size, int] = {"quick": 2_000, "usual": 100_000, "full": 1_000_000}
SECONDS: dict[Size, float] = {"quick": 4, "usual": 30, "full": 120}
RATE: dict[Size, int] = {"quick": 200, "usual": 2_000, "full": 2_000}
EVENTS_PER_PERSON = 5.0
GOAL_MS = 1_000.0
_BATCH = 100
_PROBE_SECONDS, _LOOK_SECONDS, _TILE_SECONDS = 0.5, 0.05, 0.3
_PROBED = "did probe (last 1 days)"
# Each dashboard asks these in turn.
_TILES = (
    "count(visit, last 30 days) >= 3",
    "city in ('上海', '北京') and did purchase (last 90 days)",
    "sum(purchase.amount, last 365 days) > 500",
    "not (did visit (last 7 days))",
    "phone is known and count(view_item) >= 2",
    "did add_to_cart (last 30 days) and not (did purchase (last 30 days))",
)


@dataclass
class Door:
    """One connection to a server, kept open."""

    address: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        assert parts.hostname is not None
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=60)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Return what is answered."""
        data = None if body is None else orjson.dumps(body)
        headers = {"Content-Type": "application/json", **self.headers}
        self._connection.request(method, path, data, headers)
        reply = self._connection.getresponse()
        told = reply.read()
        assert reply.status < 300, (path, reply.status, told[:300])
        return orjson.loads(told) if told else None


@dataclass(frozen=True)
class Person:
    """Somebody of the company."""

    phone: str
    public: str


def _build(folder: Path, people: int) -> None:
    made = make_company(
        Company(people=people, events_per_person=EVENTS_PER_PERSON), folder / "files", plain=True
    )
    with House(folder / "house") as house:
        for file in made.files:
            if file.word:
                look = Imports(house).look(file.path, file.word, source=file.source)
                Imports(house).bring(file.path, look, HOUSEHOLDER)
        house.catalog.save(EventDefinition(name="probe", zh="探测", en="Probe"), author="benchmark")
        Refresh(house).run()
        rule, _ = Questions(house, HOUSEHOLDER).rule(_PROBED)
        audience = AudienceDefinition(name="probed", zh="探到", en="Probed", rule=rule)
        tag = TagDefinition.model_validate(
            {"name": "was_probed", "zh": "探过", "en": "Was probed"}
            | {"how": {"kind": "rule", "rule": rule.model_dump()}}
        )
        for definition in (audience, tag):
            house.catalog.save(definition, author="benchmark")
        Refresh(house).run()


def _people(folder: Path, most: int) -> list[Person]:
    with House(folder / "house") as house:
        types = house.shelf.column(TYPE)
        nodes = np.flatnonzero(types.values == types.words.to_pylist().index("phone"))[:most]
        phones = house.shelf.column(VALUE).take(nodes).arrow().to_pylist()
        persons = house.identity.persons_of(nodes.astype(np.int32))
        ids = write_ids(house.people.public_ids(persons)).to_pylist()
    return [Person(phone, public) for phone, public in zip(phones, ids, strict=True)]


def _said(rng: random.Random, person: Person, event: str, number: str) -> dict[str, Any]:
    return {
        "event": event,
        "id": number,
        "at": clock.now().isoformat(),
        "ids": {"phone": person.phone},
        "properties": {"category": rng.choice(["面霜", "精华"]), "amount": rng.randrange(9, 900)},
    }


class Traffic:
    """Everything that happens while the watch runs."""

    def __init__(self, site: Site, key: str, headers: Mapping[str, str]) -> None:
        self._site, self._headers = site, headers
        self._key = {"X-Write-Key": key}
        self._over = threading.Event()
        self.sent, self.tiles, self.untagged = 0, 0, 0
        self.asked: dict[str, float] = {}
        self.waited: list[float] = []

    def run(self, seconds: float, rate: int, people: Sequence[Person]) -> None:
        """Send, probe and ask for so many seconds."""
        probes = people[: int(seconds / _PROBE_SECONDS) + 2]
        others = people[len(probes) :]
        work: list[Callable[[], None]] = [
            lambda: self._send(rate, others),
            lambda: self._probe(probes),
            self._watch,
            *[self._dashboard] * 3,
        ]
        threads = [threading.Thread(target=each) for each in work]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        ends = time.monotonic() + 20
        while len(self.waited) < len(self.asked) and time.monotonic() < ends:
            time.sleep(_LOOK_SECONDS)
        self._over.set()
        for thread in threads:
            thread.join()

    def _send(self, rate: int, people: Sequence[Person]) -> None:
        rng, kinds = random.Random(3), ("view_item", "purchase", "add_to_cart", "visit")
        began = time.monotonic()
        with closing(Door(self._site.intake, self._key)) as door:
            while not self._over.is_set():
                batch = [
                    _said(rng, rng.choice(people), rng.choice(kinds), f"s{self.sent + n}")
                    for n in range(_BATCH)
                ]
                door.ask("POST", "/v1/events", batch)
                self.sent += _BATCH
                self._over.wait(max(0.0, began + self.sent / rate - time.monotonic()))

    def _probe(self, people: Sequence[Person]) -> None:
        rng = random.Random(4)
        with closing(Door(self._site.intake, self._key)) as door:
            for number, person in enumerate(people):
                if self._over.wait(_PROBE_SECONDS):
                    return
                self.asked[person.public] = time.monotonic()
                door.ask("POST", "/v1/events", [_said(rng, person, "probe", f"p{number}")])

    def _watch(self) -> None:
        last = 0
        with closing(Door(self._site.address, self._headers)) as door:
            while not self._over.wait(_LOOK_SECONDS):
                for move in door.ask("GET", f"/v1/audiences/probed/moves?after={last}"):
                    last = move["number"]
                    for public in move["entered"]:
                        self.waited.append(time.monotonic() - self.asked[public])
                        card = door.ask("GET", f"/v1/persons/{public}")
                        self.untagged += all(t["name"] != "was_probed" for t in card["tags"])

    def _dashboard(self) -> None:
        with closing(Door(self._site.address, self._headers)) as door:
            while not self._over.is_set():
                for rule in _TILES:
                    door.ask("POST", "/v1/count", {"rule": rule})
                    self.tiles += 1
                    if self._over.wait(_TILE_SECONDS):
                        return


def sign_in(site: Site) -> dict[str, str]:
    """Make an account, sign in, and return what to send along."""
    site.post("/v1/setup", OWNER)
    parts = urlsplit(site.address)
    assert parts.hostname is not None
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=60)
    body = orjson.dumps(OWNER)
    connection.request("POST", "/v1/session", body, {"Content-Type": "application/json"})
    reply = connection.getresponse()
    cookie = (reply.getheader("Set-Cookie") or "").split(";")[0]
    csrf = orjson.loads(reply.read())["csrf"]
    connection.close()
    return {"Cookie": cookie, "X-CSRF": csrf}


def _waiting(house: House) -> set[str]:
    """Return the scores and tags that wait for a refresh, for they compare people."""
    waiting = set(SCORES) - set(FOLLOWED)
    tags = house.catalog.all(TagDefinition)
    while more := {n for n, t in tags.items() if names_used(t.how) & waiting} - waiting:
        waiting |= more
    return waiting


def _told(house: House) -> dict[str, np.ndarray[Any, Any]]:
    """Return each column that is live as text, in the order of public ids."""
    ids = house.people.public_ids()
    alive = np.flatnonzero(house.identity.people().flags())
    turn = alive[np.argsort(ids[alive])]
    told: dict[str, np.ndarray[Any, Any]] = {"": ids[turn]}
    for name in set(house.people.columns()) - _waiting(house):
        column = house.people.column(name)
        if column is not None:
            values = column.take(turn).arrow().to_pylist()
            # Lists are sets; in which order they are told says nothing.
            told[name] = np.array([str(sorted(v) if isinstance(v, list) else v) for v in values])
    told["members"] = house.people.members("probed").flags()[turn]
    return told


def _differing(folder: Path) -> int:
    """Return of how many people something is told otherwise live than by a refresh."""
    with House(folder / "house") as house:
        instant = last_instant(house)
        assert instant is not None, "it was refreshed"
        zone = house.settings.time_zone
        when = When(clock.now(), zone)
        live = Live(house, When(instant, zone))
        while live.step(when).messages:
            pass
        live.sweep(when)
        before = _told(live.now().whole)
        Refresh(house, when.as_of).run()
        after = _told(house)
        assert np.array_equal(before[""], after[""]), "the same people"
        differs = np.zeros(before[""].size, np.bool_)
        for name in before.keys() | after.keys():
            nobody = np.full(differs.size, "None")
            differs |= before.get(name, nobody) != after.get(name, nobody)
        return int(differs.sum())


def run(size: Size) -> list[Figure]:
    """Build a workspace, serve it, send to it, and compare with a refresh."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        _build(folder, PEOPLE[size])
        people = _people(folder, 200_000)
        with House(folder / "house") as house:
            key = house.write_keys.create(WriteKeyWish("live", "web"), author="benchmark")
        site = stack.enter_context(serving(folder / "house"))
        headers = sign_in(site)
        door = stack.enter_context(closing(Door(site.address, headers)))
        while not door.ask("GET", "/v1/live")["following"]:
            time.sleep(0.2)
        traffic = Traffic(site, key, headers)
        traffic.run(SECONDS[size], RATE[size], people)
        stack.close()
        differing = _differing(folder)
    waited = np.array(traffic.waited or [1e6]) * 1e3
    middle, most = (round(float(np.quantile(waited, q)), 1) for q in (0.5, 0.95))
    return [
        Figure("people", PEOPLE[size], "people"),
        Figure("events sent", traffic.sent, "events"),
        Figure("counts that dashboards asked", traffic.tiles, "counts"),
        Figure("from event to tag and audience, median", middle, "ms"),
        at_most("from event to tag and audience, p95", most, "ms", GOAL_MS),
        at_most("events never seen", len(traffic.asked) - len(traffic.waited), "events", 0),
        at_most("members without the tag", traffic.untagged, "people", 0),
        at_most("people told otherwise by a refresh", differing, "people", 0),
    ]


BENCHMARK = Benchmark(
    "live", "How long after an event is it a tag and a membership, with dashboards open?", run
)
