"""Which rows become one person, which must not, and what an id leads to afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunxiang.app import House, Imports, Refresh, rebuild
from qunxiang.catalog import IdentifierDefinition, SourceDefinition
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.identity import read_id, write_ids
from qunxiang.identity.sharing import find_disagreeing
from qunxiang.identity.tables import CUT_LINKS
from tests.app.company import write

AS_OF = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
HEADINGS = {
    "key": "会员编号",
    "name": "姓名",
    "phone": "手机号",
    "mail": "邮箱",
    "card": "会员卡号",
    "openid": "openid",
}


class Place:
    """A workspace that files are written for and brought into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.house = House(folder / "workspace")
        self.files = 0

    def bring(self, *rows: Mapping[str, str], source: str = "crm") -> int:
        """Import rows of one file; return the import's number."""
        self.files += 1
        names = [n for n in HEADINGS if any(n in r for r in rows)]
        data = [{HEADINGS[n]: r.get(n, "") for n in names} for r in rows]
        path = write(self.folder / f"file{self.files}.csv", data)
        imports = Imports(self.house)
        outcome = imports.bring(path, imports.look(path, "customers", source=source), HOUSEHOLDER)
        assert outcome.number is not None
        return outcome.number

    def refresh(self) -> int:
        return Refresh(self.house, AS_OF).run().people

    def groups(self) -> set[frozenset[str]]:
        """Return the people as sets of their identifiers' values."""
        identity = self.house.identity
        return {
            frozenset(identity.identifiers_of(p)["value"].to_pylist())
            for p in identity.people().people().tolist()
        }

    def id_of(self, who: str) -> str:
        identity = self.house.identity
        return write_ids(identity.public_ids()[[identity.find(who)]])[0].as_py()

    def causes(self) -> list[str]:
        rows = self.house.warehouse.read(CUT_LINKS, ["cause"]).to_pylist()
        return sorted(r["cause"] for r in rows)


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    yield made
    made.house.close()


A, B, C = "13812345001", "13812345002", "13812345003"


def plus(*phones: str) -> set[str]:
    return {f"+86{p}" for p in phones}


def test_rows_that_share_an_identifier_are_one_person(place):
    place.bring(
        {"key": "M1", "phone": A, "name": "张三"}, {"key": "M2", "phone": B, "name": "李四"}
    )
    place.bring({"phone": A, "mail": "z@aliyun.com"}, source="shop")
    place.bring({"mail": "Z@Aliyun.com", "openid": "o1"}, source="mini")
    assert place.refresh() == 2
    assert place.groups() == {
        frozenset({"M1", "z@aliyun.com", "o1", *plus(A)}),
        frozenset({"M2", *plus(B)}),
    }
    assert place.causes() == []


def test_the_order_of_files_does_not_decide_who_is_whom(place, tmp_path):
    rows = [
        {"key": "M1", "phone": A, "name": "张三"},
        {"phone": A, "mail": "z@aliyun.com"},
        {"mail": "z@aliyun.com", "openid": "o1"},
        {"openid": "o2", "phone": C},
    ]
    for row in rows:
        place.bring(row)
    place.refresh()
    other = Place(tmp_path / "other")
    other.folder.mkdir(exist_ok=True)
    for row in reversed(rows):
        other.bring(row)
    other.refresh()
    assert place.groups() == other.groups()
    assert len(place.groups()) == 2
    other.house.close()


def test_nobody_has_two_user_ids(place):
    """A shared phone joins neither of two members, whatever comes first."""
    place.bring({"key": "M1", "phone": A, "name": "张三"})
    place.bring({"key": "M2", "phone": A, "name": "张三"}, source="shop")
    assert place.refresh() == 2
    groups = place.groups()
    assert all(len(g & {"M1", "M2"}) == 1 for g in groups)
    assert sum(bool(g & plus(A)) for g in groups) == 1
    assert "limit:user_id" in place.causes()


