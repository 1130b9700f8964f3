# %% [markdown]
# # 07 · Paid for, and never sent
#
# Cy has paid for two bags of beans. The warehouse won't send them. Inventory
# has set them aside for him, for ever. Each service has done its own part
# right, and together they have robbed a customer. You will learn to take an
# order through all of them, or back.
#
# **Time:** 30 minutes. **You need:** lessons
# [01](01_events.ipynb) and [03](03_idempotent_consumers.ipynb).
#
# **You will be able to:** run a checkout over several services as
# choreography and as orchestration, undo what was done, and say what a saga
# doesn't protect you from.

# %% tags=["bus"]
from dataclasses import dataclass

from sandbox import Command, Event, connect
from sandbox.shop import Line, Order, inventory, open_shop
from sandbox.sim import SimulatedGateway
from sandbox.store import SqliteDatabase
from sandbox.trace import Trace
from sandbox.views import bars, predict, topology

connect()

# %% [markdown]
# ## The situation
#
# A checkout in one function: set two bags aside, take the money, ship. A
# transaction holds it together. Cy lives on the Moon, so shipping fails, and
# everything is rolled back. Everything?

# %%
shelf, provider = SqliteDatabase(name="shelf"), SimulatedGateway()
shelf.execute("CREATE TABLE set_aside (order_id TEXT, bags INTEGER)")
try:
    with shelf.transaction():
        shelf.execute("INSERT INTO set_aside VALUES ('A-4', 2)")
        provider.charge("Cy", 2400, idempotency_key="charge A-4")
        raise OverflowError("we don't drive to the Moon")
except OverflowError as refusal:
    print("warehouse:", refusal)
print("set aside:", shelf.execute("SELECT * FROM set_aside"))
print("provider :", provider.charges)

# %% [markdown]
# The bags are back, and Cy's money is gone. A rollback reaches *one*
# database. The provider's ledger is another one.
#
# Could all of them agree first? That is **two-phase commit**: everyone
# prepares and promises, then everyone commits. Your payment provider doesn't
# offer it. And whoever has promised
# [keeps its locks](https://www.postgresql.org/docs/current/sql-prepare-transaction.html)
# until it hears the end, however long the others are down. For services that
# own their data, [Richardson](https://microservices.io/patterns/data/saga.html)
# rules it out.

# %% [markdown]
# Hector Garcia-Molina and Kenneth Salem had the other idea in
# [1987](https://www.cs.princeton.edu/research/techreps/TR-070-87), for long
# transactions in one database: a **saga** is a row of short local
# transactions. Each one commits at once. If the row can't be finished, a
# **compensation** for each one that was done makes up for it.
#
# Who decides what comes next? There are two ways, and the café's web shop has
# been built both ways, with the same rules inside. Each service has a database
# and an outbox (lesson 08).

# %% [markdown]
# ## Nobody leads: choreography
#
# Each service hears the others' facts and reacts. One order:

# %%
bus = connect()
shop = open_shop(bus, style="choreography")
shop.place("A-1", Order("Ada", "Portugal", (Line("oat beans", 2),), 2400))
shop.run()
shop.books()

# %% [markdown]
# `books` goes through every database and the provider's ledger, and says
# whether it all fits together. Keep it in mind. Who reads what:

# %%
topology(**shop.map())

# %% [markdown]
# (Analytics and the order pages read everything and say nothing; they are
# left out.) And who said what *because of what*? The envelopes know: each one
# names its cause (lesson 01).

# %% tags=["build"]
def said(bus, shop):
    """All messages of the shop, by id, each after its cause."""
    topics = [t for ts in shop.map()["publishes"].values() for t in ts]
    with bus.consumer(topics, group="you") as you:
        found = {record.envelope.id: record for record in you.poll()}
    def depth(record):
        cause = found.get(record.envelope.causation_id)
        return 1 + depth(cause) if cause else 0
    return dict(sorted(found.items(), key=lambda item: depth(item[1])))

def story(messages):
    """Who said what because of what, as a timeline."""
    trace = Trace()
    for record in messages.values():
        who, what = record.envelope.source, type(record.event).__name__
        if cause := messages.get(record.envelope.causation_id):
            trace.record(who, "handle", cause.place)
        trace.record(who, "publish", record.place, what)
    return trace

# %%
story(said(bus, shop))

