"""The web hooks as the intake knows them: read anew when a definition or a secret has changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote

import msgspec

from qunxiang.catalog import Catalog
from qunxiang.errors import QunxiangError
from qunxiang.governance import SENDABLE, Keychain, WriteKey
from qunxiang.intake.keys import Holder
from qunxiang.sources import (
    Hook,
    HookDefinition,
    Reading,
    Refusals,
    Reply,
    Request,
    Speaker,
    parse_form,
    verify,
)

HOME = "/hooks/"
_BURST_SECONDS = 10
# What is sent back of an address can be no page and no script.
_ECHOED = re.compile(r"[\w.~+/=:-]{1,1000}", re.ASCII)
_NO_GUESSING = ("X-Content-Type-Options", "nosniff")
_GOOD = re.compile(rb"\s*\{")


@dataclass(frozen=True)
class Heard:
    """A request that a hook's sender made: what speaks for it, what it says, and at which pace."""

    speaker: Speaker
    reading: Reading
    holder: Holder


@dataclass
class _Open:
    """A hook in force, with the secrets that are good now."""

    definition: HookDefinition
    secrets: tuple[str, ...]
    speaker: Hook
    holder: Holder


class HookBook:
    """The hooks in force."""

    def __init__(self, catalog: Catalog, keychain: Keychain, refusals: Refusals) -> None:
        self._catalog = catalog
        self._keychain = keychain
        self._refusals = refusals
        self._stamp: object = None
        self._hooks: dict[str, _Open] = {}
        self._refused = Counter[tuple[str, str]]()
        self.read()

    def read(self) -> None:
        """Read hooks and secrets anew if any was changed; write down what was refused since."""
        if self._refused:
            refused, self._refused = self._refused, Counter()
            try:
                self._refusals.add(refused)
            except BaseException:
                self._refused.update(refused)
                raise
        stamp = (self._catalog.stamp(), self._keychain.all())
        if stamp == self._stamp:
            return
        found = self._catalog.all(HookDefinition)
        self._hooks = {name: self._open(definition) for name, definition in found.items()}
        self._stamp = stamp

    def hear(self, request: Request) -> Heard | Reply:
        """Return what a request to a hook's address says, or what is answered to one that only asks.

        Raises:
            QunxiangError: intake.no_hook, intake.hook_unsigned, intake.hook_stale or
                intake.hook_method; it is counted.
        """
        name = unquote(request.path.removeprefix(HOME))
        hook = self._hooks.get(name)
        if hook is None:
            raise QunxiangError("intake.no_hook", name=name[:80])
        try:
            return self._hear(hook, request)
        except QunxiangError as error:
            self._refused[name, error.code] += 1
            raise

    def _hear(self, hook: _Open, request: Request) -> Heard | Reply:
        challenge = hook.definition.challenge
        if challenge and request.query:
            asked = parse_form(request.query).get(challenge, "")
            if _ECHOED.fullmatch(asked):
                return Reply(body=asked.encode(), type="text/plain", headers=(_NO_GUESSING,))
        if request.method != "POST":
            raise QunxiangError("intake.hook_method")
        verify(hook.definition.signed, hook.secrets, request)
        if challenge and (asked := _asks(request.body, challenge)) is not None:
            return Reply(body=msgspec.json.encode({challenge: asked}))
        return Heard(hook.speaker, hook.speaker.read(request), hook.holder)

    def _open(self, definition: HookDefinition) -> _Open:
        before = self._hooks.get(definition.name)
        if before is None or before.definition != definition:
            holder = _hold(definition)
        else:
            holder = before.holder  # the room it has left stays
        secrets = tuple(
            secret for name in definition.signed.secrets if (secret := self._secret(name))
        )
        return _Open(definition, secrets, Hook(definition), holder)

    def _secret(self, name: str) -> str:
        try:
            return self._keychain.get(name)
        except QunxiangError:
            return ""  # forgotten since the hook was saved: the others go on being good


def _hold(definition: HookDefinition) -> Holder:
    """Return what a hook may send, in the form in which a write key says so."""
    key = WriteKey(
        name=HOME + definition.name,
        begins="",
        source=definition.origin,
        kinds=SENDABLE,
        per_second=definition.per_second,
        origins=(),
        aliases=(),
        author="",
        at="",
    )
    return Holder(key, float(definition.per_second * _BURST_SECONDS))


def _asks(body: bytes, challenge: str) -> str | None:
    """Return the value that a sender wants back, if that is all it wants."""
    if challenge.encode() not in body or not _GOOD.match(body):
        return None
    try:
        said: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    asked = cast("Mapping[str, Any]", said).get(challenge) if isinstance(said, dict) else None
    return asked if isinstance(asked, str) and asked else None
