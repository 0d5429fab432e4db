"""Routes: set up the owner, sign in and out, accounts and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from qunxiang.api.callers import COOKIE, AddressOf, CallerOf, HouseOf, SessionOf, is_secure
from qunxiang.api.jobs import JobsOf
from qunxiang.app import forget_account
from qunxiang.errors import QunxiangError
from qunxiang.governance import (
    MEANINGS,
    ROLE_LABELS,
    ROLE_SENTENCES,
    ROLES,
    Account,
    Role,
    Scope,
    SignedIn,
)

router = APIRouter(tags=["accounts"])
Password = Annotated[str, Field(max_length=1_000)]


class Credentials(BaseModel):
    """A name and a password."""

    name: str = Field(min_length=1, max_length=200)
    password: Password


class NewAccount(Credentials):
    """An account to make."""

    role: Role


class AccountChange(BaseModel):
    """What to change of an account; what is left out stays."""

    role: Role | None = None
    password: Password | None = None


class PasswordChange(BaseModel):
    """One's password, and the one to take its place."""

    old: Password
    new: Password


class AccountAnswer(BaseModel):
    """Somebody who works here; `last_seen` is right to a few minutes."""

    name: str
    role: Role
    at: datetime
    last_seen: datetime | None


class NewAccountAnswer(BaseModel):
    """An account that was made."""

    name: str
    role: Role


class ScopeAnswer(BaseModel):
    """Something one may be allowed to do."""

    scope: Scope
    zh: str
    en: str


class RoleAnswer(BaseModel):
    """A role: its name, what it is for, and what it may do."""

    role: Role
    zh: str
    en: str
    about_zh: str
    about_en: str
    scopes: list[ScopeAnswer]


class TokenAnswer(BaseModel):
    """An API token without its secret; `last_used` is right to a few minutes."""

    name: str
    scopes: list[Scope]
    author: str
    at: datetime
    last_used: datetime | None


class NewTokenAnswer(BaseModel):
    """A token that was made, with its secret."""

    name: str
    token: str


class NewToken(BaseModel):
    """A token to make."""

    name: str = Field(min_length=1, max_length=200)
    scopes: list[Scope]


class SessionAnswer(BaseModel):
    """Who is signed in, what they may do, and the word each change must repeat in X-CSRF."""

    name: str
    scopes: list[str]
    csrf: str


class StatusAnswer(BaseModel):
    """Whether the workspace has an owner, and this browser a session; people known; time zone."""

    set_up: bool
    signed_in: bool
    people: int
    time_zone: str


def _begin(request: Request, response: Response, signed_in: SignedIn) -> SessionAnswer:
    secure = is_secure(request)
    response.set_cookie(
        COOKIE, signed_in.secret, httponly=True, samesite="lax", secure=secure, path="/"
    )
    return _session(signed_in)


def _session(signed_in: SignedIn) -> SessionAnswer:
    return SessionAnswer(
        name=signed_in.caller.name, scopes=sorted(signed_in.caller.scopes), csrf=signed_in.csrf
    )


@router.get("/status")
def get_status(house: HouseOf, session: SessionOf) -> StatusAnswer:
    """Say whether the workspace is set up; open to anybody."""
    return StatusAnswer(
        set_up=house.accounts.count() > 0,
        signed_in=session is not None,
        people=house.people.people.count(),
        time_zone=house.settings.time_zone,
    )


@router.post("/setup")
def set_up(
    credentials: Credentials, house: HouseOf, request: Request, response: Response
) -> SessionAnswer:
    """Make the owner's account, once, and sign in."""
    if house.accounts.count():
        raise QunxiangError("governance.already_set_up")
    house.accounts.create(credentials.name, credentials.password, "owner")
    house.audit.note(credentials.name, "set up")
    signed_in = house.accounts.sign_in(credentials.name, credentials.password)
    return _begin(request, response, signed_in)


@router.post("/session")
def sign_in(
    credentials: Credentials,
    house: HouseOf,
    address: AddressOf,
    request: Request,
    response: Response,
) -> SessionAnswer:
    """Sign in; the session is kept by the server and named by a cookie."""
    signed_in = house.accounts.sign_in(credentials.name, credentials.password, address)
    house.audit.note(credentials.name, "sign in")
    return _begin(request, response, signed_in)


@router.get("/session")
def get_session(session: SessionOf) -> SessionAnswer:
    """Say who is signed in."""
    if session is None:
        raise QunxiangError("governance.not_signed_in")
    return _session(session)


