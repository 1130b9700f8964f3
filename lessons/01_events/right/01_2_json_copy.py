# With a copy through JSON, and a while loop
import datetime as dt
import json
import uuid


def seal(event, source, cause=None):
    now = dt.datetime.now(tz=dt.UTC)
    envelope = dict(
        specversion="1.0",
        id=uuid.uuid1().hex,
        source=source,
        type=event.type_name,
        time=now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        datacontenttype="application/json",
        data=json.loads(event.to_json()),
    )
    if cause is None:
        envelope["correlationid"] = envelope["id"]
        envelope["causationid"] = None
    else:
        envelope["correlationid"] = cause["correlationid"]
        envelope["causationid"] = cause["id"]
    return envelope


def send(event, source, publish, cause=None):
    envelope, attempts = seal(event, source, cause), 0
    while True:
        attempts += 1
        try:
            publish(envelope)
        except TimeoutError:
            if attempts == 3:
                raise
        else:
            return envelope
