"""Commands that keep a workspace: refresh, rebuild, show, account, token."""

from __future__ import annotations

from typing import Annotated

import typer

from qunxiang.app import KINDS, Refresh, RefreshDone
from qunxiang.app import rebuild as make_anew
from qunxiang.cli.context import AsOf, Json, house, progress, read_instant, screen
from qunxiang.cli.output import Screen, out, write_json
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER, Role, Scope


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("refresh")(refresh)
    app.command("rebuild")(rebuild)
    app.command("show")(show)
    app.command("account")(create_account)
    app.command("token")(create_token)


def refresh(context: typer.Context, as_of: AsOf = None, as_json: Json = False) -> None:
    """Bring everything up to date: cleaning, identity, portraits, models, tags, audiences."""
    with house(context, as_json=as_json) as opened:
        instant = read_instant(as_of, opened.settings.time_zone)
        with progress("", quiet=as_json) as tell:
            done = Refresh(opened, instant, tell).run()
        _show_refresh(done, screen(context, opened), as_json=as_json)


def rebuild(context: typer.Context, as_of: AsOf = None, as_json: Json = False) -> None:
    """Make the engine anew from the landing log and the state store."""
    with house(context, as_json=as_json) as opened:
        instant = read_instant(as_of, opened.settings.time_zone)
        with progress("", quiet=as_json) as tell:
            done = make_anew(opened, instant, tell)
        _show_refresh(done, screen(context, opened), as_json=as_json)


def _show_refresh(done: RefreshDone, shown: Screen, *, as_json: bool) -> None:
    if as_json:
        write_json(done)
        return
    shown.table(
        "",
        (("阶段", "Stage"), ("秒", "Seconds"), ""),
        [(s.stage, s.seconds, "" if s.ran else "—") for s in done.stages],
    )
    if done.audiences:
        rows = [(a.audience, a.count, a.entered, a.left) for a in done.audiences]
        heads = (("人群", "Audience"), ("人数", "Count"), ("进", "In"), ("出", "Out"))
        shown.table("", heads, rows)
    shown.say(f"[bold]{done.people:,}[/] 人", f"[bold]{done.people:,}[/] people")


def show(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=f"One of: {', '.join(KINDS)}.")],
    name: Annotated[str | None, typer.Argument(help="One definition, whole.")] = None,
    as_json: Json = False,
) -> None:
    """Show the definitions of a kind, or one of them."""
    with house(context, as_json=as_json) as opened:
        chosen = KINDS.get(kind) or KINDS.get(f"{kind}s")
        if chosen is None:
            raise QunxiangError("cli.no_kind", kind=kind, kinds=", ".join(KINDS))
        if name is not None:
            write_json(opened.catalog.get(chosen, name))
            return
        found = opened.catalog.all(chosen)
        if as_json:
            write_json(list(found.values()))
        else:
            heads = (("名称", "Name"), ("中文", "Chinese"), ("英文", "English"))
            rows = [(d.name, d.zh, d.en) for d in found.values()]
            screen(context, opened).table("", heads, rows)


def create_account(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The account's name.")],
    role: Annotated[
        str, typer.Option(help="owner, manager, marketer, analyst or viewer.")
    ] = "owner",
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)
    ] = "",
) -> None:
    """Make an account that can sign in."""
    with house(context) as opened:
        chosen: Role = role  # pyright: ignore[reportAssignmentType] the room refuses any other word
        opened.accounts.create(name, password, chosen)
        opened.audit.note(HOUSEHOLDER.name, "create account", account=name, role=role)
        out.print(f"{name} ({role})")


def create_token(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    scope: Annotated[
        list[str],
        typer.Option(
            "--scope",
            help="read, personal, export, import, define, refresh, erase, admin; repeatable.",
        ),
    ],
    as_json: Json = False,
) -> None:
    """Make an API token and show its secret, this once."""
    with house(context, as_json=as_json) as opened:
        scopes: list[Scope] = scope  # pyright: ignore[reportAssignmentType] the room refuses any other word
        secret = opened.accounts.create_token(name, scopes, author=HOUSEHOLDER)
        opened.audit.note(HOUSEHOLDER.name, "create token", token=name, scopes=scope)
        write_json({"name": name, "token": secret}) if as_json else out.print(secret)
