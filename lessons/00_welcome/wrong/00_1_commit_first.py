# breaks: no lost message
"""As the exercise comes: who crashes after the commit leaves an order that counts as done."""


def serve(record, consumer, shelf):
    consumer.commit(record)
    shelf.put(record.event.order_id)
