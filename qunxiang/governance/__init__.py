"""Decides what may be kept, shown, sent and erased: roles, masking, consent, contact policy, retention, erasure, audit."""

from qunxiang.governance.accounts import Accounts, SignedIn, same
from qunxiang.governance.audit import Audit
from qunxiang.governance.erasure import erase_state, export_state, search_state
from qunxiang.governance.masking import HIDDEN, as_field, is_masked, mask, mask_row
from qunxiang.governance.rights import HOUSEHOLDER, ROLES, SCOPES, Caller, Role, Scope, caller_of

__all__ = [
    "HIDDEN",
    "HOUSEHOLDER",
    "ROLES",
    "SCOPES",
    "Accounts",
    "Audit",
    "Caller",
    "Role",
    "Scope",
    "SignedIn",
    "as_field",
    "caller_of",
    "erase_state",
    "export_state",
    "is_masked",
    "mask",
    "mask_row",
    "same",
    "search_state",
]
