# The commit stands in an else: it comes only where the work has come to its end


def serve(record, consumer, shelf):
    try:
        shelf.put(record.event.order_id)
    except Exception:
        raise
    else:
        consumer.commit(record)
