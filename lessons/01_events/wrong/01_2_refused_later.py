# breaks: only a timeout is tried again
# Once the first try was a timeout, all the others are, too.
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


def send(event, source, publish, cause=None):
    envelope = seal(event, source, cause)
    try:
        publish(envelope)
        return envelope
    except TimeoutError as error:
        problem = error
    for _ in range(2):
        try:
            publish(envelope)
            return envelope
        except Exception:
            pass
    raise problem
