"""What surrounds an event: the page, the campaign, the device; under the names of `CONTEXT`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from qunxiang.sources.messages import CONTEXT
from qunxiang.sources.protocols.values import as_text

_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
_NAMES = frozenset(CONTEXT)
_FIELDS = 200  # of a page's query; no real one has more


def surround(found: Mapping[str, object]) -> dict[str, str]:
    """Return a context: texts only, nothing empty; path and campaign from the page's address.

    Args:
        found: values by the names of `CONTEXT`; other names are passed over.
    """
    context: dict[str, str] = {}
    for name, value in found.items():
        if value is not None and name in _NAMES and (text := as_text(value)):
            context[name] = text
    url = context.get("page_url", "")
    return _read_address(url, context) if "?" in url or "://" in url else context


def _read_address(url: str, context: dict[str, str]) -> dict[str, str]:
    """Add to a context what the page's address tells and nothing else did."""
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, max_num_fields=_FIELDS)
    except ValueError:
        return context  # an address that is none tells nothing more
    if parts.netloc and "page_path" not in context:
        context["page_path"] = parts.path or "/"
    for name, value in query:
        if name in _UTM and value and name not in context:
            context[name] = value
    return context


def move_reserved(properties: dict[str, Any], names: Mapping[str, str]) -> dict[str, object]:
    """Take reserved properties out that say what surrounds the event.

    Args:
        properties: the event's properties; what is taken leaves them.
        names: reserved names, and their names in the context; the first one that is there wins.
    """
    found: dict[str, object] = {}
    for name, plain in names.items():
        if name in properties and as_text(properties[name]):
            found.setdefault(plain, properties.pop(name))
    return found
