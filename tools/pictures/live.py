"""The live lab: the café's web shop on a real Kafka, in the middle of its work. Takes half a minute."""

import os
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser

from sandbox.views import Lab
from tools.broker import Problem, running_broker
from tools.pictures import PICTURES

SIZE = {"width": 1100, "height": 1170}
SHOP = [sys.executable, "-m", "sandbox", "shop", "--orders", "400", "--faults", "0"]
SECONDS = 24  # that the shop is looked at
LAG = 40  # of a group, when the picture is taken


def take(browser: Browser, folder: Path) -> None:
    """Two stills, light and dark, where there is a real Kafka; else the old ones stay."""
    page_file = folder / "live.html"
    try:
        save(page_file)
    except Problem as problem:
        print(f"The live lab's pictures stay as they are: {problem}", file=sys.stderr)
        return
    for theme in ("light", "dark"):
        page = browser.new_page(viewport=SIZE, color_scheme=theme)
        page.goto(page_file.as_uri())
        page.locator(".topology .record").first.wait_for(state="attached")
        page.screenshot(path=PICTURES / f"lab-live-{theme}.png")
        page.close()


def save(page_file: Path) -> None:
    """A moment of the shop's day, as a page."""
    with running_broker() as address:
        shop = subprocess.Popen(SHOP, env={**os.environ, "SANDBOX_BUS": f"kafka://{address}"})
        lab = Lab(address, every=0.5, title="The café's web shop on Apache Kafka").start()
        until = time.monotonic() + SECONDS
        while time.monotonic() < until or (shop.poll() is None and lab.most_behind < LAG):
            time.sleep(0.1)
        lab.save_html(page_file)
        lab.stop()
        shop.terminate()
        shop.wait()
