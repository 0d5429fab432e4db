"""Whoever may not see personal values meets none: in no answer, on no page, in no file."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote, urlsplit

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.stage import OWNER, Api, Site, shot
from tests.browser.test_everywhere import PAGES, settle

VIEWER = {"name": "masked-viewer", "password": "only looks at it", "role": "viewer"}
MARKETER = {"name": "masked-marketer", "password": "takes it along", "role": "marketer"}
REACHING = ("name", "phone", "email", "resident_id", "address")
GROUP = "repeat_buyers"
# All that a page holds, but for what its reader wrote into its fields.
HELD = """() => {
  const copy = document.documentElement.cloneNode(true);
  for (const field of copy.querySelectorAll("input")) field.removeAttribute("value");
  const kept = Object.entries(localStorage).flat();
  return [copy.outerHTML, document.title, location.href, ...kept].join("\\n");
}"""


class Listening:
    """Every answer of the API to a page, and every state the page was left in."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.heard: dict[str, str] = {}
        self._coming: list[Response] = []
        page.on("response", self._hear)

    def _hear(self, response: Response) -> None:
        streamed = "text/event-stream" in response.headers.get("content-type", "")
        if urlsplit(response.url).path.startswith("/v1/") and not streamed:
            self._coming.append(response)

    def note(self, where: str) -> None:
        """Write down what came and what is shown, before the page goes elsewhere."""
        coming, self._coming = self._coming, []
        for at, one in enumerate(coming):
            one.finished()
            place = f"{where}: {one.request.method} {urlsplit(one.url).path} {at}"
            self.heard[place] = f"{one.url}\n{one.text()}"
        self.heard[f"{where}: page"] = unquote(self.page.evaluate(HELD))

    def people(self) -> set[str]:
        """Return whoever was spoken of."""
        return {
            who for text in self.heard.values() for who in re.findall(r"\bp[0-9a-z]{13}\b", text)
        }

    def leaks(self, secrets: set[str]) -> list[str]:
        """Return where a secret was told."""
        return [
            f"{where}: {secret}"
            for where, text in self.heard.items()
            for secret in secrets
            if secret in text
        ]


def secrets_of(boss: Api, people: set[str]) -> set[str]:
    """Return whatever reaches or names these people, as the owner sees it."""
    found: set[str] = set()
    for person in people:
        card = boss.get(f"/v1/persons/{person}")
        found |= {one["value"].removeprefix("+86") for one in card["identifiers"]}
        for value in card["values"]:
            if value["name"] in REACHING:
                told = [value["value"], *(other["value"] for other in value["alternatives"])]
                found |= {str(one).removeprefix("+86") for one in told if one is not None}
    return {one for one in found if len(one) > 1}  # a family name alone is no secret


def well_known(boss: Api) -> dict[str, str]:
    """Return somebody with a name, a phone and a mail, and with values that lost to others."""
    asked = {"audience": GROUP, "limit": 200, "columns": list(REACHING)}
    for row in boss.post("/v1/members", asked)["rows"]:
        if not (row["name"] and row["phone"] and row["email"]):
            continue
        card = boss.get(f"/v1/persons/{row['person']}")
        if any(value["alternatives"] for value in card["values"]):
            return row
    raise AssertionError("nobody in the demo is known that well")


@pytest.fixture(scope="module")
def enter(browser: Browser, demo: Site, boss: Api) -> Iterator[Callable[..., Page]]:
    """Make accounts, and pages signed in by them."""
    made = []
    for account in (VIEWER, MARKETER):
        boss.post("/v1/accounts", account)

    def page_of(account: dict[str, str]) -> Page:
        context = browser.new_context(
            locale="zh-CN", viewport={"width": 1366, "height": 900}, reduced_motion="reduce"
        )
        made.append(context)
        said = {name: account[name] for name in ("name", "password")}
        assert context.request.post(demo.at("/v1/session"), data=said).ok
        return context.new_page()

    yield page_of
    for context in made:
        context.close()


def walk_pages(listening: Listening, demo: Site, person: str) -> None:
    for name, path in PAGES.items():
        listening.page.goto(demo.at(path.replace("{person}", person)))
        settle(listening.page)
        listening.note(name)


