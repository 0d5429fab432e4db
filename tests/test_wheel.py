"""What a release holds, and that it installs where there is no Node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from scripts import web

ROOT = Path(__file__).parents[1]
CONSOLE = "qunxiang/api/console/"
# Answers the console from an installed release, run apart from this checkout.
SERVE = """
import sys, tempfile
sys.path.insert(0, sys.argv[1])
import qunxiang
from fastapi.testclient import TestClient
from qunxiang.api import create_app
assert qunxiang.__file__.startswith(sys.argv[1]), qunxiang.__file__
with tempfile.TemporaryDirectory() as folder, qunxiang.open(folder) as house:
    answer = TestClient(create_app(house)).get("/customers")
    print(answer.status_code, "群像" in answer.text, "/assets/" in answer.text)
"""


def run(*words: str | Path, **settings: str) -> str:
    done = subprocess.run(
        words, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def uv() -> str:
    found = os.environ.get("UV") or shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    assert Path(found).exists(), "uv is needed to build; run this by `uv run pytest`"
    return found


@pytest.fixture(scope="module")
def release(uv: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist of this checkout, and the wheel built from that sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(uv, "build", "--out-dir", folder)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


def test_one_node_is_named_everywhere() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert web.NODE in groups["dependency-groups"]["dev"]


@pytest.mark.slow
def test_the_wheel_holds_the_console_and_nothing_it_is_made_of(release: tuple[Path, Path]) -> None:
    wheel = release[1]
    assert wheel.name.endswith("-py3-none-any.whl")
    assert wheel.stat().st_size <= 5_000_000
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
        page = opened.read(f"{CONSOLE}index.html").decode()
    scripts = [n for n in names if n.startswith(f"{CONSOLE}assets/") and n.endswith(".js")]
    assert [s for s in scripts if Path(s).name in page], "the first page names a script it holds"
    assert f"{CONSOLE}.vite/manifest.json" in names
    made_of = ("node_modules", "package.json", ".tsx", "hatch_build", "web.py")
    assert not [n for n in names if any(word in n for word in made_of)]


@pytest.mark.slow
def test_the_sdist_holds_sources_and_the_built_console(release: tuple[Path, Path]) -> None:
    with tarfile.open(release[0]) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    wanted = {"web/package-lock.json", "web/src/main.tsx", "scripts/web.py", "hatch_build.py"}
    assert wanted | {f"{CONSOLE}index.html", f"{CONSOLE}.digest"} <= names
    assert not [n for n in names if "node_modules" in n]


@pytest.mark.slow
@pytest.mark.parametrize("which", [0, 1], ids=["sdist", "wheel"])
def test_a_release_installs_without_node(
    uv: str, release: tuple[Path, Path], tmp_path: Path, which: int
) -> None:
    # The libraries are those of this environment; only ours is installed, and apart.
    words = ("pip", "install", "--no-deps", "--target", tmp_path / "installed", release[which])
    run(uv, *words, PATH=str(tmp_path), QUNXIANG_NODE="/nowhere")
    told = run(sys.executable, "-c", SERVE, str(tmp_path / "installed"))
    assert told.split() == ["200", "True", "True"]


def test_the_digest_tells_sources_from_the_rest(tmp_path: Path) -> None:
    """Sources count, however their lines end; tests and what was fetched or made do not."""
    folder = tmp_path / "web" / "src"
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "web.py", tmp_path / "scripts")
    folder.mkdir(parents=True)

    def digest() -> str:
        code = "import web; print(web.digest())"
        return run(sys.executable, "-c", code, PYTHONPATH=str(tmp_path / "scripts"))

    (folder / "main.tsx").write_bytes(b"one\ntwo\n")
    first = digest()
    (folder / "main.test.tsx").write_text("a test", encoding="utf-8")
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "index.js").write_text("fetched", encoding="utf-8")
    (folder / "main.tsx").write_bytes(b"one\r\ntwo\r\n")
    assert digest() == first
    (folder / "main.tsx").write_bytes(b"one\ntwo!\n")
    assert digest() != first