def test_stronger_links_come_first(place):
    """A card is stronger than a mail: where both cannot stand, the card does."""
    place.bring(
        {"key": "M1", "card": "V10001", "name": "张三"},
        {"key": "M2", "mail": "z@aliyun.com", "name": "张三"},
    )
    place.bring({"card": "V10001", "mail": "z@aliyun.com", "name": "张三"}, source="shop")
    place.refresh()
    groups = place.groups()
    assert all(len(g & {"M1", "M2"}) <= 1 for g in groups)
    assert frozenset({"M1", "V10001"}) in groups
    assert frozenset({"M2", "z@aliyun.com"}) in groups


@settings(max_examples=8)
@given(st.data())
def test_limits_hold_whatever_comes(tmp_path_factory, data):
    place = Place(tmp_path_factory.mktemp("limits"))
    row = st.fixed_dictionaries(
        {},
        optional={
            "key": st.sampled_from(["M1", "M2", "M3", "M4"]),
            "phone": st.sampled_from([A, B, C]),
            "mail": st.sampled_from(["a1@aliyun.com", "b1@aliyun.com"]),
            "card": st.sampled_from(["V10001", "V10002", "V10003", "V10004"]),
            "name": st.just("张三"),
        },
    ).filter(lambda r: r.keys() - {"name"})
    files = st.lists(
        st.tuples(st.lists(row, min_size=1, max_size=8), st.sampled_from(["a", "b"])),
        min_size=1,
        max_size=2,
    )
    try:
        for rows, source in data.draw(files):
            place.bring(*rows, source=source)
        place.refresh()
        definitions = place.house.catalog.all(IdentifierDefinition)
        groups = place.groups()
    finally:
        place.house.close()
    assert sum(map(len, groups)) == len(frozenset().union(*groups))  # nothing belongs to two people
    for kind, prefix in (("user_id", "M"), ("member_card", "V"), ("phone", "+86")):
        assert all(sum(v.startswith(prefix) for v in g) <= definitions[kind].limit for g in groups)


@pytest.mark.parametrize("value", ["13800138000", "13888888888", "test@test.com", "null@x.com"])
def test_blocked_values_link_nobody(place, value):
    column = "mail" if "@" in value else "phone"
    place.bring(
        {"key": "M1", column: value}, {"key": "M2", column: value}, {"openid": "o1", column: value}
    )
    assert place.refresh() == 3
    assert not any(value in v for g in place.groups() for v in g)
    with pytest.raises(QunxiangError):
        place.house.identity.find(value)


def test_a_stores_phone_links_nobody(place):
    """Three may share a phone; of a phone that more records show, nobody is the owner."""
    for most, expected in ((3, 1), (4, 4)):
        with Place(place.folder / str(most)).house as house:
            inner = Place.__new__(Place)
            inner.folder, inner.house, inner.files = place.folder / str(most), house, 0
            inner.bring(*({"openid": f"o{n}", "phone": A, "name": "张三"} for n in range(most)))
            inner.refresh()
            people = len(inner.groups() - {frozenset(plus(A))})
            assert people == expected, most
            if most == 4:
                assert set(inner.causes()) == {"shared"}


def test_a_phone_may_be_shared_across_sources_by_one_person(place):
    """Each source shows it once: that is one person in many files, no store."""
    for n in range(6):
        place.bring({"phone": A, "name": "张三", "openid": "o1"}, source=f"s{n}")
    assert place.refresh() == 1


def test_a_family_sharing_a_phone_are_several_people(place):
    place.bring(
        {"openid": "o1", "phone": A, "name": "张建国"},
        {"openid": "o2", "phone": A, "name": "李秀兰"},
        {"openid": "o3", "phone": A, "name": "张建国"},
    )
    place.refresh()
    groups = place.groups()
    assert frozenset({"o1", "o3", *plus(A)}) in groups
    assert frozenset({"o2"}) in groups
    assert "another name" in place.causes()


def test_a_relative_who_comes_first_does_not_get_the_phone(place):
    """The owner is who is named most often with it, wherever in the file."""
    place.bring(
        {"openid": "o2", "phone": A, "name": "李秀兰"},
        {"openid": "o1", "phone": A, "name": "张建国"},
        {"openid": "o3", "phone": A, "name": "张建囯"},
    )
    place.refresh()
    assert place.groups() == {frozenset({"o1", "o3", *plus(A)}), frozenset({"o2"})}


