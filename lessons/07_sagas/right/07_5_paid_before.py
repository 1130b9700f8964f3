# Another bug: paid, not noted; and the next run gives up without a refund


def break_it():
    return """
        fail saga charge 1 response
        fail saga reserve 2 request
        fail saga reserve 3 response
    """
