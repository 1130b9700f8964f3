# The work is the inside of a block that commits at its end

from contextlib import contextmanager


@contextmanager
def commits_at_the_end(consumer, record):
    yield record.event
    consumer.commit(record)


def serve(record, consumer, shelf):
    with commits_at_the_end(consumer, record) as order:
        shelf.put(order.order_id)
