"""`python -m tools.pictures`: the lab's pictures in docs/pictures, light and dark, taken in Chromium."""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from sandbox.shop import shop_beats
from sandbox.views import Lab

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
SCRIPT = "seed 0; crash email handle 4 before"
STEP = 190  # in the middle of the morning, while one consumer is down
SIZE = {"width": 1100, "height": 960}


def main() -> int:
    """Take them; return the exit status."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("There is no Chromium to take pictures with.", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Lab(shop_beats, SCRIPT).save_html(Path(folder) / "lab.html")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for theme in ("light", "dark"):
            page = browser.new_page(viewport=SIZE, color_scheme=theme)
            page.goto(page_file.as_uri())
            page.locator("input[type=range]").evaluate(
                "(bar, step) => { bar.value = step; bar.dispatchEvent(new Event('input')); }", STEP
            )
            page.screenshot(path=PICTURES / f"lab-{theme}.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