def look_closely_at_the_card(listening: Listening, demo: Site, person: str) -> None:
    page = listening.page
    page.goto(demo.at(f"/customers/{person}"))
    settle(page)
    for button in page.get_by_role("button", name=re.compile("其他来源的值")).all():
        button.click()
        expect(page.locator(".others").last).to_be_visible()
        listening.note("card: other values")
        page.keyboard.press("Escape")
    for button in page.get_by_role("button", name=re.compile("为什么")).all():
        button.click()
        dialog = page.get_by_role("dialog")
        expect(dialog.locator(".ant-skeleton")).to_have_count(0)
        listening.note("card: why")
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    for mark in page.locator(".masked").all()[:8]:
        mark.hover()
        expect(page.get_by_role("tooltip").last).to_contain_text("已脱敏")
    listening.note("card: hints")


def look_for(listening: Listening, demo: Site, somebody: dict[str, str]) -> None:
    """Find somebody by what is known of them already, wherever one can."""
    page = listening.page
    for known in (somebody["phone"].removeprefix("+86"), somebody["email"]):
        page.goto(demo.at("/customers"))
        settle(page)
        page.get_by_role("searchbox", name="查找客户").fill(known)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(somebody["person"]))
        settle(page)
        listening.note("found")
        page.keyboard.press("Control+k")
        page.get_by_role("combobox", name="搜索与命令").fill(known)
        hit = page.get_by_role("option").filter(has_text="客户").first
        expect(hit).to_contain_text("**")
        listening.note("palette")
        page.keyboard.press("Escape")
    page.goto(demo.at(f"/audiences/{GROUP}?tab=why"))
    page.get_by_role("searchbox").last.fill(somebody["phone"].removeprefix("+86"))
    page.get_by_role("button", name="解释").click()
    expect(page.get_by_text("在这群人里", exact=True)).to_be_visible()
    listening.note("why, by phone")


def look_into_lists(listening: Listening, demo: Site) -> None:
    page = listening.page
    columns = ",".join(REACHING)
    page.goto(demo.at(f"/customers?columns={columns}"))
    settle(page)
    expect(page.locator("main .masked").first).to_be_visible()
    listening.note("list of all")
    page.goto(demo.at(f"/audiences/{GROUP}?tab=members&columns={columns}"))
    settle(page)
    expect(page.locator("main .masked").first).to_be_visible()
    listening.note("list of members")
    page.goto(demo.at("/audiences/new"))
    settle(page)
    page.get_by_role("button", name="添加条件", exact=True).click()
    for typed in ("姓名", "shouji", "xm", "13"):
        page.get_by_role("combobox", name=re.compile("添加条件")).fill(typed)
        page.wait_for_timeout(150)
        listening.note(f"picker: {typed}")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="随便看几个人").click()
    expect(page.locator(".sample li").first).to_be_visible()
    listening.note("builder: sample")


def test_a_viewer_meets_no_personal_value(
    enter: Callable[..., Page], demo: Site, boss: Api
) -> None:
    somebody = well_known(boss)
    page = enter(VIEWER)
    listening = Listening(page)
    walk_pages(listening, demo, somebody["person"])
    look_closely_at_the_card(listening, demo, somebody["person"])
    look_for(listening, demo, somebody)
    look_into_lists(listening, demo)
    people = listening.people()
    assert len(people) > 40
    secrets = secrets_of(boss, people)
    assert len(secrets) > 100
    assert not listening.leaks(secrets)


def test_what_is_looked_for_would_be_found(
    enter: Callable[..., Page], demo: Site, boss: Api
) -> None:
    somebody = well_known(boss)
    page = enter(OWNER)
    listening = Listening(page)
    page.goto(demo.at(f"/customers/{somebody['person']}"))
    settle(page)
    listening.note("card")
    found = listening.leaks(secrets_of(boss, {somebody["person"]}))
    assert [one for one in found if one.startswith("card: GET")]
    assert [one for one in found if one.startswith("card: page")]


