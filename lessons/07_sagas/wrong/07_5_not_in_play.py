# breaks: the schedule can be read
"""Nothing is published here."""


def break_it():
    return """
        drop saga publish 1
    """
