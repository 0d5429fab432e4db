"""Names groups of people by a rule, sizes them at once, explains them and keeps their members and history."""

from qunxiang.audiences.definitions import AudienceDefinition
from qunxiang.audiences.flow import Audiences, Refreshed
from qunxiang.audiences.histories import Ids
from qunxiang.audiences.moves import Cause, Move, Moves

__all__ = ["AudienceDefinition", "Audiences", "Cause", "Ids", "Move", "Moves", "Refreshed"]
