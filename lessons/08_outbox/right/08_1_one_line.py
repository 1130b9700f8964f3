# In one line, and the crash comes before the commit
def lost():
    return "fail shop publish 1; crash shop transaction 1 after"


def ghost():
    return "crash shop transaction 1 before"
