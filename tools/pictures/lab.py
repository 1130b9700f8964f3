"""The lab: stills, and a morning that plays: one consumer crashes, its lag grows, and drains.

The page's clock is ours, so that the film is the same on a slow machine.
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from sandbox.shop import shop_beats
from sandbox.views import Lab
from tools.pictures import PICTURES

WHO = "email"
SCRIPT = f"seed 0; crash {WHO} handle 4 before"
STEP = 190  # in the middle of the morning, while one consumer is down
SIZE = {"width": 1100, "height": 960}
FILM = {"width": 960, "height": 900}
FIRST, SPEED = 112, 16  # the step that the film begins with, and steps a second
FRAME_MS, REST_MS = 100, 2_500  # between two frames, and at the end
BYTES_MAX = 2_000_000

# Dots fly by the browser's own clock, which nobody can set: each is moved on by hand.
MOVE_DOTS = """ms => document.getAnimations().forEach(flight => {
  flight.pause();
  const at = flight.currentTime + ms;
  if (at < flight.effect.getTiming().duration) flight.currentTime = at; else flight.finish();
})"""


def take(browser: Browser, folder: Path) -> None:
    """Stills and films, light and dark; `folder` is for what they are made of."""
    page_file = Lab(shop_beats, SCRIPT, title="A shop's morning").save_html(folder / "lab.html")
    for theme in ("light", "dark"):
        still(browser, page_file, theme)
        film(browser, page_file, theme)


def still(browser: Browser, page_file: Path, theme: str) -> None:
    """One picture of the whole lab."""
    page = browser.new_page(viewport=SIZE, color_scheme=theme)
    page.goto(page_file.as_uri())
    go(page, STEP)
    page.screenshot(path=PICTURES / f"lab-{theme}.png")
    page.close()


def film(browser: Browser, page_file: Path, theme: str) -> None:
    """The morning, played with the charts open."""
    page = browser.new_page(viewport=FILM, color_scheme=theme)
    page.clock.install(time=0)
    page.goto(page_file.as_uri())
    page.locator(".topology .record").first.wait_for(state="attached")
    page.get_by_role("tab", name="Charts").click()
    page.get_by_label("Speed").select_option(str(SPEED))
    go(page, FIRST)
    page.clock.pause_at(3600)  # seconds: from here on, time passes in frames
    page.get_by_role("button", name=f"{WHO}, ").click()  # marked, so that one looks there
    page.get_by_role("button", name="Play (").click()
    page.mouse.move(1, 1)
    frames, dots = [], page.locator(".dot")
    while page.get_by_role("button", name="Pause (").count() or dots.count():
        page.clock.run_for(FRAME_MS)
        page.evaluate(MOVE_DOTS, FRAME_MS)
        frames.append(page.screenshot(clip={"x": 0, "y": 0, **FILM}))
    page.close()
    write(frames, PICTURES / f"lab-plays-{theme}.webp")


def go(page: Page, step: int) -> None:
    page.locator("input[type=range]").evaluate(
        "(bar, step) => { bar.value = step; bar.dispatchEvent(new Event('input')); }", step
    )


def write(frames: list[bytes], path: Path) -> None:
    """An animated WebP without loss: a tenth of the same as a GIF, with all its colours."""
    images = [Image.open(io.BytesIO(frame)).convert("RGB") for frame in frames]
    lengths = [FRAME_MS] * (len(images) - 1) + [REST_MS]
    options = {"lossless": True, "quality": 80, "method": 4, "kmax": 0, "loop": 0}
    images[0].save(path, save_all=True, append_images=images[1:], duration=lengths, **options)
    size = path.stat().st_size
    print(f"{path.name}: {len(images)} frames, {size / 1e6:.2f} MB")
    if size > BYTES_MAX:
        sys.exit(f"{path.name} is larger than {BYTES_MAX / 1e6:g} MB, which README's readers have to fetch.")
