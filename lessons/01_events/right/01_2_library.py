# With the CloudEvents library, and the last error kept for later
import json
from uuid import uuid4

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent


def seal(event, source, cause=None):
    id = str(uuid4())
    attributes = {"id": id, "source": source, "type": type(event).__name__}
    attributes["datacontenttype"] = "application/json"
    attributes["correlationid"] = id
    if cause:
        attributes["correlationid"] = cause["correlationid"]
        attributes["causationid"] = cause["id"]
    sealed = CloudEvent(attributes, json.loads(event.to_json()))
    return json.loads(JSONFormat().write(sealed))


def send(event, source, publish, cause=None):
    envelope = seal(event, source, cause)
    problem = None
    for _ in range(3):
        try:
            publish(envelope)
        except TimeoutError as error:
            problem = error
            continue
        return envelope
    raise problem
