# breaks: the schedule can be read
def lost():
    return "the shop crashes after publishing"


def ghost():
    return "crash shop publish 1 after"
