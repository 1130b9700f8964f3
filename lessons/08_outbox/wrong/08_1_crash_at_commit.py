# breaks: every fault strikes
"""The commit of a transaction is called `transaction`; `commit` is a consumer's."""


def lost():
    return """
        fail shop publish 1 request
        crash shop transaction 1 after
    """


def ghost():
    return "crash shop commit 1 before"
