# breaks: no lost message
"""It keeps a list, and serves when two orders have come together: a crash forgets the list."""

waiting = []


def serve(record, consumer, shelf):
    waiting.append(record.event.order_id)
    consumer.commit(record)
    if len(waiting) == 2:
        while waiting:
            shelf.put(waiting.pop(0))
