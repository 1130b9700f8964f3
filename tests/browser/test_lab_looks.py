"""The lab for everybody: by keyboard, by ear, without motion, on a small screen and on a projector."""

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.shop import shop_beats
from sandbox.views import Lab
from tests.browser.conftest import new_page
from tests.browser.notebook import picture
from tests.browser.player import Player

TABS = ("Timeline", "Charts", "Inspector", "Dead letters", "Tables", "Offsets", "Steps", "Plan")
SCRIPT = "seed 0; crash email handle 4 before; beat 6 join analytics"

# Pairs of texts in the picture of the system that lie on each other.
OVERLAPS = """() => {
  const texts = [...document.querySelectorAll(".topology text")].filter(text => text.textContent.trim()
    && !text.closest("[visibility=hidden]"));
  const boxes = texts.map(text => text.getBoundingClientRect());
  return boxes.flatMap((a, i) => boxes.slice(i + 1).flatMap((b, k) =>
    a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom
      ? [`${texts[i].textContent} / ${texts[i + 1 + k].textContent}`] : []));
}"""

READ_TABLES = """tables => tables.map(table => [table.caption.textContent.split(":")[0],
  [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.textContent))])"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A morning with a crash and a rebalance, as a page."""
    return Lab(shop_beats, SCRIPT).save_html(tmp_path_factory.mktemp("lab") / "lab.html")


@pytest.fixture
def visit(page: Page, saved: Path) -> Iterator[Player]:
    """That page, opened."""
    page.goto(saved.as_uri())
    yield Player(page.get_by_role("region", name="The lab"))


def test_the_tables_are_those_of_the_run(visit: Player):
    run = Lab(shop_beats, SCRIPT)
    panel = visit.open("Tables")
    panel.get_by_label("Database").select_option("payments")
    for step in (330, 40, 150, 151, 152, 331, 332):
        visit.go(step)
        held = {
            name: [list(map(str, row)) for row in rows]
            for when, base, name, _, rows, _ in run._data["tables"]
            if base == "payments" and when <= step
        }
        shown = panel.locator("table").evaluate_all(READ_TABLES)
        assert shown == [[name, rows or [["no rows"]]] for name, rows in held.items()]


@pytest.mark.parametrize(("theme", "rules"), [("light", None), ("dark", {"runOnly": ["color-contrast"]})])
def test_axe_finds_nothing(chromium: Browser, saved: Path, theme: str, rules: dict | None):
    if find_spec("axe_playwright_python") is None:
        reason = (
            "axe on the lab: there is no package `axe-playwright-python`. Install what requirements.txt says."
        )
        pytest.fail(reason) if os.environ.get("SANDBOX_REQUIRE_BROWSER") else pytest.skip(reason)
    from axe_playwright_python.sync_playwright import Axe

    with new_page(chromium, color_scheme=theme) as page:
        page.goto(saved.as_uri())
        shown = Player(page.get_by_role("region", name="The lab"))
        shown.go(190)
        for tab in TABS:
            shown.open(tab)
            where = None if tab == TABS[0] else ".panel"  # all else is as it was
            found = Axe().run(page, where, rules)
            assert found.violations_count == 0, f"{tab}: {found.generate_report()}"
            page.screenshot(path=picture(f"lab-{tab.lower().replace(' ', '-')}-{theme}"), full_page=True)


def test_everything_is_done_by_keyboard(visit: Player, page: Page):
    page.keyboard.press("Tab")
    expect(visit.shown.get_by_role("button", name="Rewind")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(visit.shown.locator(".count")).to_contain_text("11 /")
    expect(visit.shown.get_by_role("status")).to_contain_text("Step 11: ")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    last = int(visit.shown.locator("input[type=range]").get_attribute("max"))
    visit.is_at(last - 1, last)
    page.keyboard.press("Home")
    visit.is_at(0, last)
    visit.shown.locator(".lanes").focus()
    page.keyboard.press("Space")
    expect(visit.shown.get_by_role("button", name="Pause (space)")).to_be_visible()
    page.keyboard.press("Space")
    visit.shown.get_by_role("tab", name="Timeline").focus()
    page.keyboard.press("ArrowRight")
    expect(visit.shown.get_by_role("tab", name="Charts")).to_be_focused()
    expect(visit.shown.get_by_role("tabpanel")).to_have_accessible_name("Charts")
    visit.shown.get_by_role("button", name="email, reads").focus()
    page.keyboard.press("Enter")
    expect(visit.shown.locator(".chosen")).to_have_accessible_name("email, reads 3")


def test_where_motion_is_to_be_reduced_nothing_flies_and_steps_are_slow(chromium: Browser, saved: Path):
    with new_page(chromium, reduced_motion="reduce") as page:
        page.goto(saved.as_uri())
        shown = Player(page.get_by_role("region", name="The lab"))
        shown.shown.get_by_label("Speed").select_option("64")
        shown.press("Play (")
        page.wait_for_timeout(1_200)
        assert page.locator(".dot").count() == 0
        shown.press("Pause (")
        assert int(shown.shown.locator(".count").inner_text().split()[0]) <= 6


@pytest.mark.parametrize(
    ("width", "height", "zoom"),
    [(1024, 768, 1), (1280, 720, 1.5)],
    ids=["1024 pixels", "a projector of 1920 pixels at 150 %"],
)
def test_nothing_overlaps_or_is_cut_off(chromium: Browser, saved: Path, width: int, height: int, zoom: float):
    options = {"viewport": {"width": width, "height": height}, "device_scale_factor": zoom}
    with new_page(chromium, **options) as page:
        page.goto(saved.as_uri())
        shown = Player(page.get_by_role("region", name="The lab"))
        for step in (60, 190, 300):
            shown.go(step)
            assert page.evaluate(OVERLAPS) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        for tab in TABS:
            panel = shown.open(tab)
            assert panel.evaluate("panel => panel.scrollWidth - panel.clientWidth") <= 0, tab
        page.screenshot(path=picture(f"lab-{width}"), full_page=True)
