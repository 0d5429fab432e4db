"""HTTP: reads a request, calls a room, writes the answer."""

from qunxiang.api.application import create_app

__all__ = ["create_app"]
