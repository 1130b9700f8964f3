# It does not even begin.
while True:
    pass
