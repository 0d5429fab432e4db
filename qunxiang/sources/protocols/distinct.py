"""Distinct ids, as PostHog and Mixpanel use them: whether one is a user's or only a device's.

A distinct id is a user's, unless the message shows that it is not:

- it equals the message's `$device_id`, or stands after `$device:`;
- the client says that the person is not known yet (`$is_identified` or `$process_person_profile`
  is false) and the id is a UUID, as clients make them up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from qunxiang.sources.protocols.values import as_text

_UUID = re.compile(r"(?i)[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|[0-9a-f]+(-[0-9a-f]+){4}")
_DEVICE = "$device:"


def is_uuid(value: object) -> bool:
    """Return whether an id is one that clients make up."""
    return _UUID.fullmatch(as_text(value)) is not None


def tell_apart(distinct: object, properties: Mapping[str, Any]) -> tuple[str, str]:
    """Return a distinct id as (type, value): `user_id` or `device`."""
    value = as_text(distinct)
    if value.startswith(_DEVICE):
        return "device", value.removeprefix(_DEVICE)
    device = as_text(properties.get("$device_id"))
    unknown = (
        properties.get("$is_identified") is False
        or properties.get("$process_person_profile") is False
    )
    if value == device or (unknown and is_uuid(value)):
        return "device", value
    return "user_id", value


def tell_previous(previous: object, properties: Mapping[str, Any]) -> tuple[str, str]:
    """Return the earlier of two joined ids as (type, value): a device's, as far as is known.

    Only a client that names its device, and gives another id than that, joins two users.
    """
    named = as_text(properties.get("$device_id"))
    return tell_apart(previous, properties) if named else ("device", tell_apart(previous, {})[1])
