# breaks: no ghost message
"""It puts the name of the drink there instead of the order."""


def serve(record, consumer, shelf):
    shelf.put(record.event.drink)
    consumer.commit(record)
