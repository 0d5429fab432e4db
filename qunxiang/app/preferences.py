"""Preferences: what somebody set for their pages, or the team for everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import orjson
from sqlalchemy import delete, insert, select

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.app.tables import PREFERENCES
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller

LARGEST = 64 << 10  # bytes of JSON
_TEAM = ""


@dataclass(frozen=True)
class Preference:
    """A value, whose it is, and when it was set."""

    value: Any
    of: Literal["me", "team", "nobody"]
    at: str | None


class Preferences:
    """What a caller, or the team, set; reading the team's is everybody's, setting it an admin's."""

    def __init__(self, house: House, caller: Caller) -> None:
        self._house = house
        self._caller = caller

    def get(self, key: str, *, team: bool = False) -> Preference:
        """Return one's own value; else the team's; else nothing."""
        for owner in (_TEAM,) if team else (self._caller.name, _TEAM):
            query = select(PREFERENCES.c.value, PREFERENCES.c.at).where(*_one(owner, key))
            with self._house.state.reading() as connection:
                row = connection.execute(query).first()
            if row is not None:
                return Preference(row.value, "team" if owner == _TEAM else "me", row.at)
        return Preference(None, "nobody", None)

    def put(self, key: str, value: Any, *, team: bool = False) -> Preference:
        """Set a value.

        Raises:
            QunxiangError: app.preference_too_large.
        """
        owner, size = self._owner(team=team), len(orjson.dumps(value))
        if size > LARGEST:
            raise QunxiangError("app.preference_too_large", where=key, bytes=size, limit=LARGEST)
        row = {"account": owner, "key": key, "value": value, "at": clock.now().isoformat()}
        with self._house.state.writing() as connection:
            connection.execute(delete(PREFERENCES).where(*_one(owner, key)))
            connection.execute(insert(PREFERENCES).values(**row))
        self._note("set preference", key, team=team)
        return self.get(key, team=team)

    def delete(self, key: str, *, team: bool = False) -> None:
        """Forget a value."""
        owner = self._owner(team=team)
        with self._house.state.writing() as connection:
            connection.execute(delete(PREFERENCES).where(*_one(owner, key)))
        self._note("forget preference", key, team=team)

    def _owner(self, *, team: bool) -> str:
        if team:
            self._caller.require("admin")
        return _TEAM if team else self._caller.name

    def _note(self, what: str, key: str, *, team: bool) -> None:
        if team:  # one's own are nobody's business
            self._house.audit.note(self._caller.name, what, key=key)


def forget_account(house: House, name: str) -> None:
    """Forget everything an account set, so that the next of that name does not find it."""
    with house.state.writing() as connection:
        connection.execute(delete(PREFERENCES).where(PREFERENCES.c.account == name))


def _one(owner: str, key: str) -> tuple[Any, ...]:
    return PREFERENCES.c.account == owner, PREFERENCES.c.key == key
