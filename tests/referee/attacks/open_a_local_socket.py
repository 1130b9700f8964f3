# A name that processes of one machine can meet under.
import socket


def attack():
    with socket.socket(socket.AF_UNIX) as meeting:
        meeting.bind("\0written_by_a_submission")
    return True
