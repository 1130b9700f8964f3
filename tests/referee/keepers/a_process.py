# In a process that stays, and can be asked.
import os
import socket

NAME = "\0seen_by_a_submission"


def leave():
    with socket.socket(socket.AF_UNIX) as meeting:
        meeting.bind(NAME)
        meeting.listen()
        if os.fork() == 0:
            meeting.settimeout(5)
            meeting.accept()
            os._exit(0)


def find():
    with socket.socket(socket.AF_UNIX) as visitor:
        visitor.connect(NAME)
    return True
