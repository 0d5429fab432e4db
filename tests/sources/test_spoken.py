"""Which protocol a request is meant for."""

from __future__ import annotations

from typing import Any

import pytest

from qunxiang.sources import SPOKEN, find_speaker
from tests.sources.speaking import form, request

BATCHES = [
    ("/batch", {"api_key": "k", "batch": []}, "posthog"),
    ("/batch/", {"api_key": "k", "batch": [{"event": "events"}]}, "posthog"),
    ("/batch", {"api_key": "k", "events": [{"batch": []}]}, "amplitude"),
    ("/track", {"event": "e", "properties": {"token": "t"}}, "mixpanel"),
    ("/track/", {"event": "e", "api_key": "phc_1"}, "posthog"),
    ("/track", {"event": "e", "properties": {"token": "phc_1"}}, "posthog"),
    ("/engage", [{"$token": "t", "$set": {}}], "mixpanel"),
    ("/engage/", {"api_key": "phc_1", "$set": {}}, "posthog"),
    ("/v1/batch", {"batch": []}, "segment"),
    (
        "/v1/batch",
        {"batch": [{"context": {"library": {"name": "RudderLabs JavaScript SDK"}}}]},
        "rudderstack",
    ),
    ("/v1/track", {"properties": {"name": "rudder"}}, "segment"),
    ("/v1/merge", {}, "rudderstack"),
    ("/v1/t", {}, "segment"),
    ("/v1/projects/k/settings", {}, "segment"),
    ("/i/v0/e/", {}, "posthog"),
    ("/array/phc_1/config.js", {}, "posthog"),
    ("/v1/events", {}, "plain"),
]


@pytest.mark.parametrize(("path", "body", "name"), BATCHES)
def test_paths_of_several(path: str, body: Any, name: str) -> None:
    speaker = find_speaker(request(path, body))
    assert speaker is not None
    assert speaker.name == name


def test_headers_and_forms() -> None:
    rudder = find_speaker(request("/v1/track", {}, anonymousid="YQ=="))
    posthog = find_speaker(request("/track", form(data='{"api_key": "k"}')))
    client = find_speaker(request("/track", b"", user_agent="posthog-python/7"))
    torn = find_speaker(request("/track", form(data="!!!")))
    assert [one.name for one in (rudder, posthog, client, torn) if one] == [
        "rudderstack", "posthog", "posthog", "mixpanel",
    ]  # fmt: skip


def test_a_name_before_the_path_chooses() -> None:
    for speaker in SPOKEN:
        for path in speaker.paths:
            found = find_speaker(request(f"/{speaker.name}{path.replace('*', 'x')}", b"{"))
            assert found is speaker


@pytest.mark.parametrize(
    "path", ["/", "", "/segment", "/segment/batch", "/v2/batch", "/ga4/sa", "/V1/T"]
)
def test_paths_of_none(path: str) -> None:
    assert find_speaker(request(path, {})) is None
