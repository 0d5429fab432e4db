"""Names groups of people by a rule, sizes them at once, explains them and keeps their members and history."""

from qunxiang.audiences.definitions import AudienceDefinition
from qunxiang.audiences.flow import Audiences, Refreshed

__all__ = ["AudienceDefinition", "Audiences", "Refreshed"]