def refusal(api: Api, path: str, body: object) -> tuple[int, str]:
    answer = api.ask("POST", path, body)
    return answer.status, answer.json()["code"]


def test_a_viewer_takes_nothing_along(enter: Callable[..., Page], demo: Site) -> None:
    page = enter(VIEWER)
    page.goto(demo.at(f"/audiences/{GROUP}"))
    settle(page)
    expect(page.get_by_role("button", name="存为图片")).to_be_visible()
    expect(page.get_by_role("button", name="导出")).to_have_count(0)
    viewer = Api(page.request, demo, {name: VIEWER[name] for name in ("name", "password")})
    for kind in ("csv", "xlsx"):
        asked = {"audience": GROUP, "columns": ["name"]}
        assert refusal(viewer, f"/v1/export/{kind}", asked) == (403, "governance.not_allowed")


def test_masked_columns_are_no_order(enter: Callable[..., Page], demo: Site, boss: Api) -> None:
    page = enter(VIEWER)
    page.goto(demo.at("/customers?columns=name,phone,city"))
    settle(page)
    heading = page.get_by_role("columnheader", name="姓名")
    heading.click()
    expect(heading).not_to_have_attribute("aria-sort", re.compile("."))
    assert "order" not in page.url
    page.get_by_role("columnheader", name="所在城市").get_by_role("button").click()
    expect(page).to_have_url(re.compile("order=city"))
    settle(page)
    page.goto(demo.at("/customers?columns=name&order=name"))
    problem = page.locator("main [role=alert]")
    expect(problem).to_contain_text("language.field_hidden")
    expect(problem).not_to_contain_text("没有看这个页面的权限")  # it is the order that is refused
    shot(page, "masked-order-zh")
    problem.get_by_role("button").first.click()
    expect(page.get_by_role("table")).to_be_visible()


@pytest.mark.parametrize("place", ["/members", "/tokens"])
def test_a_page_without_the_right_says_so(
    enter: Callable[..., Page], demo: Site, place: str
) -> None:
    page = enter(VIEWER)
    page.goto(demo.at(place))
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("你没有看这个页面的权限")
    expect(problem).to_contain_text("成员与角色")
    expect(problem).to_contain_text("governance.not_allowed")
    expect(page.get_by_role("navigation").get_by_role("link", name="密钥")).to_have_count(0)
    buttons = page.locator("main").get_by_role("button")
    assert buttons.all_inner_texts() == []  # nothing that would be refused
    shot(page, f"no-right-{place[1:]}-zh")


def test_exported_files_are_masked(enter: Callable[..., Page], demo: Site, boss: Api) -> None:
    page = enter(MARKETER)
    page.goto(demo.at(f"/audiences/{GROUP}?tab=members&columns={','.join(REACHING)}"))
    settle(page)
    texts: dict[str, str] = {}
    for kind, label in (("csv", "CSV"), ("xlsx", "Excel (XLSX)")):
        page.get_by_role("button", name="导出").click()
        with page.expect_download() as coming:
            page.get_by_role("menuitem", name=label).click()
        content = coming.value.path().read_bytes()
        texts[kind] = read_table(content) if kind == "xlsx" else content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(texts["csv"])))
    told = json.dumps(rows[0], ensure_ascii=False)
    people = set(re.findall(r"\bp[0-9a-z]{13}\b", texts["csv"]))
    assert len(people) == len(rows) == boss.get(f"/v1/audiences/{GROUP}")["count"], told
    asked = {"audience": GROUP, "limit": 200, "columns": list(REACHING)}
    raw = boss.post("/v1/members", asked)["rows"]
    secrets = {str(row[name]).removeprefix("+86") for row in raw for name in REACHING if row[name]}
    secrets = {one for one in secrets if len(one) > 1}
    assert len(secrets) > 300
    for kind, text in texts.items():
        assert "****" in text, kind
        assert not [secret for secret in secrets if secret in text], kind


def read_table(content: bytes) -> str:
    book = load_workbook(io.BytesIO(content), read_only=True)
    rows = [row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]
    return "\n".join(",".join(str(cell) for cell in row) for row in rows)
