"""The course without a server: Python itself runs in the browser, and nothing comes from elsewhere."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.notebook import Notebook, picture
from tests.browser.test_feedback import attempt
from tests.browser.test_lesson_01 import type_into
from tools.lessons.build import ROOT
from tools.lite.__main__ import SITE

FIRST = "notebooks/00_welcome.ipynb"
LAB = "notebooks/lab.ipynb"
EXERCISES = "exercises/03_idempotent_consumers.ipynb"
MARK = "# I was here"
SLOW = 120_000  # milliseconds: Python has to arrive and to start, on a busy machine, too


@pytest.fixture(scope="module")
def site() -> Path:
    """The site, built as `make lite` builds it."""
    if missing := [name for name in ("node", "npm") if shutil.which(name) is None]:
        reason = f"the course in the browser: there is no {' and no '.join(missing)}. Install Node.js."
        if os.environ.get("SANDBOX_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    answer = subprocess.run([sys.executable, "-m", "tools.lite"], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return SITE


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, and says nothing of it."""

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture(scope="module")
def visit(chromium: Browser, site: Path) -> Iterator[Page]:
    """One visitor for all tests here, who has come by the front door; then the server went away."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(SLOW)
    page = context.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    expect.set_options(timeout=SLOW)
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    expect(page.get_by_text("Real Kafka is not here")).to_be_visible()
    page.screenshot(path=picture("lite-door"))
    page.wait_for_url(f"**/lab/index.html?path={FIRST}")
    server.shutdown()
    server.server_close()
    yield page
    expect.set_options(timeout=5_000)
    context.close()


READY = """path => {  // no promise is waited for: the page may go away meanwhile
  const panel = window.jupyterapp && window.jupyterapp.shell.currentWidget;
  const session = panel && panel.context && panel.context.path === path && panel.sessionContext;
  return !!session && session.isReady && session.kernelDisplayStatus === 'idle';
}"""


class LiteNotebook(Notebook):
    """A notebook of the site; opened beside the others, in the page that is there already."""

    def __init__(self, page: Page, path: str) -> None:
        self.page = page
        if path != FIRST:  # to that one, the front door has led
            page.evaluate("path => void window.jupyterapp.commands.execute('docmanager:open', {path})", path)
        self.wait_until_ready(path, SLOW / 1000)

    def _is_ready(self, path: str) -> bool:
        try:
            return self.page.evaluate(READY, path)
        except Error:  # the page reloads itself once, when its service worker is there
            return False

    def run_all(self) -> None:
        """Here the command's promise outlives its cells, so we look at these."""
        self.page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.page.wait_for_function(
            """() => window.jupyterapp.shell.currentWidget.content.widgets.every(
                cell => cell.model.type !== 'code' || cell.model.executionCount)"""
        )


PROGRAM = """
from dataclasses import dataclass

from sandbox import Event, check_setup, connect
from sandbox.course import LESSONS
from sandbox.errors import NotSupportedHere
from sandbox.explore.lanes import preemption
from sandbox.grading import grade
from sandbox.views import timeline

assert not preemption() and check_setup().ready
try:
    connect("kafka://localhost:9092")
except NotSupportedHere as error:
    print("Kafka:", error)

@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str

bus = connect()
orders = bus.create_topic("orders", partitions=1)
bus.publish(orders, OrderPlaced("A-1"), key="A-1", source="till")
print("picture:", len(timeline(bus.trace).html) > 1000)
right = next(LESSONS.glob("*/right/03_1_*.py")).read_text()
for name, source in {"right": right, "wrong": WRONG, "endless": ENDLESS}.items():
    print(name, grade("03.1", source, seconds=60).text(hints=0))
for path in LESSONS.glob("04_*/right/04_2_*.py"):
    print("switch", grade("04.2", path.read_text(), seconds=60).text(hints=0))
    break
"""


