"""The examples over HTTP in the README and the guide, run as they are written, by a real server."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = {"README.md": "mine", "docs/http.md": "demo"}


def blocks(page: str) -> str:
    """Return the lines of the terminal that begin with making a token, up to the page's end."""
    found = re.findall(r"```bash\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    first = next(i for i, block in enumerate(found) if "TOKEN=" in block)
    return "\n".join(block for block in found[first:] if "TOKEN" in block)


def answers_in(text: str) -> list:
    """Return the JSON documents in what was written, other lines left out."""
    decoder, out, place = json.JSONDecoder(), [], 0
    while (
        begin := re.compile(r"^[{\[]|(?<=[}\]])[{\[]", re.MULTILINE).search(text, place)
    ) is not None:
        value, place = decoder.raw_decode(text, begin.start())
        out.append(value)
    return out


@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples call curl")
@pytest.mark.parametrize("page", PAGES)
def test_the_examples_run_as_they_are_written(page, template, tmp_path):
    script = blocks(page)
    shutil.copytree(template, tmp_path / PAGES[page])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # The page says port 8000; whatever runs there on this machine is left alone.
    (tmp_path / ".curlrc").write_text(f"connect-to = 127.0.0.1:8000:127.0.0.1:{port}\n")
    before = (
        f'export PATH="{Path(sys.executable).parent}:$PATH" CURL_HOME="{tmp_path}" '
        f'QUNXIANG_PORT={port} NO_PROXY=127.0.0.1; trap "kill \\$(jobs -p)" EXIT'
    )
    done = subprocess.run(
        ["bash", "-euc", f"{before}\n{script}"],
        cwd=tmp_path,
        input="correct horse\n" * 2,  # what the command that makes an account asks for
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        start_new_session=True,
    )
    assert done.returncode == 0, done.stderr
    answers = answers_in(done.stdout)
    assert len(answers) == script.count("curl "), done.stdout
    assert not [a for a in answers if isinstance(a, dict) and "code" in a], done.stdout
    assert answers[0]["total"] == 7
    if page == "docs/http.md":
        assert len(answers[1]["rows"]) == 3
        assert answers[2][0]["name"] == "gender"
        assert answers[3]["name"] == "buyers"
        assert [a["status"] for a in answers[4:6]] == ["done", "done"]
        assert answers[4]["result"]["landed"]["rows"] == 2
        assert answers[6]["changed"] == 2
