# The first request is lost, the second one comes late


def break_it():
    return """
        fail saga reserve 1 request
        fail saga reserve 2 late
    """
