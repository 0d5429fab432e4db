"""Routes: set up the owner, sign in and out, accounts and tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from qunxiang.api.callers import COOKIE, AddressOf, CallerOf, HouseOf, SessionOf, is_secure
from qunxiang.errors import QunxiangError
from qunxiang.governance import Role, Scope, SignedIn

router = APIRouter(tags=["accounts"])
Password = Annotated[str, Field(max_length=1_000)]


class Credentials(BaseModel):
    """A name and a password."""

    name: str = Field(min_length=1, max_length=200)
    password: Password


class NewAccount(Credentials):
    """An account to make."""

    role: Role


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


@router.post("/accounts", status_code=201)
def create_account(account: NewAccount, caller: CallerOf, house: HouseOf) -> dict[str, str]:
    """Make an account."""
    caller.require("admin")
    house.accounts.create(account.name, account.password, account.role)
    house.audit.note(caller.name, "create account", account=account.name, role=account.role)
    return {"name": account.name, "role": account.role}


@router.get("/tokens")
def list_tokens(caller: CallerOf, house: HouseOf) -> list[dict[str, object]]:
    """List the API tokens, without their secrets."""
    caller.require("admin")
    return house.accounts.tokens()


@router.post("/tokens", status_code=201)
def create_token(token: NewToken, caller: CallerOf, house: HouseOf) -> dict[str, str]:
    """Make an API token; its secret is shown this once."""
    caller.require("admin")
    secret = house.accounts.create_token(token.name, token.scopes, author=caller)
    house.audit.note(caller.name, "create token", token=token.name, scopes=list(token.scopes))
    return {"name": token.name, "token": secret}


@router.delete("/tokens/{name}", status_code=204)
def revoke_token(name: str, caller: CallerOf, house: HouseOf) -> None:
    """Revoke an API token."""
    caller.require("admin")
    house.accounts.revoke_token(name)
    house.audit.note(caller.name, "revoke token", token=name)
