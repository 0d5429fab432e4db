"""A usual peer of the intake: FastAPI and pydantic; it checks types, syncs and answers."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from benchmarks.peers.group_file import GroupFile


class Event(BaseModel):
    """An event."""

    event: str
    id: str
    at: str
    ids: dict[str, str]
    properties: dict[str, Any]


def make(folder: Path) -> FastAPI:
    """Return the application."""
    app = FastAPI()
    file = GroupFile(folder / "fastapi.log")

    @app.post("/v1/events")
    async def take(events: list[Event] | Event) -> dict[str, bool]:
        every = events if isinstance(events, list) else [events]
        await file.add(b"".join(e.model_dump_json().encode() + b"\n" for e in every))
        return {"ok": True}

    return app


if __name__ == "__main__":
    one = socket.socket()
    one.bind(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{one.getsockname()[1]}/", flush=True)
    config = uvicorn.Config(make(Path(sys.argv[1])), log_level="warning", access_log=False)
    uvicorn.Server(config).run([one])
