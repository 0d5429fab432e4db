"""Real clients, one function each: they say the same things to a server, and tell what they said.

A function takes the server's address and a write key, lets the client send everything, waits until it
is sent, and raises if the client reports an error. It sends each message with the client's own means:
batches, packing, tries after failures. What it returns is compared with what the server knows.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import logging
import time
import urllib.request
import uuid
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sensorsanalytics as sa
from amplitude import Amplitude, BaseEvent, Config, EventOptions, Identify
from mixpanel import BufferedConsumer, Mixpanel, MixpanelException
from posthog import Posthog
from rudderstack.analytics.client import Client as RudderstackClient
from segment.analytics.client import Client as SegmentClient
from snowplow_tracker import (
    Emitter,
    PageView,
    SelfDescribing,
    SelfDescribingJson,
    StructuredEvent,
    Subject,
    Tracker,
)

from qunxiang.sources import Message

MANY = 1000
PERSON, ANONYMOUS = "u1", "anon-1"
EMAIL = "zhangsan88@aliyun.com"
NAME = "张三😀"
WORD = "咖啡☕ and 🥐"
EVENT, BULK = "purchase", "bulk"
PATIENCE = 30.0  # seconds until a client must have sent everything

Said = tuple[str, str, tuple[str, ...], str]


@dataclass
class Expected:
    """What a client said.

    `said` counts messages by kind, name, identifiers and content, as `summarise` gives them; `ids`
    are the names of messages, as far as the client tells them.
    """

    said: Counter[Said] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)

    def add(self, kind: str, name: str, who: tuple[str, ...], content: Any = None) -> str:
        """Expect a message; return a new name for it."""
        self.said[kind, name, who, json.dumps(content, ensure_ascii=False)] += 1
        one = str(uuid.uuid4())
        self.ids.add(one)
        return one


def summarise(message: Message) -> Said:
    """Return a message as `Expected` counts it."""
    name = message.event or "/".join(message.group or ())
    who = tuple(f"{kind}:{value}" for kind, value in message.ids)
    content: Any = message.properties.get("value", message.properties.get("n"))
    if message.changes:
        content = message.changes
    elif isinstance(content, str) and content.isdigit():
        content = int(content)
    return message.kind, name, who, json.dumps(content, ensure_ascii=False)


USER, DEVICE, MAIL = f"user_id:{PERSON}", f"device:{ANONYMOUS}", f"email:{EMAIL}"
TRAITS = {"email": EMAIL, "name": NAME}
SET = {"set": TRAITS}


@contextlib.contextmanager
def no_complaints(logger: str) -> Iterator[None]:
    """Raise if a client logs an error that is not about a failure it tries again after."""
    found: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record.getMessage())

    listener = Listener(logging.ERROR)
    log = logging.getLogger(logger)
    log.addHandler(listener)
    try:
        yield
    finally:
        log.removeHandler(listener)
    assert not found, found


def wait(done: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, "the client did not send everything"
        time.sleep(0.02)


def again(send: Callable[[], object]) -> None:
    """Send; once more after a failure, as a program does whose client does not try by itself."""
    try:
        send()
    except Exception:  # noqa: BLE001 - each client raises its own
        send()


def segment(url: str, key: str) -> Expected:
    """analytics-python of Segment: batches, packed and not, each call."""
    expected, wrong = Expected(), []
    with no_complaints("segment"):
        for packed in (True, False):
            client = SegmentClient(
                key, host=f"{url}/segment", gzip=packed, upload_interval=0.05,
                on_error=lambda error, _: wrong.append(error),
            )  # fmt: skip
            _spec(client, expected)
            client.screen(
                PERSON, "shop", "首页", message_id=expected.add("event", "screen_view", (USER,))
            )
            for n in range(MANY // 2):
                name = expected.add("event", BULK, (USER,), n)
                client.track(PERSON, BULK, {"n": n}, message_id=name)
            client.flush()
            client.join()
    assert not wrong, wrong
    return expected


def rudderstack(url: str, key: str) -> Expected:
    """rudder-sdk-python: packed batches, traits in the context."""
    expected, wrong = Expected(), []
    with no_complaints("rudderstack"):
        client = RudderstackClient(
            key, host=f"{url}/rudderstack", gzip=True, upload_interval=0.05,
            on_error=lambda error, _: wrong.append(error),
        )  # fmt: skip
        _spec(client, expected)
        for n in range(MANY):
            name = expected.add("event", BULK, (USER,), n)
            client.track(PERSON, BULK, {"n": n}, message_id=name)
        client.flush()
        client.join()
    assert not wrong, wrong
    return expected


def _spec(client: Any, expected: Expected) -> None:
    """Make each call that the clients of Segment and RudderStack share."""
    client.identify(
        PERSON, dict(TRAITS), anonymous_id=ANONYMOUS,
        message_id=expected.add("profile", "", (USER, DEVICE, MAIL), SET),
    )  # fmt: skip
    client.track(
        PERSON, EVENT, {"value": WORD, "none": None},
        message_id=expected.add("event", EVENT, (USER,), WORD),
    )  # fmt: skip
    client.track(
        anonymous_id=ANONYMOUS, event=EVENT, message_id=expected.add("event", EVENT, (DEVICE,))
    )
    client.page(PERSON, "shop", "首页", message_id=expected.add("event", "page_view", (USER,)))
    client.alias(ANONYMOUS, PERSON, message_id=expected.add("link", "", (USER, DEVICE)))
    client.group(
        PERSON, "g1", {"name": "群像"},
        message_id=expected.add("group", "group/g1", (USER,), {"set": {"name": "群像"}}),
    )  # fmt: skip


def sensors(url: str, key: str) -> Expected:
    """SensorsAnalyticsSDK of Python: one by one, in batches, to the debugging door; it names nothing."""
    expected = Expected()
    address = f"{url}/sensors/sa?project=default&token={key}"
    one = sa.SensorsAnalytics(sa.DefaultConsumer(address))

    def expect(kind: str, name: str, who: tuple[str, ...], content: Any = None) -> None:
        expected.add(kind, name, who, content)

    expect("event", EVENT, (USER,), WORD)
    again(lambda: one.track(PERSON, EVENT, {"value": WORD}, is_login_id=True))
    expect("event", EVENT, (DEVICE,))
    one.track(ANONYMOUS, EVENT, {"none": None})
    expect("event", "$SignUp", (USER, DEVICE))
    one.track_signup(PERSON, ANONYMOUS)
    for how, kind, value in (
        ("profile_set", "set", TRAITS), ("profile_set_once", "once", {"first": "x"}),
        ("profile_increment", "add", {"visits": 1}), ("profile_append", "append", {"likes": ["茶"]}),
    ):  # fmt: skip
        who = (USER, MAIL) if kind == "set" else (USER,)
        expect("profile", "", who, {kind: value})
        getattr(one, how)(PERSON, dict(value), is_login_id=True)
    expect("item", "book/i1", (), None)
    one.item_set("book", "i1", {"title": "群像"})
    identity = sa.SensorsAnalyticsIdentity
    login, phone = identity(identity.LOGIN_ID, PERSON), identity(identity.MOBILE, "13812345678")
    expect("link", "", (USER, "phone:13812345678"))
    one.bind(login, phone)
    expect("unlink", "", ("phone:13812345678",))
    one.unbind(phone)

    many = sa.SensorsAnalytics(sa.BatchConsumer(address, max_size=50))
    for n in range(MANY):
        expect("event", BULK, (USER,), n)
        many.track(PERSON, BULK, {"n": n}, is_login_id=True)
    many.close()

    with contextlib.redirect_stdout(None):
        checked = sa.SensorsAnalytics(sa.DebugConsumer(address))
        expect("event", EVENT, (USER,), WORD)
        checked.track(PERSON, EVENT, {"value": WORD}, is_login_id=True)
        dry = sa.SensorsAnalytics(sa.DebugConsumer(address, write_data=False))
        dry.track(PERSON, EVENT, {"value": "not kept"}, is_login_id=True)
    expected.ids.clear()
    return expected


def posthog(url: str, key: str) -> Expected:
    """posthog-python: packed batches, the older and the newer way of sending them, flags."""
    expected, wrong = Expected(), []
    for mode in ("v0", "v1"):
        client = Posthog(
            key, host=f"{url}/posthog", gzip=True, flush_interval=0.05, capture_mode=mode,
            on_error=lambda error, _: wrong.append(error),
        )  # fmt: skip
        name = expected.add("profile", "", (USER, MAIL), SET)
        client.set(distinct_id=PERSON, properties=dict(TRAITS), uuid=name)
        name = expected.add("profile", "", (USER,), {"once": {"first": "x"}})
        client.set_once(distinct_id=PERSON, properties={"first": "x"}, uuid=name)
        name = expected.add("event", EVENT, (USER,), WORD)
        client.capture(
            EVENT, distinct_id=PERSON, properties={"value": WORD, "none": None}, uuid=name
        )
        name = expected.add("link", "", (USER, DEVICE))
        client.alias(ANONYMOUS, PERSON, uuid=name)
        name = expected.add("group", "company/c1", (), {"set": {"name": "群像"}})
        client.group_identify("company", "c1", {"name": "群像"}, uuid=name)
        for n in range(MANY // 2):
            name = expected.add("event", BULK, (USER,), n)
            client.capture(BULK, distinct_id=PERSON, properties={"n": n}, uuid=name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert not client.get_all_flags(PERSON)
        client.flush()
        client.shutdown()
    assert not wrong, wrong
    return expected


def snowplow(url: str, key: str) -> Expected:
    """snowplow-tracker: POST in batches, GET one by one, plain and in base64; it names all itself."""
    expected, sent = Expected(), []
    logging.getLogger("snowplow_tracker.emitters").setLevel(logging.CRITICAL)

    def count(events: list[dict[str, Any]]) -> None:
        sent.extend(one["eid"] for one in events)

    subject = Subject().set_user_id(PERSON).set_domain_user_id(ANONYMOUS)
    who, end = (USER, DEVICE), time.monotonic() + PATIENCE
    for method, encoded, many in (("post", False, MANY), ("get", True, 10)):
        emitter = Emitter(
            f"{url}/snowplow", method=method, batch_size=100 if method == "post" else 1,
            on_success=count, max_retry_delay_seconds=0,
        )  # fmt: skip
        tracker = Tracker("ns", emitter, subject, app_id=key, encode_base64=encoded)
        before = sum(expected.said.values())
        tracker.track(PageView("https://shop.example/a?utm_source=wx", page_title="首页"))
        expected.add("event", "page_view", who)
        tracker.track(StructuredEvent("shop", EVENT, value=3))
        expected.add("event", EVENT, who, 3)
        inner = SelfDescribingJson("iglu:com.acme/custom/jsonschema/1-0-0", {"value": WORD})
        beside = SelfDescribingJson("iglu:com.acme/store/jsonschema/1-0-0", {"city": "上海"})
        tracker.track(SelfDescribing(inner, context=[beside]))
        expected.add("event", "custom", who, WORD)
        for n in range(many):
            tracker.track(
                SelfDescribing(
                    SelfDescribingJson(f"iglu:com.acme/{BULK}/jsonschema/1-0-0", {"n": n})
                )
            )
            expected.add("event", BULK, who, n)
        # One that failed is kept, and goes out again with the next flush.
        total = before + many + 3
        while len(sent) < total:
            assert time.monotonic() < end, "the client did not send everything"
            emitter.flush()
    expected.ids = set(sent)
    return expected


def mixpanel(url: str, key: str) -> Expected:
    """mixpanel-python: one by one and in batches; changes have no names."""
    expected = Expected()
    base = f"{url}/mixpanel"
    consumer = BufferedConsumer(
        events_url=f"{base}/track", people_url=f"{base}/engage", groups_url=f"{base}/groups",
        import_url=f"{base}/import",
    )  # fmt: skip
    client = Mixpanel(key, consumer)

    def track(who: str, event: str, properties: dict[str, Any], name: str) -> None:
        with contextlib.suppress(
            MixpanelException
        ):  # it stays in the buffer, and goes out with the next
            client.track(who, event, {**properties, "$insert_id": name})

    track(PERSON, EVENT, {"value": WORD, "none": None}, expected.add("event", EVENT, (USER,), WORD))
    name = expected.add("link", "", (USER, DEVICE))
    track(ANONYMOUS, "$create_alias", {"alias": PERSON}, name)
    for n in range(MANY):
        track(PERSON, BULK, {"n": n}, expected.add("event", BULK, (USER,), n))
    named = set(expected.ids)
    expected.add("profile", "", (USER, MAIL), SET)
    client.people_set(PERSON, {"$email": EMAIL, "$name": NAME})
    for how, kind, value in (
        ("people_increment", "add", {"visits": 1}), ("people_append", "append", {"likes": "茶"}),
        ("people_set_once", "once", {"first": "x"}), ("people_union", "union", {"l": ["a"]}),
    ):  # fmt: skip
        listed = {n: v if kind != "append" else [v] for n, v in value.items()}
        expected.add("profile", "", (USER,), {kind: listed})
        getattr(client, how)(PERSON, value)
    expected.add("profile", "", (USER,), {"unset": {"old": True}})
    client.people_unset(PERSON, ["old"])
    expected.add("group", "company/c1", (), {"set": {"name": "群像"}})
    client.group_set("company", "c1", {"name": "群像"})
    again(consumer.flush)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        name = expected.add("event", EVENT, (USER,), WORD)
        old = {"value": WORD, "$insert_id": name}
        client.import_data(None, PERSON, EVENT, 1_500_000_000, old, api_secret=key)
    named.add(name)
    consumer.flush()
    expected.ids = named
    return expected


def amplitude(url: str, key: str) -> Expected:
    """amplitude-python: batches; the client looks for the code in the body of the answer."""
    expected, sent, wrong = Expected(), [], []

    def told(event: Any, code: int, message: str) -> None:
        (sent if code == 200 else wrong).append((code, message))

    client = Amplitude(
        key,
        Config(
            server_url=f"{url}/amplitude/2/httpapi", flush_interval_millis=50, callback=told,
            flush_queue_size=200,
        ),
    )  # fmt: skip
    with no_complaints("amplitude"):
        change = Identify()
        change.set("email", EMAIL)
        change.set("name", NAME)
        name = expected.add("profile", "", (USER, DEVICE, MAIL), SET)
        options = EventOptions(user_id=PERSON, device_id=ANONYMOUS, insert_id=name)
        client.identify(change, options)
        change = Identify()
        change.set("name", "群像")
        name = expected.add("group", "company/c1", (USER,), {"set": {"name": "群像"}})
        client.group_identify("company", "c1", change, EventOptions(user_id=PERSON, insert_id=name))
        name = expected.add("event", EVENT, (USER,), WORD)
        client.track(
            BaseEvent(EVENT, user_id=PERSON, event_properties={"value": WORD}, insert_id=name)
        )
        for n in range(MANY):
            name = expected.add("event", BULK, (USER,), n)
            client.track(BaseEvent(BULK, user_id=PERSON, event_properties={"n": n}, insert_id=name))
        total = sum(expected.said.values())
        client.flush()
        wait(lambda: len(sent) + len(wrong) >= total)
        client.shutdown()
    assert not wrong, wrong[:3]
    return expected


def ga4(url: str, key: str) -> Expected:
    """The Measurement Protocol by hand, as Google gives no client of it: 25 events at a time."""
    expected = Expected()
    who = (USER, DEVICE)
    events = [{"name": EVENT, "params": {"value": WORD}}]
    expected.add("event", EVENT, who, WORD)
    for n in range(MANY):
        events.append({"name": BULK, "params": {"n": n}})
        expected.add("event", BULK, who, n)
    address = f"{url}/ga4/mp/collect?measurement_id=G-1&api_secret={key}"
    for start in range(0, len(events), 25):
        body = {"client_id": ANONYMOUS, "user_id": PERSON, "events": events[start : start + 25]}
        packed = gzip.compress(json.dumps(body).encode())

        def send(packed: bytes = packed) -> None:
            with urllib.request.urlopen(address, packed) as reply:  # noqa: S310
                assert reply.status == 204

        again(send)
    expected.ids.clear()
    return expected


CLIENTS = {
    one.__name__: one
    for one in (segment, rudderstack, sensors, posthog, snowplow, mixpanel, amplitude, ga4)
}