def test_a_phone_two_claim_alike_is_neithers(place):
    place.bring(
        {"openid": "o1", "phone": A, "name": "张建国"},
        {"openid": "o2", "phone": A, "name": "李秀兰"},
    )
    place.refresh()
    assert place.groups() == {frozenset({"o1"}), frozenset({"o2"}), frozenset(plus(A))}
    assert place.causes() == ["another name"] * 2


def test_of_two_that_claim_alike_the_more_trusted_source_is_believed(place):
    for source, trust in (("desk", 20), ("members", 80)):
        place.house.catalog.save(SourceDefinition(name=source, trust=trust), author="test")
    place.bring({"openid": "o1", "phone": A, "name": "张建国"}, source="desk")
    place.bring({"openid": "o2", "phone": A, "name": "李秀兰"}, source="members")
    place.refresh()
    assert place.groups() == {frozenset({"o1"}), frozenset({"o2", *plus(A)})}


def test_the_same_row_twice_counts_once(place):
    rows = (
        {"openid": "o1", "phone": A, "name": "张建国"},
        {"openid": "o2", "phone": A, "name": "李秀兰"},
    )
    place.bring(*rows)
    place.bring(rows[0], {"openid": "o3", "phone": B})
    place.refresh()
    assert frozenset(plus(A)) in place.groups()


ROW = st.fixed_dictionaries(
    {"name": st.sampled_from(["张建国", "张建囯", "李秀兰", "王小明"])},
    optional={
        "key": st.sampled_from(["M1", "M2", "M3"]),
        "phone": st.sampled_from([A, B]),
        "mail": st.sampled_from(["a1@aliyun.com", "b1@aliyun.com"]),
        "card": st.sampled_from(["V10001", "V10002"]),
        "openid": st.sampled_from(["o1", "o2", "o3"]),
    },
).filter(lambda r: len(r) > 1)


@settings(max_examples=12)
@given(st.data())
def test_the_order_of_rows_does_not_decide_who_is_whom(tmp_path_factory, data):
    """The same rows in another order, and cut into files elsewhere, give the same people."""
    rows = data.draw(st.lists(ROW, min_size=2, max_size=12, unique_by=lambda r: tuple(r.items())))
    found = []
    for order in (rows, data.draw(st.permutations(rows))):
        place = Place(tmp_path_factory.mktemp("order"))
        cut = data.draw(st.integers(0, len(order)))
        try:
            for part in (order[:cut], order[cut:]):
                if part:
                    place.bring(*part)
            place.refresh()
            found.append(place.groups())
        finally:
            place.house.close()
    assert found[0] == found[1]


@given(st.data())
def test_who_owns_a_value_does_not_hang_on_order(data):
    """Straight at the tables: pairs and names in any order refuse the same links."""
    names = st.sampled_from(["张建国", "张建囯", "张建", "李秀兰", "王小明", "John Smith", "Smith"])
    claim = st.tuples(st.integers(0, 5), names, st.integers(1, 3), st.sampled_from([20, 50]))
    claims = data.draw(st.lists(claim, min_size=1, max_size=8, unique_by=lambda c: c[:2]))
    links = data.draw(
        st.lists(st.tuples(st.integers(0, 5), st.integers(6, 7)), min_size=1, unique=True)
    )
    kinds = {"phone": IdentifierDefinition(name="phone", priority=2, one_name=True)}
    refused = []
    for _ in range(2):
        told = pl.DataFrame(
            data.draw(st.permutations(claims)), ["actor", "name", "rows", "trust"], orient="row"
        )
        pairs = pl.DataFrame(data.draw(st.permutations(links)), ["left", "right"], orient="row")
        pairs = pairs.with_columns(right_type=pl.lit("phone"))
        refused.append(set(find_disagreeing(pairs, told, kinds).rows()))
    assert refused[0] == refused[1]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("张建国", "张建囯", True),  # one character of three differs
        ("欧阳娜娜", "欧阳娜", True),
        ("张三", "李四", False),
        ("王芳", "王丽", False),
        ("John Smith", "Smith John", True),
        ("John Smith", "Mary Jones", False),
    ],
)
def test_which_names_agree(place, one, other, same):
    place.bring(
        {"openid": "o1", "phone": A, "name": one}, {"openid": "o2", "phone": A, "name": other}
    )
    place.refresh()
    together = any({"o1", "o2"} <= g for g in place.groups())
    assert together == same


