# In a thread that does not end.
import threading
import time


def leave():
    threading.Thread(target=time.sleep, args=(60,), name="seen", daemon=True).start()


def find():
    return any(thread.name == "seen" for thread in threading.enumerate())
