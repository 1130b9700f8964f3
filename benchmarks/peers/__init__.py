"""One file for each thing that is measured; each has NAME and `run`.

`run(events, size, groups)` publishes `events` events whose text has `size` bytes and has
each of `groups` groups handle them all. It returns the seconds from the first publish to
the last handled event; what it sets up before is not counted.
"""
