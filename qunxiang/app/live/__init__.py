"""Portraits that change as things happen: what arrived since the refresh, worked out for those touched."""

from qunxiang.app.live.flow import MOST_LAYERS, Live, Stepped
from qunxiang.app.live.follower import Follower
from qunxiang.app.live.following import Following, News
from qunxiang.app.live.now import Now

__all__ = ["MOST_LAYERS", "Follower", "Following", "Live", "News", "Now", "Stepped"]
