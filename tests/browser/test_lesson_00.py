"""A newcomer's first minutes: the first event, the first FAIL and its picture, the first PASS, the way on."""

from playwright.sync_api import expect

from tests.browser.notebook import Notebook
from tests.browser.test_lesson_01 import type_into

MENDED = """%%exercise 00.1
def serve(record, consumer, shelf):
    shelf.put(record.event.order_id)
    consumer.commit(record)
"""


def test_the_first_event_is_seen_and_lunch_loses_nothing(page, lab):
    notebook = Notebook(page, lab, "notebooks/00_welcome.ipynb")
    notebook.run_all()
    expect(notebook.cell("check_setup()")).to_contain_text("You can begin.")
    expect(notebook.cell("from dataclasses")).to_contain_text("The simulated bus, inside this notebook")
    expect(notebook.cell('sell("A-1", "oat latte")').locator("img")).to_be_visible()
    expect(notebook.cell("waiting    :")).to_contain_text("waiting    : 3")
    assert notebook.errors() == []
    notebook.screenshot("lesson-00")


def test_the_first_exercise_fails_with_a_picture_and_is_mended_by_one_line(page, lab):
    notebook = Notebook(page, lab, "exercises/00_welcome.ipynb")
    notebook.run_all()
    cell = notebook.cell("%%exercise 00.1")
    expect(cell).to_contain_text("FAIL 00.1")
    expect(cell).to_contain_text("A-1 was never made, and its guest waits for ever.")
    expect(cell.locator("img")).to_be_visible()
    notebook.screenshot("exercise-00-1-fail")
    type_into(notebook, cell, MENDED)
    expect(notebook.cell("%%exercise 00.1")).to_contain_text("PASS 00.1")
    assert notebook.errors() == []


def test_the_index_leads_to_a_lesson_and_shows_how_far_one_is(page, lab):
    notebook = Notebook(page, lab, "notebooks/index.ipynb")
    notebook.run_all()
    expect(notebook.cell("by_lesson")).to_contain_text("exercises solved")
    notebook.screenshot("index-progress")
    notebook.command("notebook:move-cursor-up")
    page.evaluate("window.jupyterapp.shell.currentWidget.content.scrollToItem(0, 'start')")
    link = page.get_by_role("link", name="The board in the café")
    expect(link.first).to_be_visible()
    notebook.screenshot("index")
    page.get_by_role("link", name="one page").first.click()
    sheet = page.frame_locator(".jp-HTMLViewer iframe")
    expect(sheet.get_by_role("heading", name="Say this in the interview")).to_be_visible()
    page.get_by_role("tab", name="index.ipynb").click()
    link.first.click()
    expect(page.get_by_role("heading", name="00 · The board in the café").first).to_be_visible()
