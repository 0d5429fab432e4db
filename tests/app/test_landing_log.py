"""The landing log: what was acknowledged is there or is missed loudly; what was torn is passed over."""

from __future__ import annotations

import pyarrow as pa
import pytest

from qunxiang.app import House
from qunxiang.errors import QunxiangError
from qunxiang.sources import LandingLog, Position
from tests.app.company import everything, make_anew


def batch(*values: str) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"a": list(values)})


def read(folder, begin: Position = Position(0, 0), end: Position | None = None) -> list[str]:  # noqa: B008
    return [v for _, b in LandingLog(folder).read(begin, end) for v in b.column(0).to_pylist()]


@pytest.fixture
def log(tmp_path):
    made = LandingLog(tmp_path / "log")
    for n in range(3):
        made.append(batch(f"a{n}", f"b{n}"))
    made.commit()
    yield made
    made.close()


def test_every_start_begins_a_segment(log, tmp_path):
    log.close()
    again = LandingLog(tmp_path / "log")
    assert again.append(batch("c")) == Position(2, 0)
    again.close()
    assert read(tmp_path / "log") == ["a0", "b0", "a1", "b1", "a2", "b2", "c"]
    assert read(tmp_path / "log", Position(1, 1), Position(1, 2)) == ["a1", "b1"]
    assert read(tmp_path / "log", Position(1, 2)) == ["a2", "b2", "c"]


@pytest.mark.parametrize("cut", [1, 10, 100])
def test_a_torn_end_is_passed_over(log, tmp_path, cut):
    """The last record was never acknowledged: nobody was told that it is there."""
    log.close()
    path = log.segments()[0][1]
    path.write_bytes(path.read_bytes()[:-cut])
    assert read(tmp_path / "log") == ["a0", "b0", "a1", "b1"]
    # But an import that ended behind it was, and says so.
    with pytest.raises(QunxiangError) as caught:
        read(tmp_path / "log", Position(1, 0), Position(1, 3))
    assert caught.value.code == "sources.log_damaged"
    assert read(tmp_path / "log", Position(1, 0), Position(1, 2)) == ["a0", "b0", "a1", "b1"]


@pytest.mark.parametrize("place", [0.2, 0.5, 0.95])
def test_a_changed_byte_is_never_read_as_data(log, tmp_path, place):
    log.close()
    path = log.segments()[0][1]
    data = bytearray(path.read_bytes())
    data[int(len(data) * place)] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(QunxiangError) as caught:
        read(tmp_path / "log", Position(1, 0), Position(1, 3))
    assert caught.value.code == "sources.log_damaged"


def test_a_rewritten_log_keeps_its_places(log, tmp_path):
    def without_b1(_place: Position, old: pa.RecordBatch) -> pa.RecordBatch:
        keep = pa.array([v != "b1" for v in old.column(0).to_pylist()])
        return old.filter(keep)

    assert log.rewrite(without_b1) == 1
    assert read(tmp_path / "log") == ["a0", "b0", "a1", "a2", "b2"]
    assert read(tmp_path / "log", Position(1, 1), Position(1, 3)) == ["a1", "a2", "b2"]


def test_a_damaged_import_is_not_taken_for_an_empty_one(company):
    before = everything(company)
    company.close()
    path = next((company.folder / "log").glob("*.log"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    with House(company.folder) as house:
        with pytest.raises(QunxiangError) as caught:
            make_anew(house)
        assert caught.value.code == "sources.log_damaged"
        assert everything(house) == before
    path.write_bytes(whole)  # restored from a backup
    with House(company.folder) as house:
        make_anew(house)
        assert everything(house) == before
