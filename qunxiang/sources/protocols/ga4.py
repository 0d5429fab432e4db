"""Google Analytics 4: the Measurement Protocol (`/mp/collect`) and the tag's requests (`/g/collect`)."""

from __future__ import annotations

from collections.abc import Sequence

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Message
from qunxiang.sources.protocols.envelopes import (
    KILOBYTE,
    Envelope,
    find_agent,
    find_key,
    find_path,
    open_body,
    open_envelope,
    tell,
)
from qunxiang.sources.protocols.ga4_events import read_tag, translate_event
from qunxiang.sources.protocols.replies import refuse_json, reply_json
from qunxiang.sources.protocols.values import as_text
from qunxiang.sources.protocols.wire import Reading, Reply, Request, judge, parse_form

LARGEST = 130 * KILOBYTE  # bytes of one request
EVENTS = 25  # in one request
_COLLECT, _DEBUG, _TAG = "/mp/collect", "/debug/mp/collect", "/g/collect"
_BESIDES = (
    "client_id",
    "app_instance_id",
    "user_id",
    "timestamp_micros",
    "user_properties",
    "user_location",
    "device",
    "ip_override",
)


class Ga4:
    """Speaks the protocol of Google Analytics 4."""

    name = "ga4"
    paths = (_COLLECT, _DEBUG, _TAG)
    judged = False

    def read(self, request: Request) -> Reading:
        """Find the key (`api_secret`; of the tag, its `tid`) and the events.

        What is sent to `/debug` is checked and dropped, as there.
        """
        reading = self._read(request)
        if find_path(request, self.name) == _DEBUG:
            reading.items = []
        return reading

    def _read(self, request: Request) -> Reading:
        text = open_body(request)
        if len(text) > LARGEST:
            raise QunxiangError("intake.too_large", most=LARGEST)
        key = find_key(request, names=("api_secret", "key", "tid", "measurement_id"))
        if find_path(request, self.name) == _TAG:
            items, facts = read_tag(request.query, text.decode("utf-8", "replace"))
        else:
            envelope: Envelope = open_envelope(text, "events", _BESIDES)
            if envelope.lone or not text.startswith(b"{"):
                raise QunxiangError("intake.bad_value", name="events")
            items, facts = envelope.items, envelope.said
            app = parse_form(request.query).get("app_instance_id")
            facts.setdefault("app_instance_id", app)
        for item in items[EVENTS:]:
            item.fault = item.fault or "intake.too_many"
        return Reading(key=key, items=items, about=tell(**facts, agent=find_agent(request)))

    def translate(self, raw: bytes, about: bytes, received: int) -> Message:
        """Translate one event."""
        return translate_event(raw, about)

    def reply(self, request: Request, faults: Sequence[str]) -> Reply:
        """Say nothing, as Google does whatever comes; `/debug` tells what is wrong."""
        if find_path(request, self.name) != _DEBUG:
            return Reply(status=204, type="text/plain")
        reading = self._read(request)
        judge(self, reading, request.received)
        places = [_complain(n, one.fault) for n, one in enumerate(reading.items) if one.fault]
        return reply_json({"validationMessages": places})

    def refuse(self, request: Request, error: QunxiangError) -> Reply:
        """Answer with the code and message; `/debug` in its own form."""
        if find_path(request, self.name) != _DEBUG:
            return refuse_json(error)
        told = {
            "fieldPath": as_text(error.details.get("name")),
            "description": error.message("en"),
            "validationCode": "VALUE_INVALID",
        }
        return reply_json({"validationMessages": [told]})


def _complain(at: int, code: str) -> dict[str, str]:
    return {
        "fieldPath": f"events[{at}]",
        "description": QunxiangError(code).remedy("en"),
        "validationCode": _VALIDATION.get(code, "VALUE_INVALID"),
    }


_VALIDATION = {
    "intake.bad_name": "NAME_INVALID",
    "intake.too_many": "EXCEEDED_MAX_ENTITIES",
    "intake.no_person": "VALUE_REQUIRED",
    "intake.no_event": "VALUE_REQUIRED",
}
