"""The lab of a real Kafka in JupyterLab: what another process does there is seen, while it happens."""

import re
from dataclasses import dataclass
from uuid import uuid4

import pytest
from kafka import KafkaProducer
from playwright.sync_api import expect

from sandbox import Event, connect
from tests.browser.notebook import Notebook

pytestmark = pytest.mark.kafka

CELL = """
from sandbox import connect
from sandbox.views import Lab

live = Lab(connect("kafka://{address}", run="{run}"), every=0.2)
live
"""


@dataclass(frozen=True)
class BrowserOrderPlaced(Event):
    order_id: str


def test_a_lag_appears_and_drains_and_a_dead_letter_is_redriven(page, lab, kafka_address):
    bus = connect(f"kafka://{kafka_address}", run=uuid4().hex[:6])  # of this process, which is no kernel
    orders = bus.create_topic("orders", partitions=2)
    bus.create_topic("orders-dlq")
    billing = bus.consumer(orders, "billing")
    notebook = Notebook(page, lab, "notebooks/lab.ipynb")
    cell = notebook.append(CELL.format(address=kafka_address, run=bus.run_name).strip())
    shown = cell.get_by_role("region", name="The lab")
    expect(shown.locator(".count")).to_contain_text("live")
    expect(shown.locator(".sentence")).to_have_text("No group is behind.")
    notebook.screenshot("live-first")

    # The kernel is busy for a while, and the picture goes on.
    notebook.start("import time; time.sleep(6)")
    for number in range(5):
        bus.publish(orders, BrowserOrderPlaced(f"A-{number}"), key=f"A-{number}", source="till")
    expect(shown.locator(".sentence")).to_have_text("Behind: billing 5.", timeout=5_000)
    expect(shown.locator(".record.fresh")).to_have_count(5)
    for record in billing.poll():
        billing.commit(record)
    expect(shown.locator(".sentence")).to_have_text("No group is behind.", timeout=5_000)
    expect(shown.locator(".record.fresh")).to_have_count(0)

    shown.get_by_role("tab", name="Records").click()
    shown.get_by_role("button", name=re.compile(r"^orders\[\d\]@0")).first.click()
    expect(shown.locator(".inspector:visible").first).to_contain_text("BrowserOrderPlaced")
    expect(shown.locator(".inspector:visible").first).to_contain_text("billing: has committed it")

    writer = KafkaProducer(bootstrap_servers=kafka_address)
    writer.send(bus.physical("orders-dlq"), b"{}", key=b"A-9", headers=[("reason", b"no tea")]).get(
        timeout=10
    )
    writer.close()
    shown.get_by_role("tab", name="Dead letters").click()
    expect(shown.get_by_role("row", name=re.compile("no tea"))).to_be_visible()
    notebook.screenshot("live-letters")
    shown.get_by_role("button", name="Redrive orders-dlq[0]@0").click()
    expect(shown.locator(".told")).to_have_text("Redriven 1 to orders.")
    expect(shown.get_by_role("row", name=re.compile("no tea"))).to_have_count(0)
    (back,) = billing.poll()
    assert (back.key, back.value) == ("A-9", b"{}")

    for name in ("Rewind to the beginning (Home)", "Play (space)"):
        expect(shown.get_by_role("button", name=name)).to_be_disabled()
    expect(shown).to_contain_text("A real broker has only its present")
    shown.get_by_role("button", name="Stop looking").click()
    expect(shown.locator(".note")).to_have_text("Stopped. This is what was there.")
    assert notebook.errors() == []
    bus.close()
