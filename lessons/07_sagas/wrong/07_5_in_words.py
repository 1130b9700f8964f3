# breaks: the schedule can be read
"""A schedule is read by a machine."""


def break_it():
    return """
        the reservation comes late, after the release
    """
