"""Times as clients write them: ISO 8601 in its many spellings, or a number since 1970."""

from __future__ import annotations

from datetime import UTC, datetime

from qunxiang.errors import QunxiangError

_MOST = 253_402_300_799  # the end of the year 9999, in seconds


def read_time(value: object) -> int | None:
    """Return a time in microseconds since 1970 UTC; None for none at all.

    A text is ISO 8601; without a zone it is UTC. A number counts seconds, milliseconds, microseconds
    or nanoseconds, whichever puts it between 1973 and the year 9999.

    Raises:
        QunxiangError: intake.bad_time.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        raise QunxiangError("intake.bad_time", value=str(value))
    if isinstance(value, int | float):
        return _of_number(value)
    text = str(value).strip()
    if text[4:5] != "-":
        try:
            return _of_number(float(text) if "." in text else int(text))
        except ValueError:
            pass
    try:
        found = datetime.fromisoformat(text)
        aware = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
        return round(aware.timestamp() * 1_000_000)
    except (ValueError, OverflowError) as error:
        raise QunxiangError("intake.bad_time", value=text[:40]) from error


def _of_number(value: float) -> int:
    size = abs(value)
    if size <= 1e11 and size <= _MOST:
        return round(value * 1_000_000)
    if size <= 1e14:
        return round(value * 1_000)
    if size <= 1e17:
        return round(value)
    if size <= 1e20:
        return round(value / 1_000)
    raise QunxiangError("intake.bad_time", value=str(value)[:40])
