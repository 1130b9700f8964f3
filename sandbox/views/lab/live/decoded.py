"""A record of a real log as the inspector shows it, whoever has written it.

Of a CloudEvent, that is its envelope and its content. Of anything else, it is what is
there: key, headers, and the bytes, as text where they are text.
"""

import json
from datetime import UTC, datetime

from sandbox.adapters.kafka.wire import ConsumerRecord, from_wire
from sandbox.messages import Envelope
from sandbox.messages.event import Published

TEXT_MAX = 2_000  # letters of a value
HEX_MAX = 48  # bytes of what is no text
CONTENT_MAX = 160
SOMEBODY = "somebody"  # who publishes without an envelope: Kafka keeps no names
NOTHING = Published()


def decoded(raw: ConsumerRecord, topic: str) -> dict:
    """What is known of a record; `topic` as it is called here."""
    envelope = from_wire(raw, topic, NOTHING).stored.envelope
    found = {
        "key": in_words(raw.key),
        "value": in_words(raw.value),
        "size": len(raw.value or b""),
        "appended": _time(datetime.fromtimestamp(raw.timestamp / 1000, UTC)),
        "headers": [[name, in_words(value)] for name, value in raw.headers],
        "foreign": envelope is None,
    }
    if envelope is None:
        return found | {"content": _brief(found["value"], found["size"])}
    attributes = {name: getattr(envelope, name) for name in envelope.__struct_fields__}
    attributes["time"] = _time(envelope.time)
    content = _content(envelope, raw.value)
    return found | {name: value for name, value in attributes.items() if value} | {"content": content}


def author(record: dict) -> str:
    """Who has published it, as far as anybody knows."""
    return record.get("source") or SOMEBODY


def in_words(data: bytes | None) -> str | None:
    """Bytes as text where they are text, else how many there are and the first of them."""
    if data is None:
        return None
    try:
        text = data.decode()
        if all(letter.isprintable() or letter in "\n\r\t" for letter in text):
            cut = f"… ({len(text):,} letters; {TEXT_MAX:,} are shown)"
            return text if len(text) <= TEXT_MAX else text[:TEXT_MAX] + cut
    except UnicodeDecodeError:
        pass
    more = f" … the first {HEX_MAX}" if len(data) > HEX_MAX else ""
    return f"{len(data):,} bytes that are no text: {data[:HEX_MAX].hex(' ')}{more}"


def _content(envelope: Envelope, value: bytes | None) -> str:
    """`OrderPlaced(order_id='A-1', total=10)`, without knowing its class."""
    name = envelope.type.rpartition(".")[2]
    try:
        fields = json.loads(value or b"{}")
    except ValueError:
        return name
    if not isinstance(fields, dict):
        return name
    words = ", ".join(f"{field}={content!r}" for field, content in fields.items())
    return f"{name}({words if len(words) <= CONTENT_MAX else words[:CONTENT_MAX] + '…'})"


def _brief(text: str | None, size: int) -> str:
    if text is None:
        return "a tombstone"
    words = " ".join(text.split())
    return words if len(words) <= 60 else f"{words[:59]}…"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
