"""Lesson 01 as its learner meets it: in a browser, with mouse and keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.notebook import Notebook
from tools.lessons import source
from tools.lessons.build import ROOT

LESSON = "notebooks/01_events.ipynb"
EXERCISES = "exercises/01_events.ipynb"


def solution(exercise):
    """The text that solves an exercise."""
    cells = source.read(ROOT / "lessons" / "01_events" / "exercises.py")
    return next(cell.solution().source for cell in cells if cell.exercise == exercise)


def type_into(notebook, cell, text):
    """Replace the cell's text by typing, and run it with Shift+Enter."""
    editor = cell.locator(".cm-content")
    editor.click()
    notebook.page.keyboard.press("Control+a")
    notebook.page.keyboard.insert_text(text)
    notebook.page.keyboard.press("Shift+Enter")


def test_pictures_show_before_anything_is_run(page, lab):
    notebook = Notebook(page, lab, LESSON)
    picture = notebook.cell("cafe.trace").locator("img")
    expect(picture).to_have_attribute(
        "alt",
        "Timeline. till published 1; barista published 1, handled 1, "
        "committed 1; waiter published 1, handled 2, committed 2.",
    )
    assert picture.evaluate("img => img.complete && img.naturalWidth > 300")


def test_the_lesson_runs_from_top_to_bottom(page, lab):
    notebook = Notebook(page, lab, LESSON)
    notebook.run_all()
    assert notebook.errors() == []
    expect(notebook.cell("bus = connect()")).to_contain_text(
        "The simulated bus, inside this notebook (seed 0)"
    )
    expect(notebook.cell('with bus.consumer(orders, group="terminal")')).to_contain_text(
        "[('A-1', 420), ('A-2', 220), ('A-3', 420)]"
    )
    trace = notebook.cell("cafe.trace")
    trace.get_by_text("The same as text").click()
    expect(trace.locator("pre").filter(has_text="GuestCalled")).to_be_visible()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_the_pictures_follow_the_theme(page, lab, theme):
    notebook = Notebook(page, lab, LESSON)
    notebook.command("apputils:change-theme", theme=theme)
    picture = notebook.cell("cafe.trace").locator("img")
    expect(picture).to_be_visible()
    page.wait_for_timeout(300)  # the theme's style sheet is loaded by now
    wanted = "dark" if "Dark" in theme else "light"
    assert picture.evaluate("img => getComputedStyle(img).colorScheme").endswith(wanted)
    notebook.screenshot(f"lesson-01-{wanted}")
    notebook.command("apputils:change-theme", theme="JupyterLab Light")


def test_a_prediction_is_answered_by_keyboard(page, lab):
    notebook = Notebook(page, lab, LESSON)
    notebook.run_all()
    cell = notebook.cell('predict("01-a")')
    button = cell.get_by_role("button", name="That is my answer")
    expect(button).to_be_disabled()
    cells_before = page.evaluate("window.jupyterapp.shell.currentWidget.content.widgets.length")
    cell.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    expect(button).to_be_enabled()
    button.press("Enter")
    expect(cell.get_by_role("status")).to_contain_text("Not quite. The grammar has changed and nothing else.")
    cell.get_by_role("radio").last.check()
    button.click()
    expect(cell.get_by_role("status")).to_contain_text("Right. What makes a command")
    assert page.evaluate("window.jupyterapp.shell.currentWidget.content.widgets.length") == cells_before
    notebook.screenshot("lesson-01-prediction")


def test_an_exercise_is_solved_by_typing(page, lab):
    notebook = Notebook(page, lab, EXERCISES)
    notebook.run_all()
    cell = notebook.cell("%%exercise 01.2")
    expect(cell).to_contain_text("UNKNOWN 01.2 Build the envelope")
    wrong = solution("01.2").replace("str(uuid4())", '"evt-1"')
    type_into(notebook, cell, wrong)
    cell = notebook.cell("%%exercise 01.2")
    expect(cell).to_contain_text("FAIL 01.2")
    cell.get_by_text("Hint 1 of 3").click()
    expect(cell.get_by_text("Hint 2 of 3")).to_be_visible()
    notebook.screenshot("exercise-01-2-fail")
    type_into(notebook, cell, solution("01.2"))
    cell = notebook.cell("%%exercise 01.2")
    expect(cell).to_contain_text("PASS 01.2")
    expect(cell.get_by_text("Another way").first).to_be_visible()
    notebook.screenshot("exercise-01-2-pass")
