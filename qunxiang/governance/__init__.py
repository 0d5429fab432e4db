"""Decides what may be kept, shown, sent and erased: roles, masking, consent, contact policy, retention, erasure, audit."""

from qunxiang.governance.accounts import Account, Accounts, SignedIn, Token, same
from qunxiang.governance.audit import Audit
from qunxiang.governance.erasure import erase_state, export_state, search_state
from qunxiang.governance.keychain import Kept, Keychain
from qunxiang.governance.masking import HIDDEN, as_field, is_masked, mask, mask_row
from qunxiang.governance.rights import (
    HOUSEHOLDER,
    MEANINGS,
    ROLE_LABELS,
    ROLE_SENTENCES,
    ROLES,
    SCOPES,
    Caller,
    Role,
    Scope,
    caller_of,
)
from qunxiang.governance.write_keys import (
    SENDABLE,
    Sendable,
    WriteKey,
    WriteKeys,
    WriteKeyWish,
    digest,
)

__all__ = [
    "HIDDEN",
    "HOUSEHOLDER",
    "MEANINGS",
    "ROLES",
    "ROLE_LABELS",
    "ROLE_SENTENCES",
    "SCOPES",
    "SENDABLE",
    "Account",
    "Accounts",
    "Audit",
    "Caller",
    "Kept",
    "Keychain",
    "Role",
    "Scope",
    "Sendable",
    "SignedIn",
    "Token",
    "WriteKey",
    "WriteKeyWish",
    "WriteKeys",
    "as_field",
    "caller_of",
    "digest",
    "erase_state",
    "export_state",
    "is_masked",
    "mask",
    "mask_row",
    "same",
    "search_state",
]