@router.delete("/session", status_code=204)
def sign_out(_caller: CallerOf, session: SessionOf, house: HouseOf, response: Response) -> None:
    """Sign out."""
    if session is not None:
        house.accounts.sign_out(session.secret)
    response.delete_cookie(COOKIE, path="/")


@router.put("/session/password", status_code=204)
def change_password(
    change: PasswordChange,
    caller: CallerOf,
    session: SessionOf,
    house: HouseOf,
    address: AddressOf,
) -> None:
    """Change one's own password; one's other sessions end."""
    if session is None:
        raise QunxiangError("governance.not_signed_in")
    house.accounts.verify(caller.name, change.old, address)
    house.accounts.set_password(caller.name, change.new, keep=session.secret)
    house.audit.note(caller.name, "change password", account=caller.name)


@router.get("/accounts")
def list_accounts(caller: CallerOf, house: HouseOf) -> list[AccountAnswer]:
    """List the accounts, the oldest first."""
    caller.require("admin")
    return [_account_answer(a) for a in house.accounts.all()]


@router.post("/accounts", status_code=201)
def create_account(account: NewAccount, caller: CallerOf, house: HouseOf) -> NewAccountAnswer:
    """Make an account, of a role that may do no more than the caller."""
    caller.require("admin")
    caller.require_role(account.role)
    house.accounts.create(account.name, account.password, account.role)
    house.audit.note(caller.name, "create account", account=account.name, role=account.role)
    return NewAccountAnswer(name=account.name, role=account.role)


@router.patch("/accounts/{name}")
def change_account(
    name: str, change: AccountChange, caller: CallerOf, house: HouseOf
) -> AccountAnswer:
    """Give an account another role, at once, or another password, which ends its sessions."""
    caller.require("admin")
    caller.require_role(house.accounts.get(name).role)
    if change.role is not None:
        caller.require_role(change.role)
        house.accounts.set_role(name, change.role)
        house.audit.note(caller.name, "change role", account=name, role=change.role)
    if change.password is not None:
        house.accounts.set_password(name, change.password)
        house.audit.note(caller.name, "change password", account=name)
    return _account_answer(house.accounts.get(name))


@router.delete("/accounts/{name}", status_code=204)
def delete_account(name: str, caller: CallerOf, house: HouseOf, jobs: JobsOf) -> None:
    """Take an account out: its sessions end, what it set and uploaded is forgotten."""
    caller.require("admin")
    caller.require_role(house.accounts.get(name).role)
    house.accounts.remove(name)
    forget_account(house, name)
    jobs.uploads.drop(name)
    house.audit.note(caller.name, "delete account", account=name)


def _account_answer(account: Account) -> AccountAnswer:
    return AccountAnswer.model_validate(vars(account) | {"last_seen": account.seen})


@router.get("/roles")
def list_roles(_caller: CallerOf) -> list[RoleAnswer]:
    """List the roles, and what each may do."""
    return [
        RoleAnswer(
            role=role,
            zh=ROLE_LABELS[role][0],
            en=ROLE_LABELS[role][1],
            about_zh=ROLE_SENTENCES[role][0],
            about_en=ROLE_SENTENCES[role][1],
            scopes=[
                ScopeAnswer(scope=s, zh=MEANINGS[s][0], en=MEANINGS[s][1]) for s in ROLES[role]
            ],
        )
        for role in ROLES
    ]


@router.get("/tokens")
def list_tokens(caller: CallerOf, house: HouseOf) -> list[TokenAnswer]:
    """List the API tokens, without their secrets."""
    caller.require("admin")
    return [
        TokenAnswer.model_validate(vars(t) | {"last_used": t.used}) for t in house.accounts.tokens()
    ]


@router.post("/tokens", status_code=201)
def create_token(token: NewToken, caller: CallerOf, house: HouseOf) -> NewTokenAnswer:
    """Make an API token; its secret is shown this once."""
    caller.require("admin")
    secret = house.accounts.create_token(token.name, token.scopes, author=caller)
    house.audit.note(caller.name, "create token", token=token.name, scopes=list(token.scopes))
    return NewTokenAnswer(name=token.name, token=secret)


@router.delete("/tokens/{name}", status_code=204)
def revoke_token(name: str, caller: CallerOf, house: HouseOf) -> None:
    """Revoke an API token."""
    caller.require("admin")
    house.accounts.revoke_token(name)
    house.audit.note(caller.name, "revoke token", token=name)
