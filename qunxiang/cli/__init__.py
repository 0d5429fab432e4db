"""The terminal: reads a command, calls a room, writes the answer."""

from qunxiang.cli.commands import main

__all__ = ["main"]
