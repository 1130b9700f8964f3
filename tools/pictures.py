"""`python -m tools.pictures`: the lab's pictures in docs/pictures, light and dark, taken in Chromium.

Those of the live lab, `python -m tools.pictures live`, take a real Kafka and half a minute.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from sandbox.shop import shop_beats
from sandbox.views import Lab
from tools.broker import Problem, running_broker

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
SCRIPT = "seed 0; crash email handle 4 before"
STEP = 190  # in the middle of the morning, while one consumer is down
WIDTH = 1100
SHOP = [sys.executable, "-m", "sandbox", "shop", "--orders", "400", "--faults", "0"]
LIVE_SECONDS = 24  # that the shop is looked at
LAG = 40  # of a group, when the picture is taken


def main(arguments: list[str]) -> int:
    """Take them; return the exit status."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("There is no Chromium to take pictures with.", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        page = Path(folder) / "lab.html"
        if arguments == ["live"]:
            try:
                save_live(page)
            except Problem as problem:
                print(f"The live lab's pictures take a real Kafka: {problem}", file=sys.stderr)
                return 1
            take(chromium, page, "lab-live", 1130, lambda page: None)
        else:
            Lab(shop_beats, SCRIPT).save_html(page)
            take(chromium, page, "lab", 960, scrub)
    return 0


def save_live(page: Path) -> None:
    """A moment of the shop's day on a real Kafka, as a page: its last one with a lag worth seeing."""
    with running_broker() as address:
        shop = subprocess.Popen(SHOP, env={**os.environ, "SANDBOX_BUS": f"kafka://{address}"})
        lab = Lab(address, every=0.5, title="The café's web shop on Apache Kafka").start()
        until = time.monotonic() + LIVE_SECONDS
        while time.monotonic() < until or (shop.poll() is None and lab.most_behind < LAG):
            time.sleep(0.1)
        lab.save_html(page)
        lab.stop()
        shop.terminate()
        shop.wait()


def scrub(page: Page) -> None:
    """Go to the step."""
    page.locator("input[type=range]").evaluate(
        "(bar, step) => { bar.value = step; bar.dispatchEvent(new Event('input')); }", STEP
    )


def take(chromium: str, page_file: Path, name: str, height: int, prepare: Callable[[Page], None]) -> None:
    """Take a saved page, light and dark."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for theme in ("light", "dark"):
            page = browser.new_page(viewport={"width": WIDTH, "height": height}, color_scheme=theme)
            page.goto(page_file.as_uri())
            prepare(page)
            page.screenshot(path=PICTURES / f"{name}-{theme}.png")
        browser.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
