"""`python -m tools.pictures`: take them all again. Needs Chromium, and Pillow: pip install pillow."""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from tools.pictures import PICTURES


def main() -> int:
    """The exit status: 1 where there is nothing to take pictures with."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("There is no Chromium to take pictures with.", file=sys.stderr)
        return 1
    try:
        from tools.pictures import lab, live, workshop
    except ModuleNotFoundError as error:
        print(f"There is no {error.name} to write a film with: pip install pillow", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        lab.take(browser, Path(folder))
        workshop.take(browser, Path(folder))
        live.take(browser, Path(folder))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