def test_python_of_the_browser_grades(site):
    folder = ROOT / "lessons/03_idempotent_consumers/wrong"
    wrong = min(folder.glob("03_1_*.py")).read_text(encoding="utf-8")
    endless = "def handle(record, db):\n    while True:\n        pass\n"
    program = f"WRONG, ENDLESS = {wrong!r}, {endless!r}\n{PROGRAM}"
    node = ["node", str(Path(__file__).with_name("python_of_the_browser.mjs"))]
    answer = subprocess.run(
        [*node, str(site / "static/pyodide")], input=program, capture_output=True, text=True, timeout=150
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    said = answer.stdout
    assert "Kafka: Python in a browser can open no connection" in said
    assert "picture: True" in said
    assert "right ✓ PASS  03.1" in said
    assert "wrong ✕ FAIL  03.1" in said
    assert "endless ✕ FAIL  03.1" in said and "has not come back" in said
    assert "switch ✓ PASS  04.2" in said and "Left out: the kind of fault “switch”." in said


def test_lesson_00_runs_with_its_server_gone(visit):
    notebook = LiteNotebook(visit, FIRST)
    drawn = notebook.cell('sell("A-1", "oat latte")').locator("img")
    expect(drawn).to_be_visible()  # it was committed, and nothing has run yet
    visit.evaluate("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    notebook.run_all()
    assert notebook.errors() == []
    setup = notebook.cell("check_setup()")
    expect(setup).to_contain_text("You can begin.")
    expect(setup).to_contain_text("keeps what you change, on this device only")
    notebook.screenshot("lite-lesson-00")
    expect(notebook.cell("bus = connect()")).to_contain_text(
        "The simulated bus, inside this notebook (seed 0)"
    )
    expect(notebook.cell("waiting    :")).to_contain_text("waiting    : 3")
    cell = notebook.cell('predict("00-a")')
    cell.get_by_role("radio").last.check()
    cell.get_by_role("button", name="That is my answer").click()
    expect(cell.get_by_role("status")).to_contain_text("Right. The board has kept the orders")


def test_an_exercise_fails_and_then_passes_and_is_kept(visit):
    notebook = LiteNotebook(visit, EXERCISES)
    first = notebook.cell("import sandbox")
    first.locator(".cm-content").click()
    visit.keyboard.press("Shift+Enter")
    type_into(notebook, notebook.cell("%%exercise 03.2"), attempt("03.2", "wrong", "asked_outside"))
    card = notebook.cell("%%exercise 03.2").locator(".sandbox-verdict")
    expect(card).to_contain_text("Drinks that G-7 bought: 1. Stamps on the card: 2.")
    expect(card.locator("img")).to_be_visible()
    card.screenshot(path=picture("lite-exercise-fail"))
    right = min((ROOT / "lessons/03_idempotent_consumers/right").glob("03_2_*.py"))
    type_into(notebook, notebook.cell("%%exercise 03.2"), f"%%exercise 03.2\n{right.read_text()}")
    expect(notebook.cell("%%exercise 03.2").get_by_role("status")).to_contain_text("PASS 03.2")
    shown = notebook.append("import json, os; print(json.load(open(os.environ['SANDBOX_PROGRESS'])))")
    expect(shown).to_contain_text("'03.2': {'attempts': 2")
    notebook.append(MARK)
    visit.evaluate("window.jupyterapp.commands.execute('docmanager:save')")  # in the browser's own storage
    expect(visit.locator(".jp-mod-dirty")).to_have_count(0)


def test_the_lab_plays(visit):
    notebook = LiteNotebook(visit, LAB)
    visit.evaluate("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    notebook.run_all()
    assert notebook.errors() == []
    shown = notebook.cell("Lab(shop_beats)").get_by_role("region", name="The lab")
    shown.get_by_role("button", name="One step (").click()
    expect(shown.locator(".sentence")).to_have_text("web relay published CheckoutStarted A-1 to web[0]@0")
    shown.get_by_role("button", name="Play (").click()
    expect(shown.locator(".count")).to_contain_text(re.compile(r"^(\d\d|\d{3}) / 366"))
    shown.get_by_role("button", name="Pause (").click()
    notebook.screenshot("lite-lab")


def test_it_opens_again_without_its_server_and_has_what_was_written(visit):
    own = visit.url.split("lab/")[0]
    visit.goto(f"{own}lab/index.html?path={EXERCISES}")
    visit.wait_for_function(
        """mark => {
            const panel = window.jupyterapp && window.jupyterapp.shell.currentWidget;
            const notebook = panel && panel.context && panel.context.isReady && panel.content;
            return notebook && notebook.widgets.some(cell => cell.model.sharedModel.getSource() === mark);
        }""",
        arg=MARK,
    )
    assert [url for url in visit.asked if not url.startswith((own, "data:", "blob:"))] == []
