# breaks: sending again is bounded, and giving up is said aloud
# After the third time the loop is over.
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
    for _ in range(3):
        try:
            publish(envelope)
            break
        except TimeoutError:
            print("no answer, trying again")
    return envelope
