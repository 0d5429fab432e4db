from __future__ import annotations

import ast
import re
from dataclasses import astuple
from pathlib import Path

from qunxiang import cleaning
from qunxiang.cleaning import REASONS

CODE = re.compile(
    r"(?:name|phone|mail|date|resident|region|gender|yesno|choice|number|money)\.[a-z_0-9]+"
)


def codes_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    strings = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in strings if CODE.fullmatch(text)} - {"mail.com"}


def test_every_code_has_its_texts_and_every_text_its_code() -> None:
    folder = Path(cleaning.__file__).parent
    used = set().union(
        *(codes_in(path) for path in folder.glob("*.py") if path.name != "reasons.py")
    )
    assert used == {code for code in REASONS if CODE.fullmatch(code)}


def test_texts_are_whole() -> None:
    for code, reason in REASONS.items():
        assert all(astuple(reason)), code
        assert not any(text.endswith((".", "。")) for text in astuple(reason)), code
        assert re.search(r"[\u4e00-\u9fff]", reason.zh), code
        assert re.search(r"[\u4e00-\u9fff]", reason.zh_remedy), code
        assert not re.search(r"[\u4e00-\u9fff]", reason.en + reason.en_remedy), code
