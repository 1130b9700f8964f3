# breaks: no lost message
"""Before and after, to be on the safe side: the first one is the one that loses."""


def serve(record, consumer, shelf):
    consumer.commit(record)
    shelf.put(record.event.order_id)
    consumer.commit(record)
