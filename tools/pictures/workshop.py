"""A workshop's pages: the report of a small class, and the page of one of its learners."""

from pathlib import Path

from playwright.sync_api import Browser

from sandbox.clock import OPENING
from sandbox.course import lesson_folder
from sandbox.workshop import Found, Gradebook, Office, grade_all
from sandbox.workshop.pages import class_page, learner_page
from tools.pictures import PICTURES

PAGE_SIZE = {"width": 1000, "height": 600}
CLASS = {  # who has found which of the course's solutions
    "Ada": {"00.1": "a_block", "01.1": "dataclasses"},
    "Barbara": {"00.1": "in_an_else", "01.1": "order_updated"},
    "Edsger": {"00.1": "commit_first", "01.1": "dataclasses"},
    "Grace": {"00.1": "commit_first", "01.1": "order_updated"},
    "Niklaus": {"00.1": "two_functions", "01.1": "table"},
}


def take(browser: Browser, folder: Path) -> None:
    """Both pages; `folder` is for what they are made of."""
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
