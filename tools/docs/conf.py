"""Sphinx's settings; the sources are gathered by `tools.docs`."""

project = "Event sandbox"
author = "the course's contributors"
extensions = ["sphinx.ext.autodoc", "sphinx.ext.viewcode", "myst_nb"]
html_theme = "furo"
html_title = "Event sandbox"
nb_execution_mode = "off"  # the committed outputs are tested ones
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
autodoc_typehints = "signature"
default_role = "code"  # in docstrings, as in Markdown
autodoc_member_order = "bysource"
# Links to source files lead out of these pages; that they lead to something, a test sees to.
suppress_warnings = ["myst.header", "myst.xref_missing", "mystnb.unknown_mime_type"]


def setup(app: object) -> None:
    """A protocol is not made by anyone: it is shown without the arguments that each of them has."""
    app.connect("autodoc-process-signature", _signature)


def _signature(app, what, name, subject, options, arguments, returns):
    return ("", None) if arguments == "(*args, **kwargs)" else None
