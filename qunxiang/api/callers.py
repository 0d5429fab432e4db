"""Who is asking: a session's cookie with its CSRF word, or an API token."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from qunxiang.app import Feeds, House
from qunxiang.errors import Lang, QunxiangError
from qunxiang.governance import Caller, SignedIn, same

COOKIE = "qunxiang_session"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def get_house(request: Request) -> House:
    """Return the workspace this server serves."""
    return request.app.state.house


def get_lang(request: Request) -> Lang:
    """Return the language the caller prefers: Chinese unless English comes first."""
    first = request.headers.get("accept-language", "zh").split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "zh"


HouseOf = Annotated[House, Depends(get_house)]


def get_feeds(request: Request) -> Feeds:
    """Return what tells of the sources."""
    return request.app.state.feeds


FeedsOf = Annotated[Feeds, Depends(get_feeds)]


def get_address(request: Request) -> str:
    """Return the address the request came from; that a trusted proxy tells, if it came by one."""
    return request.client.host if request.client is not None else ""


AddressOf = Annotated[str, Depends(get_address)]


def is_secure(request: Request) -> bool:
    """Say whether the session's cookie is kept to HTTPS."""
    wanted = get_house(request).settings.secure_cookie
    return request.url.scheme == "https" if wanted == "auto" else wanted == "always"


def get_session(request: Request, house: HouseOf) -> SignedIn | None:
    """Return the session of the request's cookie, if it has one that lives."""
    secret = request.cookies.get(COOKIE)
    return house.accounts.by_session(secret) if secret else None


SessionOf = Annotated[SignedIn | None, Depends(get_session)]


def get_caller(request: Request, house: HouseOf, session: SessionOf) -> Caller:
    """Return who is asking; refuse whoever nobody knows, and changes without the CSRF word."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        caller = house.accounts.by_token(secret.strip())
        if caller is None:
            raise QunxiangError("governance.not_signed_in")
        return caller
    if session is None:
        raise QunxiangError("governance.not_signed_in")
    if request.method not in _SAFE and not same(request.headers.get("x-csrf", ""), session.csrf):
        raise QunxiangError("governance.csrf")
    return session.caller


CallerOf = Annotated[Caller, Depends(get_caller)]
LangOf = Annotated[Lang, Depends(get_lang)]
