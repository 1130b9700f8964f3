# the group goes back to its beginning, and the process dies right there


def stamped_twice():
    return """
    duplicate stamper commit 2 suffix
    crash stamper commit 2 after
    """
