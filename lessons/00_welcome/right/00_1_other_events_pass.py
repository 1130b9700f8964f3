# It looks whether the event has an order at all; the rest is as in the solution


def serve(record, consumer, shelf):
    order_id = getattr(record.event, "order_id", None)
    if order_id is not None:
        shelf.put(order_id)
    consumer.commit(record)
