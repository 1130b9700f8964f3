# The commit is a function of its own, called when the drink stands


def serve(record, consumer, shelf):
    make(record.event, shelf)
    done(record, consumer)


def make(order, shelf):
    shelf.put(order.order_id)


def done(record, consumer):
    consumer.commit(record)
