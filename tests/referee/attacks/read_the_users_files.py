# Who is on this machine?
def attack():
    return bool(open("/etc/passwd").read())
