"""The only clock. Everything else is told the time, as `as_of`."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def micros(moment: datetime) -> int:
    """Return an aware moment as microseconds since 1970-01-01 UTC."""
    delta = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def moment(value: int) -> datetime:
    """Return the aware UTC moment of a count of microseconds since 1970."""
    whole, rest = divmod(value, 1_000_000)
    return datetime.fromtimestamp(whole, UTC).replace(microsecond=rest)


def local(value: datetime, zone: str) -> datetime:
    """Return a moment as a local date and time in the named zone."""
    return value.astimezone(ZoneInfo(zone))
