"""A real JupyterLab in headless Chromium, on a copy of the notebooks."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
START_SECONDS = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def find_chromium() -> str | None:
    """Chromium on the PATH, or where SANDBOX_CHROMIUM says."""
    return os.environ.get("SANDBOX_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="module")  # a longer one would keep its event loop running under other tests
def chromium() -> Iterator[Browser]:
    """A headless browser."""
    path = find_chromium()
    if path is None:
        reason = "the browser tests: there is no Chromium. Install it, or name one in SANDBOX_CHROMIUM."
        if os.environ.get("SANDBOX_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            # The second cuts the network: a page that needs another machine fails its test.
            args=[
                "--no-sandbox",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
                "--disable-dev-shm-usage",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a learner opens, which the tests may write into."""
    copy = tmp_path_factory.mktemp("course")
    for folder in ("notebooks", "exercises", "docs"):
        shutil.copytree(ROOT / folder, copy / folder)
    return copy


@pytest.fixture(scope="module")
def lab(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab that `python -m tools.lab` has started."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [
        f"--folder={course}",
        "--no-browser",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True",
    ]
    if find_spec("notebook"):  # the same server shows Notebook 7 as well
        options += ["--ServerApp.jpserver_extensions=notebook=True"]
        options += ["--JupyterNotebookApp.expose_app_in_browser=True"]
    environment = {**os.environ, "HOME": str(home), "SANDBOX_BUS": "sim://", "JUPYTER_NO_CONFIG": "1"}
    log = (home / "lab.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "tools.lab", *options], cwd=ROOT, env=environment, stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, server, home / "lab.log")
        yield address
    finally:
        server.terminate()
        server.wait(20)
        log.close()
        with pytest.raises(OSError):  # nothing may go on behind our back
            urllib.request.urlopen(f"{address}/api/status", timeout=1)


def wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    """Return when the server answers; fail with its log where it doesn't."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/api/status", timeout=1).read()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@contextmanager
def new_page(chromium: Browser, *, known: tuple[str, ...] = (), **options: object) -> Iterator[Page]:
    """A page of its own; what it complained of, beside what is `known`, fails the test at its end."""
    context = chromium.new_context(**{"viewport": {"width": 1280, "height": 1000}, **options})
    context.set_default_timeout(15_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [complaint for complaint in complaints if complaint not in known] == []


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A new page for this test."""
    with new_page(chromium) as page:
        yield page
