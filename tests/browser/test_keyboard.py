"""Everything goes by the keyboard alone, and where it is can always be seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FileChooser, Locator, Page, expect

from tests.browser.stage import OWNER, Api, Site, shot
from tests.browser.test_everywhere import settle

# Where the focus is, and whether it shows there: marked, and not below something that covers it.
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body || at.getAttribute("role") === "dialog") return null;
  const box = at.getBoundingClientRect();
  let marked = false;
  for (let one = at, step = 0; one && one !== document.body && step < 5; one = one.parentElement, step++) {
    const style = getComputedStyle(one);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    const field = step < 4 && /input|select|picker/.test(String(one.className));
    marked ||= outlined || (field && style.boxShadow !== "none");
  }
  const x = box.left + box.width / 2;
  const top = document.elementFromPoint(x, box.top + Math.min(box.height / 2, 10));
  const seen = !!top && (at.contains(top) || top.contains(at) || !!top.parentElement?.contains(at));
  const name = at.getAttribute("aria-label") || at.innerText || at.placeholder || at.tagName;
  return { marked, seen, name: name.slice(0, 40), main: !!at.closest("main") };
}"""


def is_focused(target: Locator) -> bool:
    return target.count() > 0 and target.first.evaluate("one => one === document.activeElement")


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until something has the focus; at every stop the focus must be seen."""
    for _ in range(150):
        page.keyboard.press(key)
        look_at_focus(page)
        if is_focused(target):
            return
    raise AssertionError(f"not to be reached by {key}: {target}")


def look_at_focus(page: Page) -> None:
    found = page.evaluate(FOCUS)
    for _ in range(20):  # the mark fades in, and the page scrolls
        if found is None or (found["marked"] and found["seen"]):
            return
        page.wait_for_timeout(25)
        found = page.evaluate(FOCUS)
    raise AssertionError(f"the focus is not to be seen: {found}")


def is_true(page: Page, condition: Callable[[], bool], seconds: float = 5) -> bool:
    """Whether the condition comes true while the page goes on."""
    for _ in range(int(seconds * 20)):
        if condition():
            return True
        page.wait_for_timeout(50)
    return condition()


def focused(page: Page) -> str:
    found = page.evaluate(FOCUS)
    return "" if found is None else found["name"]


def add_condition(page: Page, typed: str, label: str) -> None:
    """Choose from the picker, the focus being on its button."""
    page.keyboard.press("Enter")
    field = page.get_by_role("combobox", name=re.compile("添加条件"))
    expect(field).to_be_focused()
    page.keyboard.type(typed)
    chosen = page.locator(".combo [role=option][aria-selected=true]")
    for _ in range(20):
        if label in chosen.inner_text():
            break
        page.keyboard.press("ArrowDown")
    expect(chosen).to_contain_text(label)
    page.keyboard.press("Enter")
    expect(field).to_have_count(0)


def write_value(page: Page, text: str) -> None:
    """Write into the box that has the focus, take what it suggests, and leave it as it is open."""
    page.keyboard.type(text)
    offered = page.locator(".ant-select-dropdown:visible .ant-select-item-option-active")
    expect(offered).to_contain_text(text)
    page.keyboard.press("Enter")


def conditions(page: Page) -> list[str]:
    named = page.locator(".rule-part .rule-leaf fieldset > button:first-child")
    return [re.sub(r"^.*: ", "", one.get_attribute("aria-label") or "") for one in named.all()]


def test_from_the_door_to_an_audience(page: Page, demo: Site) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(demo.at("/"))
    expect(page.get_by_role("textbox", name="用户名")).to_be_focused()
    page.keyboard.type(OWNER["name"])
    tab_to(page, page.get_by_role("textbox", name="密码"))
    page.keyboard.type(OWNER["password"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()
    settle(page)

    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="搜索与命令")).to_be_focused()
    page.keyboard.type("renqun")
    first = page.locator("[role=option][aria-selected=true]")
    expect(first).to_contain_text("人群")
    shot(page, "keyboard-palette")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="人群", exact=True)).to_be_visible()

    tab_to(page, page.get_by_role("link", name="新建人群"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="新建人群")).to_be_visible()
    adding = page.get_by_role("button", name="添加条件", exact=True)
    expect(adding).to_be_visible()
    tab_to(page, adding)
    add_condition(page, "szcs", "所在城市")
    value = page.get_by_role("listitem", name="条件 1").get_by_role("combobox", name="值")
    expect(value).to_be_focused()  # what was just added waits for its value
    write_value(page, "上海市")
    tab_to(page, adding)
    add_condition(page, "xingbie", "性别")
    write_value(page, "女")
    expect(page.locator("[aria-busy=false] [data-testid=count]")).to_be_visible()
    assert conditions(page) == ["所在城市", "性别"]

    page.keyboard.press("Alt+ArrowUp")
    assert conditions(page) == ["性别", "所在城市"]
    look_at_focus(page)
    assert page.evaluate("!!document.activeElement.closest('li[aria-label=\"条件 1\"]')")
    page.keyboard.press("Control+z")
    assert conditions(page) == ["所在城市", "性别"]
    page.keyboard.press("Control+Shift+z")
    assert conditions(page) == ["性别", "所在城市"]

    expect(page.get_by_text("请补全这个条件")).to_have_count(0)

    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="名称", exact=True)).to_be_focused()
    page.keyboard.type("只用键盘")
    shot(page, "keyboard-save")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="只用键盘")).to_be_visible()
    assert "/audiences/" in page.url
    assert not page.url.endswith("/new")


def test_the_skip_link_skips(owner: Page, demo: Site) -> None:
    owner.goto(demo.at("/customers"))
    settle(owner)
    owner.keyboard.press("Tab")
    link = owner.get_by_role("link", name="跳到正文")
    expect(link).to_be_focused()
    look_at_focus(owner)
    shot(owner, "keyboard-skip-link")
    owner.keyboard.press("Enter")
    owner.keyboard.press("Tab")
    assert owner.evaluate(FOCUS)["main"]
    look_at_focus(owner)
    expect(owner.get_by_role("heading", name="客户", exact=True)).to_be_visible()


def test_letters_are_listed_go_and_can_be_switched_off(owner: Page, demo: Site) -> None:
    owner.emulate_media(reduced_motion="reduce")
    owner.goto(demo.at("/audiences"))
    settle(owner)
    tab_to(owner, owner.get_by_role("button", name="快捷键"))
    owner.keyboard.press("?")
    dialog = owner.get_by_role("dialog")
    expect(dialog).to_contain_text("前往客户")
    shot(owner, "keyboard-shortcuts")
    owner.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(owner.get_by_role("button", name="快捷键")).to_be_focused()
    owner.keyboard.press("g")
    owner.keyboard.press("c")
    expect(owner.get_by_role("heading", name="客户", exact=True)).to_be_visible()
    settle(owner)
    owner.keyboard.press("/")
    field = owner.get_by_role("searchbox", name="查找客户")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    owner.keyboard.type("g c ? /")  # in a field letters are letters
    expect(field).to_have_value("g c ? /")
    owner.keyboard.press("Tab")
    owner.keyboard.press("?")
    expect(dialog).to_be_visible()
    tab_to(owner, dialog.get_by_role("switch"))
    owner.keyboard.press("Space")
    owner.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    owner.keyboard.press("g")
    owner.keyboard.press("a")
    owner.keyboard.press("?")
    owner.wait_for_timeout(300)
    expect(owner.get_by_role("heading", name="客户", exact=True)).to_be_visible()
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/audiences/repeat_buyers?tab=members", "audience"),
        ("/customers/{person}", "card"),
        ("/audiences/repeat_buyers/edit", "builder"),
        ("/customers", "customers"),
        ("/members", "members"),
    ],
)
def test_the_focus_is_seen_at_every_stop(
    owner: Page, demo: Site, boss: Api, path: str, name: str
) -> None:
    person = boss.post("/v1/sample", {"audience": "repeat_buyers", "n": 1})["rows"][0]["person"]
    owner.emulate_media(reduced_motion="reduce")
    owner.goto(demo.at(path.replace("{person}", person)))
    settle(owner)
    stops = 0
    for key in ("Tab", "Shift+Tab"):  # backwards, what is reached comes from below the header
        for _ in range(200):
            owner.keyboard.press(key)
            look_at_focus(owner)
            if owner.evaluate("document.activeElement === document.body"):
                break
            stops += 1
    assert stops > 30, name


DIALOGS = [
    ("/audiences/new?rule={}", None, "Control+k"),
    ("/audiences/repeat_buyers/edit", "保存", "Enter"),
    ("/members", "添加成员", "Enter"),
    ("/tokens", "新建密钥", "Enter"),
    ("/customers/{person}", "为什么", "Enter"),
]


@pytest.mark.parametrize(("path", "button", "key"), DIALOGS, ids=[d[0] for d in DIALOGS])
def test_dialogs_keep_the_focus_and_give_it_back(
    owner: Page, demo: Site, boss: Api, path: str, button: str | None, key: str
) -> None:
    person = boss.post("/v1/sample", {"audience": "repeat_buyers", "n": 1})["rows"][0]["person"]
    owner.emulate_media(reduced_motion="reduce")
    owner.goto(demo.at(path.replace("{person}", person)))
    settle(owner)
    opener = owner.locator("main").get_by_role(
        "button", name=re.compile(button or "撤销|添加条件$")
    )
    opener = opener.and_(owner.locator(":enabled"))
    tab_to(owner, opener)
    owner.keyboard.press(key)
    dialog = owner.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _ in range(12):
        owner.keyboard.press("Tab")
        look_at_focus(owner)
        assert not owner.evaluate("!!document.activeElement.closest('.shell')"), focused(owner)
    owner.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener.first).to_be_focused()


def test_a_customer_is_found(owner: Page, demo: Site, boss: Api) -> None:
    person = boss.post("/v1/sample", {"audience": "repeat_buyers", "n": 1})["rows"][0]["person"]
    owner.goto(demo.at("/"))
    settle(owner)
    owner.keyboard.press("g")
    owner.keyboard.press("c")
    expect(owner.get_by_role("heading", name="客户", level=1)).to_be_visible()
    tab_to(owner, owner.locator("main").get_by_role("searchbox").first)
    owner.keyboard.type(person)
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("heading", name="动态")).to_be_visible()
    expect(owner).to_have_url(re.compile(f"/customers/{person}$"))


def test_a_file_is_imported(page: Page, empty: Site, tmp_path: Path) -> None:
    page.emulate_media(reduced_motion="reduce")
    assert page.request.post(empty.at("/v1/setup"), data=OWNER).ok
    file = tmp_path / "members.csv"
    file.write_text("手机号,姓名,城市\n13800138000,张三,上海\n13900139000,李四,北京\n", "utf-8")
    asked: list[FileChooser] = []

    def hear(chooser: FileChooser) -> None:
        asked.append(chooser)

    page.on("filechooser", hear)  # from before the page is there
    page.goto(empty.at("/imports/new"))
    settle(page)
    choose = page.locator(".ant-upload-btn")
    tab_to(page, choose)
    for _ in range(5):  # a chooser that a busy machine gave no room to open is asked for again
        page.keyboard.press("Enter")
        if is_true(page, lambda: bool(asked)):
            break
    asked[0].set_files(file)
    for step in ("下一步", "下一步", "检查整个文件"):
        forward = page.get_by_role("button", name=step)
        expect(forward).to_be_enabled()
        tab_to(page, forward)
        page.keyboard.press("Enter")
    go = page.get_by_role("button", name="导入 2 行")
    expect(go).to_be_visible(timeout=60_000)
    tab_to(page, go)
    page.keyboard.press("Enter")
    expect(page.get_by_text("导入完成")).to_be_visible(timeout=60_000)
    refresh = page.get_by_role("button", name="刷新画像")
    tab_to(page, refresh)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="看客户")).to_be_visible(timeout=60_000)
