# breaks: no lost message
"""It asks whether there is an offset; the first one is 0, and counts as none."""


def serve(record, consumer, shelf):
    if record.offset:
        shelf.put(record.event.order_id)
    consumer.commit(record)
