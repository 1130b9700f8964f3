# breaks: an id doesn't come back after a restart
# A thousand different ids, until the till is switched off.
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import count
from uuid import NAMESPACE_DNS, uuid5

numbers = count(1)


def seal(event, source, cause=None):
    id = str(uuid5(NAMESPACE_DNS, str(next(numbers))))
    envelope = {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": type(event).__name__,
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        "correlationid": cause["correlationid"] if cause else id,
        "data": asdict(event),
    }
    if cause:
        envelope["causationid"] = cause["id"]
    return envelope


def send(event, source, publish, cause=None):
    envelope = seal(event, source, cause)
    for attempts_left in (2, 1, 0):
        try:
            publish(envelope)
            return envelope
        except TimeoutError:
            if not attempts_left:
                raise
