"""A figure: a picture, what it shows in a sentence, and the same facts as text.

A notebook gets three forms of it. `text/html` is an image with an alternative text and
the text twin folded below: an image, because JupyterLab drops inline SVG where a notebook
isn't trusted, and an image's alternative text reaches a screen reader. `image/svg+xml`
is for GitHub and exports, `text/plain` for everything else.

Light and dark come from the style sheet inside the SVG: an image follows the
`color-scheme` of the page around it, which JupyterLab's dark theme sets.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Figure:
    """What every picture of the course is. `svg` is complete, with title and description."""

    title: str
    description: str  # one sentence, with the conclusion in it
    svg: str
    text: str

    @property
    def width(self) -> int:
        """The picture's width in pixels."""
        found = re.search(r'<svg[^>]* width="(\d+)"', self.svg)
        return int(found[1]) if found else 0

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        if not self.svg:
            return {"text/plain": self.text}
        return {"image/svg+xml": self.svg, "text/html": self.html, "text/plain": self.text}

    @property
    def html(self) -> str:
        """The picture as an image, with the text twin folded below it."""
        source = b64encode(self.svg.encode()).decode()
        alternative = escape(f"{self.title}. {self.description}", quote=True)
        # A little too wide is shrunk, much too wide is scrolled: the words stay readable.
        narrowest = f"max-width:100%;height:auto;min-width:{self.width * 4 // 5}px"
        return (
            '<figure style="margin:0;overflow-x:auto">'
            f'<img alt="{alternative}" src="data:image/svg+xml;base64,{source}" style="{narrowest}">'
            "<details><summary>The same as text</summary>"
            f"<pre>{escape(self.text)}</pre></details></figure>"
        )
