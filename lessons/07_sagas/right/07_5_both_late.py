# Both come late


def break_it():
    return """
        fail saga reserve 1 late
        fail saga reserve 2 late
    """
