# With a frozen dataclass that turns itself into a dict
import secrets
from copy import deepcopy
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime


def now():
    return datetime.now().astimezone(UTC).isoformat()


@dataclass(frozen=True)
class Sealed:
    source: str
    type: str
    data: dict
    cause: dict | None
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    time: str = field(default_factory=now)

    def as_dict(self):
        cause = self.cause or {"correlationid": self.id}
        envelope = asdict(self)
        del envelope["cause"]
        envelope.update(specversion="1.0", datacontenttype="application/json")
        envelope["correlationid"] = cause["correlationid"]
        if self.cause:
            envelope["causationid"] = cause["id"]
        return envelope


def seal(event, source, cause=None):
    data = {f.name: deepcopy(getattr(event, f.name)) for f in fields(event)}
    return Sealed(source, type(event).__name__, data, cause).as_dict()


def send(event, source, publish, cause=None):
    return attempt(publish, seal(event, source, cause), left=3)


def attempt(publish, envelope, left):
    try:
        publish(envelope)
    except TimeoutError:
        if left == 1:
            raise
        return attempt(publish, envelope, left - 1)
    return envelope
