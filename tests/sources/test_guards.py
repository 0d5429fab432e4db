"""Files that are missing, packed, cut short, or not files for us at all."""

from __future__ import annotations

import gzip
import os
import random
import zipfile
from pathlib import Path

import pytest

from qunxiang.errors import QunxiangError, catalogue
from qunxiang.sources import FileShape, Limits, ShapeOverrides, detect, fingerprint
from tests.sources.reading import everything, write

TEXT = "姓名,城市\n" + "张三,上海\n李四,北京\n" * 50


def code_of(path: Path, limits: Limits | None = None, shape: FileShape | None = None) -> str:
    with pytest.raises(QunxiangError) as told:
        everything(path, shape, limits)
    for lang in ("zh", "en"):
        assert path.name in told.value.message(lang)
        assert "?" not in told.value.message(lang)
        assert told.value.remedy(lang)
    return told.value.code.removeprefix("sources.")


def test_what_is_no_file_to_read(tmp_path: Path) -> None:
    assert code_of(tmp_path / "none.csv") == "missing_file"
    (tmp_path / "folder.csv").mkdir()
    assert code_of(tmp_path / "folder.csv") == "is_directory"
    assert code_of(write(tmp_path / "empty.csv", "")) == "empty_file"
    assert code_of(write(tmp_path / "blank.csv", "\r\n \n")) == "empty_file"
    assert code_of(write(tmp_path / "bom.csv", "\ufeff")) == "empty_file"
    os.mkfifo(tmp_path / "pipe.csv")
    assert code_of(tmp_path / "pipe.csv") == "binary_file"
    with pytest.raises(QunxiangError, match="missing"):
        fingerprint(tmp_path / "missing")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.csv", TEXT)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(Path, "open", refuse)
    assert code_of(path) == "no_permission"


@pytest.mark.parametrize(
    "head",
    [
        b"%PDF-1.7",
        b"\x89PNG\r\n",
        b"Rar!\x1a",
        b"7z\xbc\xaf\x27\x1c",
        b"SQLite format 3\0",
        b"\0" * 8 + b"DUCK",
        b"\xfd7zXZ\0",
    ],
)
def test_foreign_formats(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(head + bytes(200))
    assert code_of(path) == "not_what_it_says"


def test_binary(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for size in (100, 5_000, 500_000):
        path.write_bytes(random.Random(1).randbytes(size))
        assert code_of(path) == "binary_file"
    path.write_bytes(bytes(5_000))
    assert code_of(path) == "binary_file"


def test_gzip_and_zip(tmp_path: Path) -> None:
    plain = everything(write(tmp_path / "a.csv", TEXT, "gb18030"))
    data = (tmp_path / "a.csv").read_bytes()
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(data))
    assert everything(packed).rows == plain.rows
    assert everything(packed).shape.compression == "gzip"
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("名单/客户.csv", data)
        archive.writestr("__MACOSX/._客户.csv", b"x")
    found = everything(tmp_path / "a.zip")
    assert found.rows == plain.rows
    assert found.shape.member == "名单/客户.csv"
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("a.csv", data)
        archive.writestr("b.csv", data)
    assert code_of(tmp_path / "b.zip") == "many_members"
    packed.write_bytes(gzip.compress(gzip.compress(data)))
    assert code_of(packed) == "not_what_it_says"


def test_cut_short(tmp_path: Path) -> None:
    lines = "".join(f"{n},{random.Random(n).random()}\n" for n in range(100_000))
    packed = gzip.compress(("编号,值\n" + lines).encode())
    path = tmp_path / "a.csv.gz"
    path.write_bytes(packed[: len(packed) // 2])
    shape = FileShape(
        format="csv", compression="gzip", header_row=0, data_row=1, columns=("编号", "值")
    )
    assert code_of(path) == "truncated"
    assert code_of(path, shape=shape) == "truncated"
    path.write_bytes(packed[:-100_000] + bytes(100_000))
    assert code_of(path, shape=shape) == "truncated"
    path.write_bytes(gzip.compress(b""))
    assert code_of(path) == "empty_file"


def test_bombs(tmp_path: Path) -> None:
    line = b"a,b\n" + b"0,0\n" * 10_000_000
    (tmp_path / "a.gz").write_bytes(gzip.compress(line, 1))
    shape = FileShape(
        format="csv", compression="gzip", header_row=0, data_row=1, columns=("a", "b")
    )
    assert code_of(tmp_path / "a.gz", shape=shape) == "unpacks_too_large"
    limits = Limits(stream_bytes=1_000_000, ratio=10_000)
    assert code_of(tmp_path / "a.gz", limits, shape) == "unpacks_too_large"


def test_rows_too_long(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a,b\nx,1\n" + "y" * 20_000_000 + ",2\n")
    assert code_of(path) == "row_too_long"
    assert code_of(write(tmp_path / "b.csv", "y" * 20_000_000)) == "row_too_long"
    good = everything(write(tmp_path / "c.csv", "a,b\nx,1\n" + "y" * 4_000_000 + ",2\n"))
    assert len(good.rows) == 2


def test_encodings_that_are_none(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", TEXT, "gbk")
    for name in ("nonsense", "rot13", "unicode_escape", "zip", "idna"):
        with pytest.raises(QunxiangError) as told:
            detect(path, overrides=ShapeOverrides(encoding=name))
        assert told.value.code == "sources.unknown_encoding"
    shape = detect(path, overrides=ShapeOverrides(encoding="GBK"))
    assert shape.encoding == "gb18030"
    assert everything(path, shape).rows[0] == ["张三", "上海"]
    with pytest.raises(QunxiangError) as told:
        detect(path, overrides=ShapeOverrides(format="parquet"))
    assert told.value.code == "sources.wrong_format"


def test_a_shape_is_a_document(tmp_path: Path) -> None:
    shape = detect(write(tmp_path / "a.csv", TEXT))
    assert FileShape.model_validate_json(shape.model_dump_json()) == shape


def test_fingerprints(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a", TEXT), write(tmp_path / "b", TEXT)
    assert fingerprint(first) == fingerprint(second)
    assert len(fingerprint(first)) == 32
    assert fingerprint(write(tmp_path / "c", TEXT + "x")) != fingerprint(first)


def test_every_code_of_the_readers_has_its_texts() -> None:
    for name, text in catalogue().items():
        if name.startswith("sources."):
            assert text.zh
            assert text.en_remedy
