# breaks: no duplicate effect
"""It remembers in memory what is done, and tells the board nothing: the next one knows nothing of it."""

done = set()


def serve(record, consumer, shelf):
    if record.event.order_id not in done:
        shelf.put(record.event.order_id)
        done.add(record.event.order_id)
