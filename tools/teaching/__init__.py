"""The teacher's pages, docs/teaching/NN_slug.md: what learners will answer, and what to say to it.

Made from what is there anyway: the predict questions, the solutions, and the wrong solutions,
which are graded for it. `python -m tools.teaching` writes them; a test compares.
"""
