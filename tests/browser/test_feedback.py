"""What a learner sees beneath an exercise: three failing attempts, a replay, a pass."""

import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.notebook import Notebook, picture
from tests.browser.test_lesson_01 import type_into
from tools.lessons.build import ROOT

ATTEMPTS = {
    "03.2": ("03_idempotent_consumers", "asked_outside", "Drinks that G-7 bought: 1. Stamps on the card: 2."),
    "07.3": ("07_sagas", "key_of_the_attempt", "The guest of A-1 has paid 840 cents for an order of 420."),
    "08.2": (
        "08_outbox",
        "marked_first",
        "B-7 over 420 is stored and paid, and the kitchen never hears of it.",
    ),
}


def attempt(exercise: str, kind: str, name: str) -> str:
    """The text of a kept solution, as a learner would have it in the cell."""
    lesson = ATTEMPTS[exercise][0]
    path = ROOT / "lessons" / lesson / kind / f"{exercise.replace('.', '_')}_{name}.py"
    return f"%%exercise {exercise}\n{path.read_text(encoding='utf-8')}"


def opened(page, lab, exercise, theme="JupyterLab Light"):
    """The exercise's notebook, its first cell run, and the exercise's cell."""
    notebook = Notebook(page, lab, f"exercises/{ATTEMPTS[exercise][0]}.ipynb")
    notebook.command("apputils:change-theme", theme=theme)
    first = notebook.cell("import sandbox")
    first.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    return notebook, notebook.cell(f"%%exercise {exercise}")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
@pytest.mark.parametrize("exercise", ATTEMPTS)
def test_a_failing_attempt_is_told_and_drawn(page, lab, exercise, theme):
    _, name, story = ATTEMPTS[exercise]
    notebook, cell = opened(page, lab, exercise, theme)
    type_into(notebook, cell, attempt(exercise, "wrong", name))
    card = cell.locator(".sandbox-verdict")
    expect(card).to_contain_text(story)
    expect(card.get_by_role("status")).to_contain_text(f"FAIL {exercise}")
    drawn = card.locator("img")
    expect(drawn).to_be_visible()
    assert story.rstrip(".") in drawn.get_attribute("alt")
    assert drawn.evaluate("img => img.complete && img.naturalWidth > 300")
    expect(card).to_contain_text('sandbox.replay("seed 0; ')
    card.get_by_text("Hint 1 of 3").click()
    expect(card.get_by_text("Hint 2 of 3")).to_be_visible()
    expect(card.get_by_text("Hint 3 of 3")).not_to_be_visible()
    card.screenshot(path=picture(f"fail-{exercise}-{theme.split()[1].lower()}"))


def test_the_story_is_replayed_with_the_keyboard(page, lab):
    notebook, cell = opened(page, lab, "08.2")
    type_into(notebook, cell, attempt("08.2", "wrong", "marked_first"))
    expect(cell.locator(".sandbox-verdict")).to_be_visible()
    new = notebook.append("sandbox.replay()")
    form = new.locator(".sandbox-replay")
    expect(form).to_contain_text("Nothing has happened yet.")
    handle = form.get_by_role("slider").first
    handle.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(form).to_contain_text("INSERT INTO outbox")
    expect(form.locator("table").first).to_contain_text("B-7")
    form.screenshot(path=picture("replay"))
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(form).to_contain_text("no lost message: B-7 over 420 is stored and paid")


def test_a_pass_shows_what_was_survived_and_counts_as_progress(page, lab):
    notebook, cell = opened(page, lab, "08.2")
    type_into(notebook, cell, attempt("08.2", "right", "batch"))
    card = cell.locator(".sandbox-verdict")
    expect(card.get_by_role("status")).to_contain_text("PASS 08.2")
    expect(card).to_contain_text("all 18 single faults")
    assert card.get_by_text("Another way:").count() == 2
    shown = notebook.append("sandbox.progress()")
    expect(shown.locator("table")).to_contain_text("exercises solved")
    kept = json.loads(Path(os.environ["SANDBOX_PROGRESS"]).read_text())
    assert kept["08.2"]["solved"]
