# %% [markdown]
# # 01 · The till that knew everybody
#
# In the café, the till tells everyone about each order: the barista, the
# card terminal, soon the loyalty cards too. One of them is down, and no one
# can buy coffee. You will mend that with a board on the wall.
#
# **Time:** 25 minutes. **You need:** Python functions and dataclasses.
#
# **You will be able to:** tell an event from a command, publish and read
# events, and follow one order through the whole café by its envelopes.

# %% tags=["bus"]
from dataclasses import FrozenInstanceError, dataclass
from datetime import datetime

from sandbox import Command, Event, connect
from sandbox.views import predict, topology

bus = connect()
bus

# %% [markdown]
# ## The situation
#
# Here is the till as it was first written. It calls everyone who has to know.
# Run the cell: order `A-1` is sold, then the card terminal loses its network.

# %%
terminal_is_up = True
told = []

def make_drink(order_id):
    told.append(f"barista makes {order_id}")

def charge_card(order_id):
    if not terminal_is_up:
        raise ConnectionError("card terminal: no network")
    told.append(f"terminal charges {order_id}")

# %%
def sell(order_id):
    make_drink(order_id)
    charge_card(order_id)

sell("A-1")
terminal_is_up = False
try:
    sell("A-2")
except ConnectionError as error:
    told.append(f"the till stops: {error}")
told

# %% [markdown]
# `A-2` is in a bad state: the drink is made, the card isn't charged, and the
# till has stopped. And next week the loyalty cards come: someone has to open
# the till's code again and add a third call.
#
# The till knows too much. It knows *who* has to act, *in which order*, and it
# works only while all of them do.

# %% [markdown]
# ## A fact on the board
#
# What does the till really know? One thing: an order was placed. That is a
# fact. Write it down as an **event**: something that happened, named in the
# past tense, and never changed again.

# %%
@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    drink: str
    cents: int

first = OrderPlaced("A-1", drink="oat latte", cents=420)
first

# %% [markdown]
# Facts don't change: nobody can make it so that `A-1` was never placed. The
# code says the same with `frozen=True`. Try to rewrite history:

# %%
try:
    first.cents = 0
except FrozenInstanceError as error:
    print("refused:", error)

# %% [markdown]
# If the price was wrong, that is a *new* fact, `PriceCorrected`, on the next
# line of the board.
#
# The opposite of a fact is a wish. A **command** asks one owner to do
# something, and the owner may say no: `MakeDrink`. Is the difference only the
# grammar?

# %%
predict("01-a")

# %% [markdown]
# See it happen. The barista reads commands from a **topic**, the field's word
# for the board: a place where messages are written down and stay. There is no
# oat milk left.

# %%
@dataclass(frozen=True)
class MakeDrink(Command):
    order_id: str
    drink: str

@dataclass(frozen=True)
class DrinkRefused(Event):
    order_id: str
    reason: str

# %%
requests = bus.create_topic("requests")
answers = bus.create_topic("answers")

def barista(record):
    command = record.event
    if "oat" in command.drink:
        refusal = DrinkRefused(command.order_id, "no oat milk left")
        bus.publish(answers, refusal)

bus.publish(requests, MakeDrink("A-1", "oat latte"), source="till")
bus.subscribe(requests, group="barista", handle=barista)
bus.run()

# %% [markdown]
# `bus.run()` delivers everything that waits, and says how much that was. What
# happened, as a picture. Time runs to the right, and everyone has a row:

# %%
bus.trace

# %% [markdown]
# The wish was refused. The *refusal* is a fact, `DrinkRefused`, and facts
# can't be refused: when you read one, it has happened already.
#
# | | command | event |
# |---|---|---|
# | says | please do this | this has happened |
# | name | `MakeDrink` | `DrinkRefused` |
# | meant for | one owner | anyone, or no one |
# | may be refused | yes | no |
#
# A third kind carries neither wish nor news: a **document**, such as a price
# list. It only hands over data. (The names are from Hohpe and Woolf, see the
# end.)

# %% [markdown]
# ## Write once, read by anyone
#
# Back to the till. It becomes a **producer**: it writes `OrderPlaced` on the
# topic `orders` and goes on. It calls nobody.

# %%
orders = bus.create_topic("orders")

def sell(order_id, drink, cents):
    order = OrderPlaced(order_id, drink, cents)
    return bus.publish(orders, order, key=order_id, source="till")

sell("A-1", "oat latte", 420)
sell("A-2", "espresso", 220)
sell("A-3", "oat latte", 420)

# %% [markdown]
# `publish` answers with the place where the event landed. Read
# `orders[0]@2` as: topic `orders`, part 0, position 2. Positions count from
# zero, so this is the third line of the board.
#
# The card terminal was down all this while. Now it comes back.

