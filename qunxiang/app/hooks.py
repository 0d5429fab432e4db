"""Web hooks beside the intake: what is in force, what came, what was refused, and what a body would be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.app.tails import Landed, Tail, Wanted
from qunxiang.cleaning import Definitions, Doors, options_of
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller
from qunxiang.sources import (
    Hook,
    HookDefinition,
    Message,
    Refusal,
    Request,
    StandardSigned,
    standard_key,
)

MOST_BODY = 10 << 20
_NEWEST = 200  # messages of the source among which those of hooks are looked for
_SHOWN = 20


@dataclass(frozen=True)
class HookState:
    """A hook, the path of its address, what came of it last, and what was refused.

    Attributes:
        definition: the hook.
        path: where its sender is to send, behind the intake's address.
        secrets: by the name of each of its secrets, whether it is kept.
        received_at: when something last came, as far as the newest messages tell.
        refusals: by day and reason, the newest first; of the last thirty days.
    """

    definition: HookDefinition
    path: str
    secrets: Mapping[str, bool]
    received_at: datetime | None
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class TriedMessage:
    """A message that would come of a body.

    Attributes:
        message: what it says; None if it cannot be used.
        fault: the code of why it would be set aside; empty if it would not.
        refused: why the tracking plan would refuse it, as `plan.range purchase.amount`; empty if not.
    """

    message: Message | None
    fault: str
    refused: str


class Hooks:
    """The web hooks of a workspace."""

    def __init__(self, house: House) -> None:
        self._house = house

    def states(self, caller: Caller) -> list[HookState]:
        """Return every hook in force."""
        kept = {one.name for one in self._house.keychain.all()}
        out: list[HookState] = []
        for hook in self._house.catalog.all(HookDefinition).values():
            came = self.arrivals(hook.name, caller)
            out.append(
                HookState(
                    definition=hook,
                    path=f"/hooks/{hook.name}",
                    secrets={name: name in kept for name in hook.signed.secrets},
                    received_at=came[0].received if came else None,
                    refusals=tuple(self._house.refusals.of(hook.name)),
                )
            )
        return out

    def arrivals(self, name: str, caller: Caller) -> list[Landed]:
        """Return the last messages that hooks brought to a hook's source, the newest first.

        Raises:
            QunxiangError: catalog.not_found.
        """
        hook = self._house.catalog.get(HookDefinition, name)
        tail = Tail(self._house, caller, Wanted(source=hook.origin))
        try:
            seen = tail.newest(_NEWEST).messages
        finally:
            tail.close()
        mine = [one for one in reversed(seen) if one.protocol == Hook.name]
        return mine[:_SHOWN]

    def check(self, hook: HookDefinition) -> None:
        """Check that a hook's secrets are there, and can be what they should be.

        Raises:
            QunxiangError: governance.no_secret, intake.bad_secret.
        """
        for name in hook.signed.secrets:
            secret = self._house.keychain.get(name)
            if isinstance(hook.signed, StandardSigned):
                try:
                    standard_key(secret)
                except ValueError as error:
                    raise QunxiangError("intake.bad_secret", name=name) from error

    def try_out(
        self, hook: HookDefinition, body: bytes, headers: Mapping[str, str], caller: Caller
    ) -> list[TriedMessage]:
        """Return the messages that would come of a body; nothing is kept and no signature is asked for.

        Args:
            hook: what the body means, saved or not.
            body: as its sender writes it.
            headers: those that the hook reads an id or an event's name from.
            caller: who asks.
        """
        caller.require("import")
        received = int(clock.now().timestamp() * 1_000_000)
        speaker = Hook(hook)
        named = {name.lower(): value for name, value in headers.items()}
        request = Request(method="POST", path="/", headers=named, body=body, received=received)
        reading = speaker.read(request)
        catalog, today = self._house.catalog, clock.now().date()
        doors = Doors(Definitions.of(catalog), options_of(self._house.settings), today)
        door = doors.of(hook.origin)
        out: list[TriedMessage] = []
        for item in reading.items:
            fault, said = item.fault, None
            if not fault:
                try:
                    said = speaker.translate(item.raw, reading.about, received)
                except QunxiangError as error:
                    fault = error.code
            refused = "" if said is None or door is None else door.refuses(said)
            out.append(TriedMessage(said, fault, refused))
        return out
