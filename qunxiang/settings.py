"""Every setting, described once: its name, meaning, default and where it is looked for.

A setting is read from the environment (`QUNXIANG_TIME_ZONE`), then from `settings.toml` in the
workspace, then its default holds. A wrong value says which of the two it came from.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import available_timezones

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from qunxiang.errors import QunxiangError

FILE = "settings.toml"
_zones = cache(available_timezones)  # looks through every file of the zones


class Settings(BaseSettings):
    """The settings of one workspace."""

    model_config = SettingsConfigDict(env_prefix="QUNXIANG_", frozen=True, extra="forbid")

    time_zone: str = Field(
        "Asia/Shanghai", description="Zone in which days begin and calendar windows run."
    )
    currency: str = Field("CNY", description="Currency of all amounts, an ISO 4217 code.")
    country: str = Field(
        "CN", description="Country of phone numbers written without a country code, ISO 3166."
    )
    date_order: Literal["ymd", "dmy", "mdy"] = Field(
        "ymd", description="How 05/03/24 is read; under `ymd` such dates are set aside."
    )
    memory_mb: int = Field(
        4096, ge=256, description="Memory the engine may take before it spills to disk, MB."
    )
    threads: int = Field(2, ge=1, description="Threads the engine may use.")
    state_url: str = Field(
        "", description="SQLAlchemy URL of the state store; empty for SQLite in the workspace."
    )
    stream_url: str = Field(
        "",
        pattern=r"^(|(nats|tls)://[^\s/]+)$",
        description="NATS server whose JetStream keeps the stream log, as nats://nats.shop.example:4222; empty for files in the workspace.",
    )
    max_file_mb: int = Field(
        20_000, ge=1, description="Largest file an import takes by any door, MB of 2²⁰ bytes."
    )
    min_free_mb: int = Field(
        64, ge=0, description="Free disk space below which nothing new is taken in, MB."
    )
    host: str = Field("127.0.0.1", description="Address the HTTP door listens on.")
    port: int = Field(8000, ge=1, le=65_535, description="Port the HTTP door listens on.")
    intake_host: str = Field(
        "127.0.0.1", description="Address on which messages of SDKs are taken."
    )
    intake_port: int = Field(
        8001, ge=0, le=65_535, description="Port on which messages of SDKs are taken; 0 for none."
    )
    intake_url: str = Field(
        "",
        description="Address under which clients reach the intake, as https://in.shop.example; by default this machine's, with `intake_port`.",
    )
    intake_body_mb: int = Field(
        10, ge=1, le=1024, description="Largest body of a request with messages, MB."
    )
    live: bool = Field(
        True, description="Whether a server shows people as they change, between refreshes."
    )
    live_messages: int = Field(
        500_000,
        ge=0,
        description="So many messages are live, between refreshes, before a server asks for a refresh by itself; 0 for any number.",
    )
    session_hours: int = Field(
        12, ge=1, description="Hours after which a signed-in person signs in again."
    )
    secure_cookie: Literal["auto", "always", "never"] = Field(
        "auto",
        description="When the session cookie is kept to HTTPS; `auto` is when the request came so.",
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of proxies, with commas between, whose X-Forwarded-Proto and X-Forwarded-For are believed; empty for none.",
    )
    pull_folders: str = Field(
        "",
        description="Folders on this machine, with commas between, that connectors may read; the workspace's own `inbox` always.",
    )
    allow_private_addresses: bool = Field(
        default=False,
        description="Whether REST connectors may ask addresses that are not on the public internet.",
    )
    map_approval: str = Field(
        "", description="Approval number (审图号) of the maps, printed below each of them."
    )
    rule_depth: int = Field(12, ge=1, le=60, description="How deeply rules may nest.")
    rule_leaves: int = Field(200, ge=1, description="How many conditions a rule may have.")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in _zones():
            message = f"no such time zone: {value}"
            raise ValueError(message)
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the workspace's file, which arrives as init arguments."""
        return (env_settings, init_settings)


def load(workspace: Path) -> Settings:
    """Return the workspace's settings; raise settings.bad_value naming the place looked in."""
    path = workspace / FILE
    found: dict[str, Any] = {}
    if path.exists():
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise QunxiangError(
                "settings.bad_value",
                where=str(path),
                name=FILE,
                reason=str(error),
                looked_in=str(path),
            ) from error
    try:
        return Settings(**found)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(p) for p in first["loc"])
        looked = str(path) if name in found else f"QUNXIANG_{name.upper()}"
        raise QunxiangError(
            "settings.bad_value", where=looked, name=name, reason=first["msg"], looked_in=looked
        ) from error