# %%
predict("01-b")

# %% [markdown]
# The terminal is a **consumer**: it asks for what it hasn't read yet, does
# its work, and then commits, which says "this one is done". `group` is the
# name under which its place on the board is kept.

# %%
charged = []
with bus.consumer(orders, group="terminal") as terminal:
    for record in terminal.poll():
        charged.append((record.event.order_id, record.event.cents))
        terminal.commit(record)
charged

# %% [markdown]
# All three, in order, although it was away when they came in. The till never
# noticed: no error, no retry, no waiting.
#
# And the loyalty cards? They open a week later, under a name of their own:

# %%
with bus.consumer(orders, group="loyalty") as loyalty:
    drinks = [record.event.drink for record in loyalty.poll()]
    loyalty.commit()
drinks

# %% [markdown]
# They have read every order since the opening, and nobody touched the till.
# Reading takes nothing off the board. A database that keeps all events for
# ever, and gives back those of one order when asked, is an **event store**. It
# can do more than a topic; lesson 05 builds one.
#
# Who writes and who reads, as a map:

# %%
topology(
    publishes={"till": ["orders"]},
    reads={"terminal": ["orders"], "loyalty": ["orders"]},
)

# %% [markdown]
# Those are all five building blocks: **event**, **producer**, **topic** (also
# called channel or bus), **consumer**, and, where you want to keep the past,
# the **event store**.
#
# Look at what is *not* on the map: an arrow from the till to anyone. What is
# left of the coupling is the event itself. Rename `cents`, and both readers
# break. Lesson 10 is about that.

# %% [markdown]
# ## Two of the same
#
# Two guests order an espresso in the same second, and the till numbers both
# orders `A-4`. Are these two sales, or one sale that was sent twice?

# %%
left = sell("A-4", "espresso", 220)
right = sell("A-4", "espresso", 220)
left.event == right.event

# %% [markdown]
# The content can't tell you. The **envelope** can: what is written on the
# outside of every event, whatever is inside.

# %% tags=["bus"]
left.envelope

# %% [markdown]
# These names are a standard,
# [CloudEvents 1.0](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md):
# `source` says who wrote it, `type` what it is, `id` which one of that source
# it is. Two facts have two ids, even with equal content. *One* fact that is
# sent again, because the network was slow, keeps its id. So a reader can tell:

# %%
left.envelope.id == right.envelope.id

# %% [markdown]
# Two sales, then. What a reader does with an id that comes twice is lesson
# 03. (And the till should not give two orders one number.)

# %% [markdown]
# ## Which came first?
#
# The envelope has a `time`, in ours always UTC. Here is why. Two servers take the
# online orders and write local times, without a zone: one stands in Lisbon,
# one in Helsinki, two hours ahead. A guest orders, changes the milk a minute
# later, and pays. The second step happens to reach Helsinki.

# %%
board = [
    ("orders[0]@0", "OrderPlaced", datetime(2026, 5, 4, 9, 59)),
    ("orders[0]@1", "MilkChanged", datetime(2026, 5, 4, 12, 0)),
    ("orders[0]@2", "OrderPaid", datetime(2026, 5, 4, 10, 1)),
]
[name for place, name, time in sorted(board, key=lambda line: line[2])]

# %% [markdown]
# Sorted by time, the milk changes after the order was paid. In UTC the three
# are two minutes apart and in the right order. So: UTC, and the code that
# makes an envelope should refuse anything else.
#
# Are we safe now?

# %%
predict("01-c")

# %% [markdown]
# Clocks drift, also with UTC. The second till runs five minutes slow:

# %%
board = [
    ("orders[0]@0", "OrderPlaced", "09:59 UTC, till 1"),
    ("orders[0]@1", "OrderCancelled", "09:55 UTC, till 2, slow"),
]
by_time = sorted(board, key=lambda line: line[2])
by_place = sorted(board)
print("by time :", [name for _, name, _ in by_time])
print("by place:", [name for _, name, _ in by_place])

# %% [markdown]
# Sorted by time, an order is cancelled before it exists. The place on the
# board says in which order they were written, whatever the clocks say, and
# "this happened because of that" doesn't lie either. A `time` is for people,
# for reports and for rough questions. It doesn't order events.

# %% [markdown]
# ## Because of what?
#
# One order sets off many events, in services that don't know each other. To
# see what belongs together, every envelope carries two more ids. The
# **causation id** is the parent: the message that led to this one. The
# **correlation id** is the conversation: the message that started it all.

# %%
@dataclass(frozen=True)
class DrinkMade(Event):
    order_id: str

