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
    shown.get_by_role("button", name="Play (").click()
    expect(count).to_contain_text(re.compile(r"^(\d\d|\d{3}) / 366"))
    shown.get_by_role("button", name="Pause (").click()
    shown.get_by_role("button", name="Rewind").click()
    expect(count).to_contain_text("0 / 366")
    assert notebook.errors() == []
    notebook.screenshot("lab-first")


def test_a_crash_by_hand_is_a_branch_whose_plan_is_code(page, lab):
    notebook, shown = opened(page, lab)
    shown.locator("input[type=range]").evaluate(
        "bar => { bar.value = 150; bar.dispatchEvent(new Event('input')); }"
    )
    shown.get_by_label("Whom").select_option("email")
    shown.get_by_label("Which fault").select_option("Crash before its next handle")
    shown.get_by_role("button", name="From here on").click()
    expect(shown.locator(".count")).to_contain_text("150 / 369")
    shown.get_by_role("tab", name="Plan").click()
    expect(shown.locator(".code")).to_contain_text('"seed 0; crash email handle 4 before")')
    expect(shown.locator(".runs")).to_contain_text("as it was")
    assert notebook.errors() == []


def test_the_saved_page_plays_alone(page, tmp_path):
    from sandbox.shop import shop_beats
    from sandbox.views import Lab

    page.goto(Lab(shop_beats).save_html(tmp_path / "lab.html").as_uri())
    page.get_by_role("button", name="One step (").click()
    expect(page.locator(".sentence")).to_have_text("web relay published CheckoutStarted A-1 to web[0]@0")
    expect(page.get_by_text("Break it")).not_to_be_visible()
