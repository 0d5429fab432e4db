"""Web hooks: what another system pushes, how it is signed, and what its JSON means.

A definition holds no secret: `secrets` are the names under which the workspace keeps them.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from qunxiang.catalog import Definition, Name

Header = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")]
# Where a value stands: `customer.phone`, `lines.0.sku`; from `$.` on it is counted from the top of
# the body, whatever `records` says.
Path = Annotated[str, Field(max_length=200)]
_PART_OF_NAME = re.compile(r"[^\s]{1,100}")
TOLERANCE = 300  # seconds by which the clocks of sender and receiver may differ


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Signed(_Part):
    # The one in use and, while one takes the place of another, both.
    secrets: tuple[Name, ...] = Field(min_length=1, max_length=5)


class HmacSigned(_Signed):
    """The HMAC-SHA256 of the body in a header, as GitHub (hex) and Shopify (base64) send it.

    Args:
        by: tells this way from the others.
        header: in which it stands.
        encoding: how it is written.
        prefix: what stands before it, as `sha256=`.
        secrets: the names of the keys, any of which is good.
    """

    by: Literal["hmac"] = "hmac"
    header: Header
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = Field(default="", max_length=40)


class TimestampSigned(_Signed):
    """`t=…,v1=…` in a header, as Stripe sends it: the hex HMAC-SHA256 of time, a point and the body.

    Args:
        by: tells this way from the others.
        header: in which it stands.
        tolerance_seconds: how old, or how far in the future, it may be.
        secrets: the names of the keys, any of which is good.
    """

    by: Literal["timestamp"] = "timestamp"
    header: Header = "Stripe-Signature"
    tolerance_seconds: int = Field(default=TOLERANCE, ge=1, le=86_400)


class StandardSigned(_Signed):
    """Standard Webhooks: headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.

    Args:
        by: tells this way from the others.
        tolerance_seconds: how old, or how far in the future, it may be.
        secrets: the names of the keys, which begin with `whsec_`; any of them is good.
    """

    by: Literal["standard"] = "standard"
    tolerance_seconds: int = Field(default=TOLERANCE, ge=1, le=86_400)


class TokenShown(_Signed):
    """A fixed token, for senders that cannot sign: whoever sees one request can make others.

    Args:
        by: tells this way from the others.
        where: whether it stands in a header or in the query of the address.
        called: the name of the header or the query's field.
        prefix: what stands before it, as `Bearer `.
        secrets: the names of the tokens, any of which is good.
    """

    by: Literal["token"] = "token"
    where: Literal["header", "query"] = "header"
    called: Header = "X-Token"
    prefix: str = Field(default="", max_length=40)


Signed = Annotated[
    HmacSigned | TimestampSigned | StandardSigned | TokenShown, Field(discriminator="by")
]


class HookDefinition(Definition):
    """A system that pushes what happens there to `/hooks/NAME`.

    Args:
        signed: how its requests are known to be its own.
        source: the name of the source the messages are of; the hook's own if not given.
        records: the dotted path of the list of records in the body, each a message; empty for the
            body itself.
        kind: whether a record says what happened (`event`), something of the person (`profile`), or
            both.
        event: the event's name; or else
        event_path: where the sender's word for it stands; or else
        event_header: the header in which it stands.
        events: what the sender's words are called here; one that is called nothing is passed over.
        at: where the time stands; that of receipt if not given.
        zone: the time zone of times that name none.
        id: where the record's own id stands; or else
        id_header: the header in which the sender names the request. Without either, the same
            content counts once.
        ids: identifiers of the person by their type, each with its path.
        properties: properties of the event, each with its path.
        all_under: the path of an object all of whose parts are properties, too; `$` for the record.
        fields: fields of the person, each with its path.
        per_second: how many messages a second it may send on average, over ten seconds; 0 for any.
        challenge: the field of the query, or at the top of the body, whose value is sent back when a
            sender asks whether this address is ours.
    """

    kind_zh: ClassVar[str] = "回调"

    signed: Signed
    source: Name | None = None
    records: Path = ""
    kind: Literal["event", "profile", "both"] = "event"
    event: str = Field(default="", max_length=200)
    event_path: Path = ""
    event_header: Header | Literal[""] = ""
    events: dict[str, str] = Field(default={})
    at: Path = ""
    zone: str = "UTC"
    id: Path = ""
    id_header: Header | Literal[""] = ""
    ids: dict[Name, Path] = Field(min_length=1)
    properties: dict[str, Path] = Field(default={})
    all_under: Path = ""
    fields: dict[str, Path] = Field(default={})
    per_second: int = Field(default=0, ge=0)
    challenge: str = Field(default="", max_length=100)

    @field_validator("zone")
    @classmethod
    def _is_known(cls, zone: str) -> str:
        if zone not in available_timezones():
            message = f"there is no time zone {zone}"
            raise ValueError(message)
        return zone

    @field_validator("properties", "fields")
    @classmethod
    def _are_names(cls, named: dict[str, str]) -> dict[str, str]:
        for name, path in named.items():
            if not _PART_OF_NAME.fullmatch(name) or not path:
                message = f"{name!r} needs a name without spaces, and a path"
                raise ValueError(message)
        return named

    @model_validator(mode="after")
    def _fits(self) -> Self:
        named = sum(map(bool, (self.event, self.event_path, self.event_header)))
        if self.kind == "profile":
            if named or self.properties or self.all_under:
                message = (
                    "a profile has fields; an event's name and properties need kind event or both"
                )
                raise ValueError(message)
        elif named != 1:
            message = "an event is named by one of event, event_path and event_header"
            raise ValueError(message)
        if (self.kind == "event") == bool(self.fields):
            message = "fields go with kind profile or both, and both need some"
            raise ValueError(message)
        return self

    @property
    def origin(self) -> str:
        """The name of the source its messages are of."""
        return self.source or self.name
