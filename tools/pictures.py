"""`python -m tools.pictures`: pictures for docs/pictures, taken in Chromium: the lab, a workshop's pages."""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from sandbox.clock import OPENING
from sandbox.course import lesson_folder
from sandbox.shop import shop_beats
from sandbox.views import Lab
from sandbox.workshop import Found, Gradebook, Office, grade_all
from sandbox.workshop.pages import class_page, learner_page

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
SCRIPT = "seed 0; crash email handle 4 before"
STEP = 190  # in the middle of the morning, while one consumer is down
SIZE = {"width": 1100, "height": 960}
PAGE_SIZE = {"width": 1000, "height": 600}
CLASS = {  # who has found which of the course's solutions
    "Ada": {"00.1": "a_block", "01.1": "dataclasses"},
    "Barbara": {"00.1": "in_an_else", "01.1": "order_updated"},
    "Edsger": {"00.1": "commit_first", "01.1": "dataclasses"},
    "Grace": {"00.1": "commit_first", "01.1": "order_updated"},
    "Niklaus": {"00.1": "two_functions", "01.1": "table"},
}


def main() -> int:
    """Take them; return the exit status."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("There is no Chromium to take pictures with.", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        of_the_lab(browser, Path(folder))
        of_a_workshop(browser, Path(folder))
        browser.close()
    return 0


def of_the_lab(browser: Browser, folder: Path) -> None:
    """In the middle of the morning, light and dark."""
    page_file = Lab(shop_beats, SCRIPT).save_html(folder / "lab.html")
    for theme in ("light", "dark"):
        page = browser.new_page(viewport=SIZE, color_scheme=theme)
        page.goto(page_file.as_uri())
        page.locator("input[type=range]").evaluate(
            "(bar, step) => { bar.value = step; bar.dispatchEvent(new Event('input')); }", STEP
        )
        page.screenshot(path=PICTURES / f"lab-{theme}.png")


def of_a_workshop(browser: Browser, folder: Path) -> None:
    """The report of a small class, and the page of one of its learners."""
    office = Office(folder / "workshop")
    for learner, solved in CLASS.items():
        lines = [f"# %%exercise {e}\n{_solution(e, name)}" for e, name in solved.items()]
        office.receive([Found(learner, f"{learner}.py", "\n".join(lines).encode(), OPENING)])
    office.receive([Found("Hedy", "Hedy.ipynb", b"{", OPENING)])
    grade_all(office)
    book = Gradebook.of(office, [*CLASS, "Hedy", "Joan"])
    pages = {"class": class_page(book), "learner": learner_page(office, book, "Grace")}
    office.close()
    for name, text in pages.items():
        file = folder / f"{name}.html"
        file.write_text(text, encoding="utf-8")
        page = browser.new_page(viewport=PAGE_SIZE)
        page.goto(file.as_uri())
        page.screenshot(path=PICTURES / f"workshop-{name}.png", full_page=True)


def _solution(exercise: str, name: str) -> str:
    (path,) = lesson_folder(exercise[:2]).glob(f"*/{exercise.replace('.', '_')}_{name}.py")
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