# %% [markdown]
# Nobody planned this line. Inventory heard of a checkout; payments heard of a
# reservation; the warehouse heard of a payment. (Email hears of the parcel
# and sends the receipt.)
#
# ## Refused at every step
#
# Four orders: one is fine, and each of the others is refused one step later
# than the one before. Bo's card is good for one euro; Cy lives on the Moon.

# %%
def order(customer, country="Portugal", bags=2):
    return Order(customer, country, (Line("oat beans", bags),), 2400)

ORDERS = {
    "A-1": order("Ada"),
    "A-2": order("Ann", bags=101),
    "A-3": order("Bo"),
    "A-4": order("Cy", "the Moon"),
}
predict("07-a")

# %% tags=["build"]
UNDOES = ("ItemsReleased", "PaymentRefunded")
REFUSES = ("OutOfStock", "PaymentFailed", "ShipmentRefused")

def fail_at_every_step(style):
    bus = connect()
    shop = open_shop(bus, style, gateway=SimulatedGateway({"Bo": 100}))
    for order_id, wanted in ORDERS.items():
        shop.place(order_id, wanted)
    shop.run()
    told = {order_id: set() for order_id in ORDERS}
    for record in said(bus, shop).values():
        told[record.event.order_id].add(type(record.event).__name__)
    for order_id, names in told.items():
        refused = ", ".join(names.intersection(REFUSES)) or "nothing"
        undone = ", ".join(sorted(names.intersection(UNDOES))) or "nothing"
        print(f"{order_id}  refused: {refused:<16} undone: {undone}")
    print("balances:", shop.books().balance)
    return shop

shop = fail_at_every_step("choreography")

# %% [markdown]
# What was done is undone, and no more, and it balances. On Cy's card
# statement it looks like this:

# %%
for entry in shop.gateway.ledger:
    if entry.account == "Cy":
        print(type(entry).__name__, entry.cents, "cents")

# %% [markdown]
# Two entries. The money was gone for a while, and Cy may have seen it. A
# compensation isn't a rollback: it is a *new action*, in the open, and it
# has to be possible in the customer's world. You can refund. You can't unsend
# an e-mail.
#
# ## Who knows the way?
#
# Which line of code says what happens after `PaymentFailed`? None. Each
# service knows its own rule. Then another team adds one: "whoever waits for
# beans is served as soon as some are released". Every rule is right by
# itself. Bo's card is still empty.

# %%
RULES = [
    ("CheckoutStarted", "inventory", "ItemsReserved"),
    ("ItemsReserved", "payments", "PaymentFailed"),
    ("PaymentFailed", "inventory", "ItemsReleased"),
    ("ItemsReleased", "waitlist", "CheckoutStarted"),
]
predict("07-b")

# %%
@dataclass(frozen=True)
class Said(Event):
    what: str

cafe, count = connect("sim://"), {}
board = cafe.create_topic("board")
for heard, who, says in RULES:
    def react(record, heard=heard, says=says):
        if record.event.what == heard and sum(count.values()) < 1_000:
            count[says] = count.get(says, 0) + 1
            cafe.publish(board, Said(says), source=who)
    cafe.subscribe(board, group=f"{who}.{heard}", handle=react)
cafe.publish(board, Said("CheckoutStarted"))
cafe.run()
count

# %% [markdown]
# It has only stopped because we pulled the plug after 1,000 events. Each
# service did what it should, and together they run in a circle. No test of one
# service finds this, and the map of topics doesn't show it: compensations
# lead back in any case. Whoever keeps all *rules* in one place can look:

# %%
from graphlib import CycleError, TopologicalSorter

try:
    TopologicalSorter({says: [heard] for heard, _, says in RULES}).prepare()
except CycleError as error:
    print(" → ".join(error.args[1]))

# %% [markdown]
# ## One leads: orchestration
#
# The other way: an **orchestrator** tells each service what to do, hears the
# answers, and decides. The services know nothing of each other. (The map shows
# two of the four; the others look the same.)

# %%
bus = connect()
shop = open_shop(bus, style="orchestration")
shop.place("A-1", ORDERS["A-1"])
shop.run()
print("balances:", shop.books().balance)
topology(**shop.map("web", "checkout", "inventory", "payments"))

# %%
messages = said(bus, shop)
print(len(messages), "records; the first six:")
story(messages).first(11)

