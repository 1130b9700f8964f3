# Descriptors.
def attack():
    return len([open("/dev/null") for _ in range(1_000)]) == 1_000
