# breaks: what is sealed stays as it was
# Parents know their children.
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
        cause.setdefault("effects", []).append(id)
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
