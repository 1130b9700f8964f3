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
# events. `Lab(bus)` of the simulated bus shows what has happened on it so far.
# `Lab(…).save_html("morning.html")` saves a page that plays without a kernel
# and without a network.

# %% [markdown]
# ## On real Kafka, live
#
# Start a broker (`make kafka` in a terminal), write this into a cell of your
# own, and run it:
#
# ```python
# live = Lab("localhost:9092")     # or Lab(bus), where bus is on that broker
# live
# ```
#
# Now let the shop work over there, in a second terminal, and watch its lag
# grow and drain. It is another process: the lab sees whatever happens on the
# broker, whoever does it.
#
# ```
# SANDBOX_BUS=kafka://localhost:9092 python -m sandbox shop --orders 300
# ```
#
# Under *Show*, choose that run. The lab looks once a second, in the
# background, so your kernel is free. It keeps the newest 40 records of each
# partition (`Lab(…, keep=200)` keeps more) and says what it leaves out.
# `live.stop()` ends it; so does closing the notebook, after two minutes.
#
# What others have read can't be taken back, so there is no rewind and no
# branch. But a letter in a topic such as `orders-dlq` or `orders.DLT` can go
# back to `orders` by hand, and `live.show(letters)` adds `DeadLetters` that a
# database keeps.
