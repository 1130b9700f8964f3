"""The lab as its user meets it: played, rewound, broken, branched, saved."""

import re

from playwright.sync_api import expect

from tests.browser.notebook import Notebook

SHOP = "notebooks/lab.ipynb"


def opened(page, lab, theme="JupyterLab Light"):
    """The lab's notebook, run; and the lab in it, ready to play."""
    notebook = Notebook(page, lab, SHOP)
    notebook.command("apputils:change-theme", theme=theme)
    notebook.run_all()
    shown = notebook.cell("Lab(shop_beats)").get_by_role("region", name="The lab")
    expect(shown.locator(".topology")).to_be_visible()
    return notebook, shown


def test_it_plays_steps_and_rewinds(page, lab):
    notebook, shown = opened(page, lab)
    count = shown.locator(".count")
    expect(count).to_contain_text("0 / 366")
    shown.get_by_role("button", name="One step (").click()
    expect(shown.locator(".sentence")).to_have_text("web relay published CheckoutStarted A-1 to web[0]@0")
    shown.get_by_role("button", name="Play").click()
    expect(count).to_contain_text(re.compile(r"^(\d\d|\d{3}) / 366"))
    shown.get_by_role("button", name="Pause").click()
    shown.get_by_role("button", name="Rewind").click()
    expect(count).to_contain_text("0 / 366")
    assert notebook.errors() == []
    notebook.screenshot("lab-first")
