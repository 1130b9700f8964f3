"""Why there is no broker: a sentence with the values and the next step, for a person."""


class Problem(Exception):
    """Shown as it is, without a traceback."""
