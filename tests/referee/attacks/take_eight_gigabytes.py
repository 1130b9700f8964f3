# Memory.
def attack():
    return len(bytes(8 * 2**30)) > 0