@dataclass(frozen=True)
class GuestCalled(Event):
    order_id: str

# %%
cafe = connect()
orders = cafe.create_topic("orders")
counter = cafe.create_topic("counter")

def make(record):
    cafe.publish(counter, DrinkMade(record.event.order_id))

def call(record):
    if isinstance(record.event, DrinkMade):
        cafe.publish(counter, GuestCalled(record.event.order_id))

cafe.subscribe(orders, group="barista", handle=make)
cafe.subscribe(counter, group="waiter", handle=call)

# %% [markdown]
# The till publishes one event and is done. The rest follows by itself:

# %%
placed = cafe.publish(orders, first, source="till")
cafe.run()
cafe.trace

# %% [markdown]
# Nobody passed an id along: our bus knows what was being handled when
# something was published. (A bare client of Kafka doesn't; there you pass them
# on yourself.) Ask the envelopes:

# %%
made, called = cafe.consumer(counter, group="you").poll()
print("called because of made: ",
      called.envelope.causation_id == made.envelope.id)
print("made because of placed: ",
      made.envelope.causation_id == placed.envelope.id)
print("one conversation:       ",
      called.envelope.correlation_id == placed.envelope.id)

# %% [markdown]
# That is how you debug at three in the morning: take the correlation id of
# the complaint, and read everything that carries it.

# %% [markdown]
# ## How much goes in?
#
# An event may carry anything. Here is `OrderPlaced` again, with everything
# that someone might want one day:

# %%
@dataclass(frozen=True)
class OrderPlacedWithAll(Event):
    order_id: str
    guest: dict
    menu: list

menu = [{"drink": f"drink {n}", "cents": 200 + n} for n in range(60)]
guest = {"name": "Ada", "email": "ada@example.org", "card": "4242"}
big = OrderPlacedWithAll("A-1", guest, menu)
len(first.to_json()), len(big.to_json())

# %% [markdown]
# Bytes, for one coffee. It is stored, sent to every reader, and kept: Ada's
# card number now lies on a board that everyone reads. So start **skinny**:
# ids, what changed, no more.
#
# That is a start and not a law. A skinny event makes its readers ask back;
# lesson 04 measures what that costs, and when the bigger event is cheaper.

# %% [markdown]
# ## Your turn
#
# Two exercises wait in
# [exercises/01_events.ipynb](../exercises/01_events.ipynb):
#
# - **01.1** Twelve sentences from the café: is it an event, a command or a
#   document, and what is its name?
# - **01.2** Build the envelope yourself. The grader takes it apart: equal
#   ids, local times, a payload that changes after it was sealed.

# %% [markdown]
# ## On real Kafka
#
# Nothing above knows that the bus is simulated. Start Apache Kafka with
# `make kafka` in a terminal, change the first cell to
# `bus = connect("kafka://localhost:9092")`, do the same with `cafe`, and run
# everything again. Or set `SANDBOX_BUS=kafka://localhost:9092` before
# `make lab`.
#
# | | simulated | Kafka |
# |---|---|---|
# | places, order in a part, counts | the same | the same |
# | ids | `evt-1`, `evt-2` | UUIDv7 |
# | times | 09:00, virtual | your clock |
# | a bus that is down | not here | `BrokerUnreachable` |

# %% [markdown]
# ## What you can now say
#
# An **event** is a fact that anyone may read; a **command** is a wish that
# one owner may refuse. A producer writes to a topic and knows no reader, so a
# reader can be down, or be added later. The envelope says which one (`id`),
# who (`source`), and because of what (`causation`, `correlation`). Its `time`
# doesn't order anything.
#
# | you gain | you pay |
# |---|---|
# | readers may be down, slow, or new | the answer comes later, or never |
# | the producer stays as it is | the event's shape binds everyone |
# | a history to read again | a history to protect |
#
# Where the caller needs the answer *now* (is the card valid?), call.

# %% [markdown]
# ## What we left out
#
# Why `orders[0]` has a 0, and what a commit promises: lesson 02. What happens
# when a record comes twice: lesson 03. All words are in the
# [glossary](../docs/glossary.md).
#
# **Read on:** Martin Fowler,
# [What do you mean by "Event-Driven"?](https://martinfowler.com/articles/201701-event-driven.html)
# (2017). Gregor Hohpe and Bobby Woolf,
# [Message](https://www.enterpriseintegrationpatterns.com/patterns/messaging/Message.html),
# in *Enterprise Integration Patterns* (2003). Leslie Lamport,
# [Time, Clocks, and the Ordering of Events](https://lamport.azurewebsites.net/pubs/time-clocks.pdf)
# (1978), which is where the turns in our pictures come from.
