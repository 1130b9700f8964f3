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
autodoc_member_order = "bysource"
# Links to source files lead out of these pages; that they lead to something, a test sees to.
suppress_warnings = ["myst.header", "myst.xref_missing", "mystnb.unknown_mime_type"]
