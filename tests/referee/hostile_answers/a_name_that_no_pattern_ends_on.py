# 01.1: a name on which the grader's pattern tries everything.
def messages():
    return {1: ("event", "A" * 60 + "!", "order_id")}
