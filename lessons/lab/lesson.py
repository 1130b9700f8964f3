# %% [markdown]
# # The lab: the bus, alive
#
# A small shop sells coffee beans. Play its morning, stop it, rewind it,
# and break it: the shop runs again from the same seed, with what you did.
#
# Run all cells (**Run → Run All Cells**), then press **Play**.

# %% tags=["bus"]
from dataclasses import dataclass

from sandbox import Event
from sandbox.patterns import DeadLetters
from sandbox.shop import shop_beats
from sandbox.store import SqliteDatabase
from sandbox.views import Lab

shop = Lab(shop_beats)
shop

# %% [markdown]
# **Look.** On the left stands who publishes, in the middle are the logs,
# on the right the groups. A filled cell is a record that a group has yet to
# commit, an empty one is done. A flag shows how far a group has come.
#
# **Keys.** Space plays and pauses, ← and → step (with Shift ten at a time),
# Home and End jump, + and − zoom the timeline.

# %% [markdown]
# **Break it.** Play up to the middle and pause. Choose `email`, then *Crash
# before its next handle*, and press *From here on*. Play on, with the tab
# *Charts* open: the lag of `email` grows for six beats, until it is back.
# The dotted line is what was there before you came.
#
# **Redrive.** In the tab *Dead letters*, `loyalty` has put payments from
# Japan aside: it has no rate for that country. Redrive them before beat 20
# and they fail again. At beat 20 a rate is agreed on; redrive them after it.

# %% [markdown]
# ## The same by code
#
# What you do with the mouse is a script, and a script does what you did with
# the mouse. The tab *Plan* has it, ready to be copied.

# %%
broken = Lab(shop_beats, "seed 0; crash email handle 4 before")
broken.plan

# %% [markdown]
# ## Your own system
#
# A lab takes a function of a bus. Each `yield` is a beat, in which everyone
# who has subscribed gets a turn. What you `yield` is shown: databases, dead
# letters, a payment provider.


# %% tags=["build"]
@dataclass(frozen=True)
class DrinkOrdered(Event):
    order_id: str
    drink: str


def cafe(bus):
    orders = bus.create_topic("orders", partitions=2)
    letters = DeadLetters(SqliteDatabase(name="bar"), "barista")
    bus.subscribe(orders, group="barista", handle=letters.guard(make))
    bus.subscribe(orders, group="screen", handle=print_nothing)
    yield letters, letters.db
    for number in range(1, 13):
        drink = "tea" if number == 5 else "flat white"
        order = DrinkOrdered(f"A-{number}", drink)
        bus.publish(orders, order, key=order.order_id, source="till")
        yield


# %% [markdown]
# A barista who can't make tea puts such an order aside, with the reason.
# Its key waits behind it; all others go on.


# %%
def make(record):
    if record.event.drink == "tea":
        raise LookupError("there is no tea")


def print_nothing(record):
    pass


Lab(cafe)

# %% [markdown]
# Change `cafe` and run it again: more partitions, a slower barista, your own
# events. `Lab(bus)` shows a bus that has run already, the simulated one or
# real Kafka; its past can be looked at, not changed. `Lab(…).save_html("morning.html")`
# saves a page that plays without a kernel and without a network.
