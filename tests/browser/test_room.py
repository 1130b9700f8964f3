"""The room as its teacher sees it: a widget in JupyterLab that fills while learners work."""

import json

from playwright.sync_api import expect

from tests.browser.notebook import Notebook
from tests.room.conftest import RIGHT, WRONG

CELLS = [
    "import sandbox\nfrom sandbox.room import Room\nroom = Room('{bus}', folder='{office}', every=0.2); room",
    "sandbox.join_workshop('{bus}', name='blue heron')",
    "%%exercise 08.2\n" + WRONG.replace("{", "{{").replace("}", "}}"),
    "%%exercise 08.2\n" + RIGHT.replace("{", "{{").replace("}", "}}"),
]


def test_a_learners_verdicts_appear_in_the_teachers_widget(page, lab, course, tmp_path):
    bus, office = tmp_path / "bus", tmp_path / "office"
    bus.mkdir()
    cells = [
        {"cell_type": "code", "source": cell.format(bus=bus, office=office), "metadata": {}, "outputs": [],
         "execution_count": None, "id": f"c{n}"}
        for n, cell in enumerate(CELLS)
    ]  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    path = course / "notebooks" / "room.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    notebook = Notebook(page, lab, "notebooks/room.ipynb")
    notebook.run_all()
    shown = notebook.cell("Room(").get_by_role("region", name="The room")
    expect(shown.get_by_role("rowheader", name="blue heron")).to_be_visible()
    expect(shown.get_by_text("passed, 2 tries, here now")).to_be_attached()
    expect(shown.get_by_text("None.", exact=True)).to_be_visible()
    notebook.screenshot("room-light")
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    page.wait_for_timeout(500)
    ground = shown.evaluate("box => getComputedStyle(box).backgroundColor")
    assert ground == "rgb(17, 17, 17)"
    notebook.screenshot("room-dark")
    assert notebook.errors() == []
