"""The same seed gives the same run on every machine, Python and hash seed."""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox import Event, connect
from sandbox.errors import BrokerUnreachable, Crashed

ROOT = Path(__file__).resolve().parents[2]
# Made with Python 3.11 and found the same with 3.12 and 3.13. It changes only with the model itself.
GOLDEN = "383c101f076269fe"


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    total: int


def digest() -> str:
    """Of a run that leaves everything to chance: members, keys, faults, a queue, a transaction."""
    bus = connect("sim://", seed=11)
    orders = bus.create_topic("orders", partitions=4)
    receipts = bus.create_topic("receipts", partitions=2, cleanup_policy="compact", segment_ms=20)
    for group in ("billing", "billing", "email"):
        bus.subscribe(
            orders,
            group,
            lambda record: bus.publish(receipts, record.event, key=record.event.order_id),
            assignor="sticky",
        )
    bus.faults.randomly(0.05)
    for number in range(60):
        try:
            bus.publish(
                orders, OrderPlaced(f"A-{number}", number), key=f"A-{number % 7}" if number % 3 else None
            )
        except (BrokerUnreachable, Crashed):
            continue
    for _ in range(50):
        try:
            bus.run()
            break
        except BrokerUnreachable:
            continue
    bus.faults.randomly(0)
    with bus.producer(transactional_id="till") as producer, producer.transaction():
        producer.publish(receipts, OrderPlaced("B-1", 1), key="B-1")
    queue = bus.create_queue("letters")
    for number in range(5):
        queue.send(OrderPlaced(f"C-{number}", number))
        queue.receive().nack()
    read = [
        record.place for record in bus.consumer(receipts, "books", isolation_level="read_committed").poll()
    ]
    seen = [repr(bus.trace), str(bus.faults.plan), repr(sorted(read)), bus.clock.now().isoformat()]
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:16]


def test_the_run_is_the_one_of_every_other_machine():
    assert digest() == GOLDEN


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_the_hash_seed_does_not_matter(hash_seed):
    script = "from tests.unit.test_same_everywhere import digest; print(digest())"
    answer = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
    )
    assert answer.stdout.strip() == GOLDEN
