"""What keeps the site from being built, in words."""


class Problem(Exception):
    """Something that the reader can mend; the message says how."""