# ── ids ──────────────────────────────────────────────────────────────────────────────────────────


def test_old_ids_lead_to_the_survivor_and_back_again(place):
    place.bring({"key": "M1", "phone": A, "name": "张三"})
    place.bring({"mail": "z@aliyun.com", "name": "张三"}, source="shop")
    assert place.refresh() == 2
    older, younger = place.id_of("M1"), place.id_of("z@aliyun.com")
    assert older != younger
    joining = place.bring({"phone": A, "mail": "z@aliyun.com", "name": "张三"}, source="mini")
    assert place.refresh() == 1
    assert place.id_of("M1") == place.id_of("z@aliyun.com") == older
    assert place.id_of(younger) == older  # the old id leads to who they are now
    assert place.house.identity.find(younger) == place.house.identity.find(older)
    # Undone, both are who they were, and bear the ids they had.
    Imports(place.house).undo(joining, HOUSEHOLDER)
    assert place.refresh() == 2
    assert (place.id_of("M1"), place.id_of("z@aliyun.com")) == (older, younger)
    assert place.id_of(younger) == younger


def test_ids_and_numbers_survive_a_rebuild(place):
    place.bring({"key": "M1", "phone": A}, {"key": "M2", "phone": B})
    gone = place.bring({"phone": B, "mail": "b@aliyun.com"}, {"openid": "o9"}, source="shop")
    place.bring({"phone": C}, source="mini")
    place.refresh()
    Imports(place.house).undo(gone, HOUSEHOLDER)
    place.refresh()
    before = {who: place.id_of(who) for who in ("M1", "M2", A, B, C)}
    groups = place.groups()
    rebuild(place.house, AS_OF)
    assert {who: place.id_of(who) for who in before} == before
    assert place.groups() == groups


def test_numbers_are_kept_while_people_come_and_go(place):
    place.bring({"key": "M1", "phone": A}, {"key": "M2", "phone": B})
    place.refresh()
    numbers = [place.house.identity.find(w) for w in ("M1", "M2")]
    extra = place.bring({"key": "M0", "phone": C}, source="shop")
    place.refresh()
    assert [place.house.identity.find(w) for w in ("M1", "M2")] == numbers
    newest = place.house.identity.find("M0")
    Imports(place.house).undo(extra, HOUSEHOLDER)
    place.refresh()
    assert not place.house.identity.people().has(newest)
    assert [place.house.identity.find(w) for w in ("M1", "M2")] == numbers
    place.bring({"key": "M0", "phone": C}, source="shop")
    place.refresh()
    assert place.house.identity.find("M0") == newest  # and the number is theirs again


def test_an_id_says_nothing_without_the_secret(place, tmp_path):
    place.bring({"key": "M1", "phone": A})
    place.refresh()
    other = Place(tmp_path / "other")
    other.folder.mkdir(exist_ok=True)
    other.bring({"key": "M1", "phone": A})
    other.refresh()
    assert other.id_of("M1") != place.id_of("M1")
    other.house.close()


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20))
def test_ids_are_written_and_read(values: Sequence[int]):
    texts = write_ids(np.array(values, np.uint64)).to_pylist()
    assert [read_id(t) for t in texts] == list(values)
    assert [read_id(f" {t.upper()} ") for t in texts] == list(values)
    assert all(len(t) == 14 and t.isalnum() and t == t.lower() for t in texts)


@pytest.mark.parametrize(
    "text", ["", "p", "M001", "13812345001", "p000000000000", "pzzzzzzzzzzzzz", "piiiiiiiiiiiii"]
)
def test_what_is_no_id(text):
    assert read_id(text) is None
