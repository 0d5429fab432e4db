"""The command line: `qunxiang -w DIR COMMAND …`.

The file of a command, and with it the rooms, is loaded when the command runs and not before: the
list of commands is read from the table here alone.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from qunxiang.cli.terminal import Terminal, guess_lang
from qunxiang.errors import Lang

# Which file holds each command, and what it does; a test compares it with the command itself.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": (
        "demo",
        "Build a workspace from sample data, run the main job, show what it found, and serve it.",
    ),
    "serve": ("serving", "Serve the console and the HTTP API of a workspace until interrupted."),
    "intake": (
        "intake",
        "Take messages of SDKs until interrupted; beside `serve`, or several on one port.",
    ),
    "key": ("keys", "写入密钥 Write keys: with which clients send messages."),
    "sources": (
        "sources",
        "List where data comes from: what feeds each source, how much came, and when last.",
    ),
    "tail": (
        "sources",
        "Show the newest messages of SDKs, and more as they land, until interrupted.",
    ),
    "import": ("files", "Bring a file in: see how it is read and mapped, then land its rows."),
    "imports": ("files", "List the imports, newest first."),
    "undo": ("files", "Undo an import; its rows leave at the next refresh."),
    "set-aside": (
        "files",
        "Download the rows of an import that were set aside, with their reasons, to mend them.",
    ),
    "mend": (
        "files",
        "Bring mended rows back; they take the places of the rows that were set aside.",
    ),
    "connector": (
        "connectors",
        "连接器 Connectors: places that rows are pulled from, again and again.",
    ),
    "hook": (
        "hooks",
        "回调 Web hooks: what other systems push, how it is signed and what it means.",
    ),
    "plan": (
        "plans",
        "埋点方案 Tracking plans: which events sources send, and what each must hold.",
    ),
    "quality": (
        "quality",
        "Show what sources send: volume, what was set aside, fill, freshness and odd days.",
    ),
    "fix": (
        "fixes",
        "修正规则 Fixes: how what was set aside is put right, now and from now on.",
    ),
    "message": (
        "mending",
        "逐条修正 Messages that were set aside: mended by hand, one by one.",
    ),
    "templates": (
        "connectors",
        "List the exports whose columns are known by the system that writes them.",
    ),
    "schedule": (
        "schedules",
        "定时任务 Schedules: pulls and refreshes that run by themselves while `serve` runs.",
    ),
    "secret": (
        "schedules",
        "密码 Secrets: passwords and tokens that connectors use, kept sealed.",
    ),
    "jobs": (
        "jobs",
        "List the background jobs that were asked for over HTTP, newest first.",
    ),
    "cancel": (
        "jobs",
        "Ask a background job to stop; what it has not finished takes no effect.",
    ),
    "items": (
        "items",
        "List what clients said of products and the like, the newest version of each.",
    ),
    "refresh": (
        "upkeep",
        "Bring everything up to date: cleaning, identity, portraits, models, tags, audiences.",
    ),
    "rebuild": ("upkeep", "Make the engine anew from the landing log and the state store."),
    "show": ("upkeep", "Show the definitions of a kind, or one of them."),
    "account": ("upkeep", "Make an account that can sign in."),
    "token": ("upkeep", "Make an API token and show its secret, this once."),
    "person": (
        "persons",
        "Show a person's portrait: values with their sources, tags, newest events.",
    ),
    "export-person": ("persons", "Write everything held about a person to a file."),
    "erase": (
        "persons",
        "Erase a person from every store, and search again to be sure; there is no undo.",
    ),
    "audience": ("audiences", "人群 Audiences: groups of people by a rule."),
    "list": ("lists", "名单 Lists: people named by a file, a rule or one by one."),
    "tag": ("handtags", "手工标签 Manual tags: given to people by hand."),
}


class Later(TyperCommand):
    """A command of which only name and help are known until it runs."""

    def load(self) -> Any:
        """Load the command's file and return the command itself."""
        assert self.name is not None
        part = typer.Typer(rich_markup_mode=None)
        import_module(f"qunxiang.cli.{COMMANDS[self.name][0]}").register(part)
        # A second command keeps Typer from folding a lone one into the group.
        part.command("\0")(lambda: None)
        return typer.main.get_group(part).commands[self.name]

    def make_context(self, *args: Any, **extra: Any) -> Any:
        """Begin the command itself."""
        return self.load().make_context(*args, **extra)


class Commands(TyperGroup):
    """Every command of the table."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, (_, told) in COMMANDS.items():
            self.add_command(Later(name, callback=None, help=told, short_help=told))


app = typer.Typer(
    name="qunxiang",
    cls=Commands,
    help="群像 Qunxiang: scattered customer data becomes portraits and audiences.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: drawing boxes costs more than all else together
)


@app.callback()
def choose_workspace(
    context: typer.Context,
    workspace: Annotated[
        Path, typer.Option("-w", "--workspace", help="The workspace's folder.")
    ] = Path("qunxiang-data"),
    lang: Annotated[str, typer.Option("--lang", help="zh or en.")] = "",
) -> None:
    """Choose the workspace and the language of messages."""
    chosen: Lang = "en" if lang == "en" else "zh" if lang == "zh" else guess_lang()
    context.obj = Terminal(workspace, chosen)


def main() -> None:
    """Run the command line."""
    app()
