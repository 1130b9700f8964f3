"""The course as a static site: JupyterLite, with Python itself in the browser (`make lite`)."""
