"""Portraits that change as things happen: what arrived since the refresh, worked out for those touched."""

from qunxiang.app.live.flow import Live, Stepped

__all__ = ["Live", "Stepped"]
