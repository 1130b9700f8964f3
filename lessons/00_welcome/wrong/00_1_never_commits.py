# breaks: no duplicate effect
"""Without a commit nothing is lost, and everything is done again by whoever comes next."""


def serve(record, consumer, shelf):
    shelf.put(record.event.order_id)
