# 01.1: no answer.
def messages():
    while True:
        pass
