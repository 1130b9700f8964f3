# dead when all is done: the copy comes to a process that knows nothing


FAULTS = ["crash stamper commit 2 after", "duplicate till publish 1 late"]


def stamped_twice():
    return "; ".join(["seed 0", *FAULTS])
