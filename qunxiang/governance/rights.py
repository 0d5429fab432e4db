"""Who may do what: scopes, and the roles that are bundles of them. What is not allowed is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from qunxiang.errors import QunxiangError

Scope = Literal["read", "personal", "export", "import", "define", "refresh", "erase", "admin"]
Role = Literal["owner", "manager", "marketer", "analyst", "viewer"]

SCOPES: tuple[Scope, ...] = get_args(Scope)
MEANINGS: dict[Scope, tuple[str, str]] = {
    "read": ("查看人群、标签和统计", "See audiences, tags and figures"),
    "personal": ("查看未脱敏的个人信息", "See personal fields unmasked"),
    "export": ("导出成员", "Export members"),
    "import": ("导入和撤销导入", "Import files and undo imports"),
    "define": ("新建和修改定义", "Make and change definitions"),
    "refresh": ("刷新和重建", "Refresh and rebuild"),
    "erase": ("抹除或导出一个人的全部数据", "Erase or export one person's data"),
    "admin": ("管理账号、令牌、密码和连接器", "Manage accounts, tokens, secrets and connectors"),
}
# Each role's name, and what it is for, in both languages.
ROLE_LABELS: dict[Role, tuple[str, str]] = {
    "owner": ("所有者", "Owner"),
    "manager": ("管理者", "Manager"),
    "marketer": ("运营", "Marketer"),
    "analyst": ("分析师", "Analyst"),
    "viewer": ("访客", "Viewer"),
}
ROLE_SENTENCES: dict[Role, tuple[str, str]] = {
    "owner": (
        "可以做一切,包括管理账号、令牌和连接器。",
        "May do everything, accounts, tokens and connectors included.",
    ),
    "manager": (
        "可以做一切,但不能管理账号、令牌和连接器。",
        "May do everything but manage accounts, tokens and connectors.",
    ),
    "marketer": (
        "导入、定义、刷新和导出,看到的个人信息是脱敏的。",
        "Imports, defines, refreshes and exports; sees personal fields masked.",
    ),
    "analyst": (
        "查看和定义,看到的个人信息是脱敏的。",
        "Looks and defines; sees personal fields masked.",
    ),
    "viewer": ("只能查看,看到的个人信息是脱敏的。", "Only looks; sees personal fields masked."),
}
ROLES: dict[Role, tuple[Scope, ...]] = {
    "owner": SCOPES,
    "manager": ("read", "personal", "export", "import", "define", "refresh", "erase"),
    "marketer": ("read", "export", "import", "define", "refresh"),
    "analyst": ("read", "define"),
    "viewer": ("read",),
}


@dataclass(frozen=True)
class Caller:
    """Whoever asks: a name for the audit trail, and what they may do."""

    name: str
    scopes: frozenset[Scope]

    def may(self, scope: Scope) -> bool:
        """Say whether the caller holds a scope."""
        return scope in self.scopes

    def require(self, scope: Scope) -> None:
        """Refuse a caller who lacks a scope."""
        if scope not in self.scopes:
            zh, en = MEANINGS[scope]
            raise QunxiangError("governance.not_allowed", scope=scope, right_zh=zh, right_en=en)

    def require_role(self, role: Role) -> None:
        """Refuse a caller who lacks any scope of a role: nobody gives, or takes, more than they hold."""
        for scope in ROLES[role]:
            self.require(scope)


# Whoever can open the workspace's folder holds everything in it; the terminal runs as them.
HOUSEHOLDER = Caller("terminal", frozenset(SCOPES))


def caller_of(name: str, role: Role) -> Caller:
    """Return the caller that a role makes of an account."""
    return Caller(name, frozenset(ROLES[role]))
