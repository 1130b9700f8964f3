# breaks: no lost message
"""After the first drink it commits all that was polled: the second one counts as done, too."""


def serve(record, consumer, shelf):
    shelf.put(record.event.order_id)
    consumer.commit()
