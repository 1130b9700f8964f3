# breaks: an event that is sent again keeps its id
# Tries again by calling itself, from the beginning.
from dataclasses import asdict
from datetime import UTC, datetime
from uuid import uuid4


def seal(event, source, cause=None):
    id = str(uuid4())
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


def send(event, source, publish, cause=None, attempts=3):
    envelope = seal(event, source, cause)
    try:
        publish(envelope)
    except TimeoutError:
        if attempts == 1:
            raise
        return send(event, source, publish, cause, attempts - 1)
    return envelope
