"""The course as pages to read: the lessons as they were committed, and the reference of the public names.

Sphinx, because it is the one tool that reads our docstrings, our notebooks with their outputs
(myst-nb) and our Markdown alike, is kept up by many people, and builds offline. MkDocs was the
other one: it would need a plugin each for notebooks and for docstrings.
"""
