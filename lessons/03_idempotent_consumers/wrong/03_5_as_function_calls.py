# breaks: the schedule can be read


def stamped_twice():
    return 'duplicate("till", "publish", 1, "late"); crash("stamper", "commit", 1, "after")'
