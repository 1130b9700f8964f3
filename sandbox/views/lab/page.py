"""The lab's JavaScript as one module, its style sheet, and a page that needs neither kernel nor network.

The files in `js` are ES modules that a browser could load as they are. A widget takes one
text, so they are put one behind the other, without their import lines: that is all the
build there is.
"""

import gzip
import re
from base64 import b64encode
from functools import cache
from html import escape
from pathlib import Path

from sandbox.views.ink import PALETTE

FOLDER = Path(__file__).parent / "js"
MODULES = (
    "contents",
    "model",
    "dom",
    "topology",
    "timeline",
    "panels",
    "charts",
    "breaker",
    "lab",
)  # what is used before who uses it
LIVE_MODULES = ("live_model", "live_panels", "live_charts", "live_lab")
IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<style>body{{margin:12px;background:light-dark(#fff,#111)}}
h1{{position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%)}}
{style}</style></head>
<body><main><h1>{title}</h1><div id="lab">{poster}</div></main>
<script type="module">
{module}
const lab = new {lab}(document.getElementById("lab"));
lab.show(await unpack("{data}"{kind}), {step});
</script></body></html>
"""


@cache
def javascript(names: tuple[str, ...] = MODULES) -> str:
    """All modules as one text, without exports."""
    return "\n".join(re.sub(r"^export (?!default)", "", _module(name), flags=re.MULTILINE) for name in names)


@cache
def widget() -> str:
    """The same, with what an anywidget has to export."""
    return javascript() + _module("widget")


@cache
def live_widget() -> str:
    """The same for a live lab."""
    return javascript(MODULES + LIVE_MODULES) + _module("live_widget")


def _module(name: str) -> str:
    return IMPORT.sub("", (FOLDER / f"{name}.js").read_text(encoding="utf-8"))


@cache
def style() -> str:
    """The style sheet, with the colours of all our pictures."""

    def colours(theme: int) -> str:
        return ";".join(f"--{name}:{values[theme]}" for name, values in PALETTE.items())

    themes = f".sandbox-lab{{{colours(0)}}}.sandbox-lab[data-theme=dark]{{{colours(1)};color-scheme:dark}}\n"
    return themes + (FOLDER / "lab.css").read_text(encoding="utf-8")


def pack(data: bytes) -> bytes:
    """The data as it goes to the browser; the same bytes for the same data."""
    return gzip.compress(data, 6, mtime=0)


def page(data: bytes, title: str, poster: str, step: int = 0) -> str:
    """A whole page, which plays by itself."""
    return _page(data, title, poster, step, javascript(), "Lab", "")


def live_page(data: bytes, title: str, poster: str, step: int = 0) -> str:
    """A whole page of a moment of a live lab."""
    return _page(data, title, poster, step, javascript(MODULES + LIVE_MODULES), "LiveLab", ", LiveRun")


def _page(data: bytes, title: str, poster: str, step: int, module: str, lab: str, kind: str) -> str:
    packed = b64encode(pack(data)).decode()
    return PAGE.format(
        title=escape(title),
        style=style(),
        module=module,
        data=packed,
        poster=poster,
        step=step,
        lab=lab,
        kind=kind,
    )
