"""One class, one assignment, and three programs that grade it: see `python -m benchmarks.workshop`."""