# %% [markdown]
# Ten records instead of four: that is what it costs. What you get for it is
# one place that knows the way, and can be asked:

# %%
from sandbox.shop.wiring import checkout_saga

for step in checkout_saga().steps:
    kind = "retriable"
    if step.undo:
        kind = f"compensatable, by {step.undone.__name__}"
    elif step.refused:
        kind = "pivot"
    print(f"{step.done.__name__:<16} {kind}")

# %% [markdown]
# The words are Richardson's. **Compensatable** steps come first: each can be
# made up for. The **pivot** is the last one that may be refused; a parcel that
# has left doesn't come back. Behind it everything is **retriable**: nobody may
# say no, so it is asked again until it is done. If the receipt went out before
# the parcel, a refused parcel could never be put right. Our `Saga` won't be
# built like that:

# %%
from sandbox.errors import UsageError
from sandbox.patterns import Saga
from sandbox.shop.messages import CheckoutStarted

steps = checkout_saga().steps
try:
    Saga(CheckoutStarted, [*steps[:2], steps[3], steps[2]])
except UsageError as error:
    print(error)

# %% [markdown]
# The same four orders:

# %%
shop = fail_at_every_step("orchestration")

# %% [markdown]
# ## The orchestrator that forgot
#
# An orchestrator has to remember how far each order is. Here is one as people
# write it: it knows repetitions, writes its state down, and then sends the
# command. It will die right before it sends.

# %%
@dataclass(frozen=True)
class Started(Event):
    order_id: str

@dataclass(frozen=True)
class ReserveBags(Command):
    order_id: str

KNOWN = "SELECT step FROM saga WHERE order_id = ?"
KEEP = "INSERT INTO saga VALUES (?, 'reserving')"

def new_memory(name):
    db = SqliteDatabase(name=name)
    db.execute("CREATE TABLE saga (order_id TEXT, step TEXT)")
    return db

# %% tags=["build"]
cafe, memory = connect(), new_memory("forgetful")
started, asked = cafe.create_topic("started"), cafe.create_topic("asked")

def forgetful(record):
    order_id = record.event.order_id
    if memory.execute(KNOWN, [order_id]):
        return  # a repetition
    memory.execute(KEEP, [order_id])
    cafe.publish(asked, ReserveBags(order_id), key=order_id)

cafe.subscribe(started, group="orchestrator", handle=forgetful)
cafe.faults.crash("orchestrator", "publish", 1, "before")
cafe.publish(started, Started("A-1"), key="A-1")
cafe.run()
with cafe.consumer(asked, group="you") as you:
    print("commands:", you.poll())
print("memory  :", memory.execute("SELECT * FROM saga"))
cafe.trace.first(6)

# %% [markdown]
# The record came again after the crash, was taken for a repetition, and A-1
# is `reserving` for ever. Send first and write second? Then a crash in between
# sends it twice, under two ids. It is the dual write of lesson 08, and so is
# the cure: the state, the mark "this one was seen" and the outgoing command
# are **one transaction**.

# %%
from sandbox.errors import Crashed
from sandbox.patterns import Inbox, Outbox, Relay

cafe, memory = connect(), new_memory("orchestrator")
started, asked = cafe.create_topic("started"), cafe.create_topic("asked")
inbox, outbox = Inbox(memory, "saga"), Outbox(memory, cafe.clock)

def careful(record):
    with memory.transaction():
        if inbox.first_time(record):
            order_id = record.event.order_id
            memory.execute(KEEP, [order_id])
            outbox.add(asked, ReserveBags(order_id), key=order_id)

# %%
cafe.subscribe(started, group="orchestrator", handle=careful)
cafe.faults.crash("orchestrator", "handle", 1, "after")
cafe.faults.crash("relay", "publish", 1, "before")
cafe.publish(started, Started("A-1"), key="A-1")
cafe.run()
for attempt in (1, 2):
    try:
        Relay(outbox, cafe, name="relay").run()
    except Crashed as crash:
        print(crash)
with cafe.consumer(asked, group="you") as you:
    print("commands:", [record.event for record in you.poll()])

# %% [markdown]
# Two crashes, one command. A state machine that is kept in this way is a
# **process manager**; ours is in `sandbox.patterns`, and the shop runs on it.

