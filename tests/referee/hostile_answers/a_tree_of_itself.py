# 01.1: an answer that holds itself.
def messages():
    answer = {1: ("event", "OrderPlaced", [])}
    answer[1][2].append(answer)
    answer[2] = answer
    return answer
