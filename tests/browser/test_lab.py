"""The lab in JupyterLab, as its user meets it: played, rewound, broken, branched, saved, kept as code."""

import os
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import new_page
from tests.browser.notebook import Notebook, Notebook7
from tests.browser.player import Player
from tests.browser.test_feedback import attempt, opened
from tests.browser.test_lesson_01 import type_into

LAST, LAST_CRASHED = 366, 369  # steps of the shop's morning


@pytest.fixture(scope="module")
def notebook(chromium: Browser, lab: str) -> Iterator[Notebook]:
    """The lab's notebook, run; all tests go on in it."""
    with new_page(chromium) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        notebook = Notebook(page, lab, "notebooks/lab.ipynb")
        notebook.command("apputils:change-theme", theme="JupyterLab Light")
        notebook.run_all()
        yield notebook
        assert notebook.errors() == []


def player(notebook: Notebook, source: str) -> Player:
    """The lab that a new cell shows."""
    return Player(notebook.append(source).get_by_role("region", name="The lab"))


def test_it_plays_steps_and_rewinds(notebook):
    shown = Player(notebook.cell("shop = Lab(shop_beats)").get_by_role("region", name="The lab"))
    shown.plays_steps_and_rewinds(LAST)
    notebook.screenshot("lab-first")


def test_a_consumer_is_crashed_and_its_lag_grows_and_drains(notebook):
    shown = player(notebook, "crashed = Lab(shop_beats)\ncrashed")
    shown.go(150)
    shown.strike("email", "Crash before its next handle")
    shown.is_at(150, LAST_CRASHED)
    shown.go(190)
    shown.member("email", "crashed")
    shown.go(150)
    lags = shown.lags_while_it_plays("email")
    assert max(lags) >= 5 > lags[0] and lags[-1] == 0
    shown.member("email", "reads 3")


def test_a_branch_is_kept_and_its_copied_code_gives_the_same_run(notebook):
    shown = player(notebook, "branched = Lab(shop_beats)\nbranched")
    shown.go(150)
    shown.strike("email", "Crash before its next handle")
    shown.is_at(150, LAST_CRASHED)
    plan = shown.open("Plan")
    expect(plan.locator(".runs")).to_contain_text("as it was")
    shown.press("Copy the code")
    expect(plan).to_contain_text("Copied.")
    code = notebook.page.evaluate("navigator.clipboard.readText()")
    assert code.endswith('Lab(shop_beats, "seed 0; crash email handle 4 before")')
    player(notebook, code).is_at(0, LAST_CRASHED)
    same = notebook.append("repr(_.trace) == repr(branched.trace)")
    expect(same).to_contain_text("True")
    notebook.cell("branched = Lab(shop_beats)")
    shown.press("as it was")
    shown.is_at(150, LAST)


def test_a_dead_letter_is_redriven(notebook):
    shown = player(notebook, "redriven = Lab(shop_beats)\nredriven")
    letters = shown.open("Dead letters")
    expect(letters).to_contain_text("No reader has put anything aside so far.")
    shown.go(LAST)
    expect(letters.locator("tbody")).to_contain_text("no rate for Japan")
    shown.press("Redrive loyalty")
    expect(shown.shown.locator("input[type=range]")).not_to_have_attribute("max", str(LAST))
    shown.press("To the end")
    expect(letters.locator("tbody")).to_contain_text("none left")


def test_a_counterexample_is_opened_by_a_click_beneath_its_cell(page, lab):
    notebook, cell = opened(page, lab, "08.2")
    type_into(notebook, cell, attempt("08.2", "wrong", "marked_first"))
    cell.get_by_role("button", name="Open it in the lab").click()
    shown = Player(cell.get_by_role("region", name="The lab"))
    shown.press("To the end")
    expect(shown.shown.locator(".sentence")).to_contain_text(
        "no lost message: B-7 over 420 is stored and paid"
    )
    expect(shown.open("Plan").locator(".code")).to_contain_text('sandbox.lab("seed 0; crash relay')
    assert notebook.errors() == []


def test_it_is_the_same_in_notebook_7(chromium, lab):
    if find_spec("notebook") is None:
        reason = "the lab in Notebook 7: there is no package `notebook`. Install what requirements.txt says."
        pytest.fail(reason) if os.environ.get("SANDBOX_REQUIRE_BROWSER") else pytest.skip(reason)
    with new_page(chromium, known=Notebook7.COMPLAINTS) as page:
        notebook = Notebook7(page, lab, "notebooks/lab.ipynb")
        notebook.run_all()
        shown = Player(notebook.cell("shop = Lab(shop_beats)").get_by_role("region", name="The lab"))
        shown.plays_steps_and_rewinds(LAST)
        shown.go(150)
        shown.strike("email", "Crash before its next handle")
        shown.is_at(150, LAST_CRASHED)
        shown.go(190)
        shown.member("email", "crashed")
        assert notebook.errors() == []
        notebook.screenshot("lab-notebook-7")


def test_the_saved_page_opens_alone(notebook, chromium, course):
    shown = player(notebook, 'saved = Lab(shop_beats, "seed 0; crash email handle 4 before")\nsaved')
    notebook.append('saved.save_html("morning.html").name')
    page_file = next(course.rglob("morning.html"))
    shown.is_at(0, LAST_CRASHED)
    with new_page(chromium, offline=True) as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(page_file.as_uri())
        alone = Player(page.get_by_role("region", name="The lab"))
        alone.plays_steps_and_rewinds(LAST_CRASHED)
        alone.go(190)
        alone.member("email", "crashed")
        alone.go(150)
        assert alone.lags_while_it_plays("email")[-1] == 0
        expect(page.get_by_text("Break it")).not_to_be_visible()
        assert asked == [page_file.as_uri()]