# %% [markdown]
# ## What a crash means
#
# Payments takes Ada's money, and dies before it can commit the record.

# %%
predict("07-c")

# %%
bus = connect()
shop = open_shop(bus, style="orchestration")
bus.faults.crash("payments", "handle", 1, "after")
bus.faults.crash("checkout", "handle", 2, "after")
shop.place("A-1", ORDERS["A-1"])
shop.run()
shop.books()

# %% [markdown]
# Nothing was undone. A crash says nothing about the order: whoever starts
# next reads the record again and goes on. What compensates is a **business
# refusal**: no beans, no money, no road to the Moon.
#
# ## Too late
#
# But what if there is *no answer*? `ReserveItems` gets stuck for 20 minutes.
# The orchestrator waits 15, by its clock, which here costs nothing.

# %%
predict("07-d")

# %%
bus = connect("sim://")
shop = open_shop(bus, style="orchestration", patience_ms=15 * 60_000)
bus.faults.delay("checkout relay", 1, ms=20 * 60_000)
shop.place("A-1", ORDERS["A-1"])
opened = bus.clock.now()
shop.run()
print("minutes passed:", (bus.clock.now() - opened).seconds // 60)
print("balances:", shop.books().balance)
story(said(bus, shop))

# %% [markdown]
# After 15 minutes the clock woke the orchestrator. It gave up, and asked to
# release what nobody had reserved yet. Then the reservation succeeded, five
# minutes too late, and its answer was passed over. It still ends well, since
# the release stood *behind* it in the same partition.
#
# Over two topics, or by two calls through a bad network, the release may
# **overtake**: the compensation comes before the action. Here is an inventory
# that has never thought of that, and then ours:

# %%
from sandbox.shop.messages import ReleaseReservation, ReserveItems

naive = {}
naive.pop("A-9", None)  # release: nothing to do
naive["A-9"] = 2        # reserve, late
print("naive:", naive)

shelf = shop.services["inventory"].db
inventory.release(shelf, ReleaseReservation("A-9"))
print("ours :", inventory.reserve(shelf, ReserveItems("A-9", ORDERS["A-1"])))

# %% [markdown]
# The naive one has set two bags aside for nobody. Ours remembers that A-9 was
# released, though it had nothing to release, and refuses what comes later.
# So a compensation has to work when it comes twice, too early, and for a step
# that never happened.

# %% [markdown]
# ## The missing letter
#
# Each step commits at once, so everybody sees what is half done. Of A, C, I
# and D, a saga has no *I*, isolation. How bad is that? Ada and Bo share a
# gift card. Each order looks at the card, asks the kitchen, and pays. Two
# ways to write it; `yield` marks where anybody else may run.

# %% tags=["build"]
def read_then_write(card, name, price, kitchen):
    seen = card["euros"]
    yield  # the kitchen is asked
    if kitchen and seen >= price:
        card["euros"] = seen - price
        card["served"].append(name)

def take_first(card, name, price, kitchen):
    if card["euros"] >= price:
        card["euros"] -= price
        yield  # the kitchen is asked
        if kitchen:
            card["served"].append(name)
        else:
            card["euros"] += price  # the compensation

predict("07-e")

# %% [markdown]
# There are six ways in which two sagas of two steps can take turns. Try them
# all:

# %% tags=["build"]
from itertools import permutations

def endings(saga, price_of_ada, kitchen_of_ada):
    """What comes of Ada's order and Bo's, and in how many ways of six."""
    found = {}
    for turns in sorted(set(permutations("AABB"))):
        card = {"euros": 50, "served": [], "lock": None}
        ada = saga(card, "Ada", price_of_ada, kitchen_of_ada)
        runs = {"A": ada, "B": saga(card, "Bo", 30, True)}
        for turn in [*turns, *"ABABAB"]:  # more turns for who had to wait
            next(runs[turn], None)
        end = f"{card['euros']} euros left, served {sorted(card['served'])}"
        found[end] = found.get(end, 0) + 1
    return found

endings(read_then_write, price_of_ada=20, kitchen_of_ada=True)

# %% [markdown]
# 50 − 20 − 30 is 0. In four ways of the six the café gives away drinks: both
# have read 50, and the second one writes over what the first one wrote. This
# is a **lost update**.
#
# `take_first` is better at this. It doesn't write what it has read, it
# subtracts, and subtractions may come in any order: a **commutative update**.
# But now Ada orders for 40, and the kitchen refuses her:

# %%
endings(take_first, price_of_ada=40, kitchen_of_ada=False)

# %% [markdown]
# In two ways of the six Bo goes home without coffee, and the card is full. He was
# refused because of money that Ada had taken and gave back later: a **dirty
# read**. For the database all of it was committed. For Ada's saga it was not
# decided yet, and only the saga knows that.
#
# The cure is a **semantic lock**: a mark in the data, *this card is being
# used*, and a rule for whoever meets it. Here they wait.

# %%
def lock_first(card, name, price, kitchen):
    while card["lock"]:
        yield  # come back later
    card["lock"] = name
    yield from take_first(card, name, price, kitchen)
    card["lock"] = None

designs = read_then_write, take_first, lock_first
wrong = {}
for saga in designs:
    good = endings(saga, 20, True).get("0 euros left, served ['Ada', 'Bo']", 0)
    wrong[f"{saga.__name__}, lost update"] = 6 - good
    good = endings(saga, 40, False).get("20 euros left, served ['Bo']", 0)
    wrong[f"{saga.__name__}, dirty read"] = 6 - good
bars(wrong, title="Wrong endings, of six ways", unit="of 6")

# %% [markdown]
# The lock isn't the database's: no transaction is open while the kitchen
# thinks. So it survives a crash, and that is its danger: somebody has to take
# it away, whatever happens. (And two sagas that need two locks can wait for
# each other.) A lock that never ends is exercise 07.4.
#
# Two more countermeasures of Richardson's: **reread** the value before you
# write, and stop if it has changed; and put the steps in an order in which a
# dirty read does the least harm.

# %% [markdown]
# ## Your turn
#
# In [exercises/07_sagas.ipynb](../exercises/07_sagas.ipynb):
#
# - **07.1** A choreography that loses no step, repeats none, and doesn't run
#   in a circle.
# - **07.2** An orchestrator that remembers, whenever it dies.
# - **07.3** Undo what was done, and nothing else: calls without an answer,
#   and a success that comes late.
# - **07.4** Two sagas and one gift card, in every order.
# - **07.5** Break it: a saga that looks right, and you write the schedule.

# %% [markdown]
# ## On real Kafka
#
# Start Kafka with `make kafka`, set `SANDBOX_BUS=kafka://localhost:9092`, and
# run everything again: the same orders, refusals, compensations and books.
#
# | | simulated | Kafka |
# |---|---|---|
# | who says what because of what | the same | the same |
# | crash of a service | the next one goes on at once | after its group's [session timeout](https://kafka.apache.org/documentation/#consumerconfigs_session.timeout.ms), if it couldn't say goodbye |
# | 15 minutes of patience | no time at all (so that cell is always simulated) | 15 minutes |

# %% [markdown]
# ## What you can now say
#
# A saga is a row of local transactions with compensations; it ends done, or
# made up for. A refusal compensates; a crash goes on where it was; no answer
# means *perhaps*, so whoever gives up undoes that step, too; and behind the
# pivot there is only forward. It has no isolation: plan for dirty reads and
# lost updates.
#
# | | choreography | orchestration |
# |---|---|---|
# | who knows the way | nobody | the orchestrator |
# | records for one order | 4 | 10 |
# | a new step | a new reader; who else must change? | one line in one place |
# | typical trouble | circles, lost overview | an orchestrator that does everyone's work |
# | good for | few steps, few refusals | many steps, compensations, timeouts |

# %% [markdown]
# ## What we left out
#
# How the outbox and the inbox work inside: lessons 08 and 03. What to do with
# a compensation that fails again and again: lesson 09. How to see a running
# saga: lesson 11. All words are in the [glossary](../docs/glossary.md).
#
# **Read on:** Hector Garcia-Molina and Kenneth Salem,
# [Sagas](https://doi.org/10.1145/38713.38742) (1987). Chris Richardson,
# [Pattern: Saga](https://microservices.io/patterns/data/saga.html), and
# chapter 4 of *Microservices Patterns* (2018) for the countermeasures. Gregor
# Hohpe and Bobby Woolf,
# [Process Manager](https://www.enterpriseintegrationpatterns.com/patterns/messaging/ProcessManager.html)
# (2003).
