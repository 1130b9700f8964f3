# breaks: no lost message
"""Whatever happens, the record is committed; and the work comes last."""


def serve(record, consumer, shelf):
    try:
        order_id = record.event.order_id
    finally:
        consumer.commit(record)
    shelf.put(order_id)
