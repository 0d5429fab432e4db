"""A message: one thing that a client said, in the one form that every protocol is translated into.

A protocol (one file each in `protocols/`) finds the messages in a request, as the bytes they came
in, and translates each into this form. The bytes are what lands; the loader translates them again,
so that a better translation also mends what came before it.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Kind = Literal["event", "profile", "link", "unlink", "group", "item", "none"]
Change = Literal["set", "once", "add", "append", "union", "remove", "unset", "delete"]


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing a client said.

    Attributes:
        kind: `event`, something a person did; `profile`, something about a person; `link` and
            `unlink`, identifiers that are one person, or are not any more; `group`, something about
            a company or household; `item`, something about a product; `none`, nothing to keep.
        id: what the client calls the message; repeats of it count once. Empty if it has no name.
        at: when it happened, microseconds since 1970 UTC, by our clock; None for its receipt.
        ids: identifiers of the person as (type, value), in the order in which the client means them.
            Types are those of the catalog: `user_id`, `phone`, `email`, `openid`, `unionid`, and
            `device` for anonymous ids, cookies and devices; of one type there may be several.
        event: the event's name as the client writes it; empty for what is no event.
        properties: the event's properties, or the item's, as they came: any JSON.
        context: what surrounds an event, under the names of `CONTEXT`; texts only.
        changes: what becomes of the person's fields, or the group's: by what is done, field and
            value. `once` only where there is none yet; `add` to a number; `append` to a list,
            `union` what is not on it, `remove` from it: their values are lists; `unset` (the value
            says nothing); `delete` the person (the fields are empty).
        group: type and key of the group or item that is meant.
    """

    kind: Kind
    id: str = ""
    at: int | None = None
    ids: tuple[tuple[str, str], ...] = ()
    event: str = ""
    properties: dict[str, Any] = {}
    context: dict[str, str] = {}
    changes: dict[Change, dict[str, Any]] = {}
    group: tuple[str, str] | None = None


# What may surround an event, whatever the protocol calls it.
CONTEXT = (
    "page_url", "page_path", "page_title", "referrer", "screen",
    "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content",
    "ip", "user_agent", "language", "time_zone", "session_id",
    "os", "os_version", "device_type", "device_model", "device_brand", "browser",
    "app_name", "app_version", "library", "library_version",
    "country", "province", "city",
)  # fmt: skip

SECOND = 1_000_000


def correct(original: int | None, sent: int | None, received: int) -> int | None:
    """Return when something happened by our clock, from the client's clock and when it sent.

    Args:
        original: when it happened, by the client's clock, microseconds; None if it did not say.
        sent: when the client sent it, by the client's clock; None if it did not say.
        received: when it arrived here, by ours.
    """
    if original is None or sent is None:
        return original
    return received - (sent - original)
