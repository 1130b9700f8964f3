"""Each cheat sheet is one page of paper, A4 or Letter; counted in what the browser prints."""

import re

import pytest

from tests.browser.notebook import picture
from tools.lessons.build import ROOT

SHEETS = sorted(ROOT.glob("docs/cheatsheets/*.html"))
A_PAGE = re.compile(rb"/Type\s*/Page\b")


ROOM = 1.05  # other machines have other fonts


def printed_pages(page, paper, scale=1.0) -> int:
    return len(A_PAGE.findall(page.pdf(format=paper, scale=scale)))


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.stem)
def test_a_cheat_sheet_is_one_page_with_room_to_spare(page, sheet, paper):
    page.goto(sheet.as_uri())
    assert printed_pages(page, paper, ROOM) == 1


def test_what_is_longer_is_counted_as_more(page):
    page.set_content("<p>word</p>" * 200)
    assert printed_pages(page, "A4") > 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_cheat_sheet_can_be_read_on_a_screen(page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(SHEETS[0].as_uri())
    ink, paper = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert (sum(_rgb(ink)) < sum(_rgb(paper))) == (scheme == "light")
    page.screenshot(path=picture(f"cheatsheet-{scheme}"), full_page=True)


def test_a_narrow_screen_needs_no_sideways_scrolling(page):
    page.set_viewport_size({"width": 420, "height": 900})
    page.goto(SHEETS[0].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 420


def _rgb(colour: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", colour)[:3]]
