# %% [markdown]
# # 06 · The order that the page had never heard of
#
# A guest orders on the phone, looks at the order page, and it says: *no such
# order*. So the guest orders again, and gets two coffees. You will build
# pages that are quick, and never know less than the guest who asks.
#
# **Time:** 30 minutes. **You need:** events in a store, with positions and
# expected versions, from lesson 05; SQL's `INSERT` and `UPDATE`.
#
# **You will be able to:** build a read model that survives crashes, rebuild
# it while it is in use, and have guests read what they wrote.

# %% tags=["bus"]
from collections import Counter
from dataclasses import dataclass

from sandbox import Event, connect
from sandbox.clock import VirtualClock
from sandbox.errors import ConcurrencyConflict, ProjectionBehind
from sandbox.patterns import Projection
from sandbox.shop.read_models import show_best_sellers
from sandbox.store import SqliteDatabase, SqliteEventStore, connect_cache
from sandbox.views import bars, lines, predict, topology

bus = connect()
bus

# %% [markdown]
# ## The situation
#
# The café keeps what happened, event by event. Three people ask about it all
# day. A guest: *where is my order?* The screen over the bar: *what sells
# best?* The owner: *what did we take?*

# %%
@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    drink: str
    cents: int

def new_store(name, clock=None):
    return SqliteEventStore(SqliteDatabase(name=name),
                            clock or VirtualClock())

def place(store, order_id, drink="mocha", cents=450):
    event = OrderPlaced(order_id, drink, cents)
    (stored,) = store.append(order_id, [event], expected_version=0)
    return stored.position

# %%
year = new_store("year")
for n in range(2_000):
    drink = ("oat latte", "mocha", "oat latte", "espresso")[n % 4]
    place(year, f"A-{n}", drink)
year.position()

# %% [markdown]
# `place` returns the event's position in the whole store. (Clocks are virtual
# here, so that everyone sees the same.) Now ask the screen's question of the
# events themselves:

# %%
events = [stored.event for stored in year.read_all()]
best = Counter(event.drink for event in events).most_common(1)
print(f"{len(events)} events read, to say: {best}")

# %% [markdown]
# Right, and for two words a whole year was read. Events are made for writing:
# checked, appended, never touched again. No question is easy for them.
#
# ## A table for each question
#
# So keep the answer ready. A table that is made for one question is a **read
# model**; what checks and stores a change is the write model. To keep the two
# apart is **CQRS**, command query responsibility segregation. (The name is
# heavier than the thing.) What does it take?

# %%
predict("06-a")

# %% [markdown]
# Try it with next to nothing: one database, two tables, not one event.

# %%
cafe = SqliteDatabase(name="café")
cafe.execute("CREATE TABLE orders (order_id PRIMARY KEY, drink, cents)")
cafe.execute("CREATE TABLE sold (item PRIMARY KEY, count)")
ADD = """INSERT INTO sold VALUES (?, 1)
ON CONFLICT (item) DO UPDATE SET count = count + 1"""

def place_in_tables(order_id, drink, cents):
    with cafe.transaction():
        cafe.execute("INSERT INTO orders VALUES (?, ?, ?)",
                     [order_id, drink, cents])   # the write model
        cafe.execute(ADD, [drink])               # the read model

# %%
for n in range(2_000):
    place_in_tables(f"A-{n}", ("oat latte", "mocha")[n % 3 == 0], 450)
rows = cafe.execute("SELECT * FROM sold ORDER BY count DESC")
print(f"{len(rows)} rows read, to say: {rows[0]}")

# %% [markdown]
# That is CQRS, whole, and never out of date: both tables change in one
# transaction. Often this is all you need. (Greg Young, who named it:
# [*CQRS is not Event Sourcing*](http://goodenoughsoftware.net/2012/03/02/cqrs/).)
#
# But every order now waits for every read model. One that lives in Redis can't
# be in the transaction. And a new question, tomorrow, knows nothing of today.
# All three have one cure: let *events* fill the tables, later.
#
# ## A reader with a bookmark
#
# A **projection** reads the events one after the other, and changes its read
# model. How far it has come is its **checkpoint**. Two steps for each event:

# %%
def add_row(db, stored):
    db.execute(ADD, [stored.event.drink])

def move_checkpoint(db, stored):
    db.execute("UPDATE checkpoint SET position = ?", [stored.position])

def new_screen():
    db = SqliteDatabase(name="screen")
    db.execute("CREATE TABLE sold (item PRIMARY KEY, count)")
    db.execute("CREATE TABLE checkpoint (position)")
    db.execute("INSERT INTO checkpoint VALUES (0)")
    return db

# %% [markdown]
# Three orders are in the store, two of them oat lattes. At the third, the
# power fails between the two steps; then the projection is started again and
# goes on from its checkpoint.

# %%
class PowerCut(Exception):
    """The machine is off."""

till = new_store("till")
for n, drink in enumerate(("oat latte", "mocha", "oat latte"), start=1):
    place(till, f"B-{n}", drink)

def catch_up(db, steps, dies_at=None):
    (row,) = db.execute("SELECT position FROM checkpoint")
    for stored in till.read_all(after=row["position"]):
        for step in steps:
            if stored.position == dies_at and step is steps[1]:
                raise PowerCut
            step(db, stored)

# %%
def after_a_power_cut(*steps, run=catch_up):
    db = new_screen()
    try:
        run(db, steps, dies_at=3)
    except PowerCut:
        pass
    run(db, steps)  # the power is back
    rows = db.execute("SELECT * FROM sold ORDER BY item")
    return {row["item"]: row["count"] for row in rows}

# %% [markdown]
# Take the row first, then the checkpoint:

# %%
predict("06-b")

# %%
print("row first       :", after_a_power_cut(add_row, move_checkpoint))
print("checkpoint first:", after_a_power_cut(move_checkpoint, add_row))

# %% [markdown]
# Three oat lattes, or one; there were two. Whichever step comes first, a crash
# fits in between: counted twice, or lost. But both steps write to *one
# database*, and that can do two things as one:

# %%
def catch_up_at_once(db, steps, dies_at=None):
    with db.transaction():  # the line that saves us
        catch_up(db, steps, dies_at)

after_a_power_cut(add_row, move_checkpoint, run=catch_up_at_once)

# %% [markdown]
# Two. The events come *at least once*, the rows change *effectively once*,
# because the checkpoint lives where the rows live. That is a projection. From
# here on we import it: `Projection` is these lines, with the checks for when
# something is wrong, and with versions, which we need soon
# ([projection.py](../sandbox/patterns/projection.py)).
#
# ## The list in Redis
#
# The screen over the bar reads a sorted set in Redis. Its checkpoint is in SQL,
# in the transaction that has worked so well. The same power cut:

# %%
predict("06-c")

# %%
cache = connect_cache()  # inside this process; by its address, a real one
cache.delete("best-sellers")

def add_in_cache(db, stored):
    cache.zincrby("best-sellers", 1, stored.event.drink)

after_a_power_cut(add_in_cache, move_checkpoint, run=catch_up_at_once)
cache.zrange("best-sellers", 0, -1, desc=True, withscores=True)

# %% [markdown]
# Four, and two: everything before the power cut was counted twice. The
# transaction took the checkpoint back. It can't take back what Redis has done,
# as no transaction reaches both.
#
# So don't say *one more*. Count where the checkpoint is, and tell Redis *how
# many there are*. `show_best_sellers`, which the shop of this course uses,
# sets each score to what the table `sold` says:

# %%
db = new_screen()
catch_up_at_once(db, (add_row, move_checkpoint))
for _ in range(3):  # as often as you like, and after every crash
    show_best_sellers(db, cache)
cache.zrange("best-sellers", 0, -1, desc=True, withscores=True)

# %% [markdown]
# To set is idempotent, to add is not. (Let one process do it: of two, the one
# with the older number might come last.) Two more ways: keep the checkpoint in
# Redis, in one [transaction](https://redis.io/docs/latest/commands/multi/)
# with the scores; or give each value a version, and write only what is newer
# (lesson [04](04_notification_or_state.ipynb)).
#
# ## One write model, three read models
#
# Now all three for real. Each has its own database, its own checkpoint, and a
# function for each kind of event that it cares about:

# %%
PAGE = "order_id TEXT PRIMARY KEY, drink TEXT"

def show_order(db, table, event):
    db.execute(f"INSERT INTO {table} VALUES (?, ?)",
               [event.order_id, event.drink])

web = SqliteDatabase(name="web")
pages = Projection(web, "pages", PAGE, {OrderPlaced: show_order})
topology(
    publishes={"till": ["events"]},
    reads={name: ["events"] for name in ("page", "screen", "office")},
)

# %%
def count_drink(db, table, event):
    db.execute(f"""INSERT INTO {table} VALUES (?, 1)
        ON CONFLICT DO UPDATE SET count = count + 1""", [event.drink])

def add_takings(db, table, event):
    db.execute(f"""INSERT INTO {table} VALUES ('today', 1, ?)
        ON CONFLICT DO UPDATE SET orders = orders + 1,
        cents = cents + excluded.cents""", [event.cents])

bar, office = SqliteDatabase(name="bar"), SqliteDatabase(name="office")
sold = Projection(bar, "sold", "item TEXT PRIMARY KEY, count INTEGER",
                  {OrderPlaced: count_drink})
takings = Projection(office, "takings",
                     "day TEXT PRIMARY KEY, orders INTEGER, cents INTEGER",
                     {OrderPlaced: add_takings})

# %% [markdown]
# Eleven guests order. The page reads on after every second order, the screen
# after every fourth, the office in the evening. How far behind is each?

# %%
day = new_store("day")
lag = {"page": [], "screen": [], "office": []}
for n in range(1, 12):
    place(day, f"C-{n}", ("oat latte", "mocha")[n % 3 == 0])
    if n % 2 == 0:
        pages.catch_up(day)
    if n % 4 == 0:
        sold.catch_up(day)
    for name, reader in zip(lag, (pages, sold, takings)):
        lag[name].append(day.position() - reader.position)
lines(lag, x=range(1, 12), x_name="orders so far",
      title="Lag of three read models, in events")

# %% [markdown]
# One store, three readers: each has its own pace, its own database and its own
# bad days, and the till waits for none of them. The price is on the chart:
# each is a little out of date, most of the time. In the evening all of them
# read on, and each has its answer ready:

# %%
for reader in (pages, sold, takings):
    reader.catch_up(day)
show_best_sellers(bar, cache)
print(web.execute("SELECT * FROM pages WHERE order_id = 'C-11'"))
print(cache.zrange("best-sellers", 0, 0, desc=True, withscores=True))
print(office.execute("SELECT * FROM takings"))

# %% [markdown]
# ## Where is my order?
#
# For the guest at the beginning, *a little* was too much. The page usually
# follows in 5 to 50 ms. Here are ten guests, with the time that the page took
# for each; each orders, and looks at once.

# %%
DELAYS_MS = (5, 8, 12, 15, 20, 30, 45, 70, 130, 400)

def look(delay_ms, wait):
    """Order, wait in some way, look: what was said, after how long?"""
    clock = VirtualClock()
    store = new_store("till", clock)
    page = Projection(SqliteDatabase(name="web"), "pages", PAGE,
                      {OrderPlaced: show_order})
    clock.call_in(delay_ms, lambda: page.catch_up(store))
    began, position = clock.now(), place(store, "D-1")
    said = wait(page, position, clock)
    rows = page.db.execute("SELECT * FROM pages WHERE order_id = 'D-1'")
    said = said or ("here it is" if rows else "no such order")
    return said, (clock.now() - began).total_seconds() * 1000

# %% [markdown]
# The usual cure: sleep a little, then look. (The clock is virtual, so nobody
# really sleeps.)

# %%
predict("06-d")

# %%
def sleeping(ms):
    def wait(page, position, clock):
        clock.advance(ms)
    return [look(delay, wait)[0] for delay in DELAYS_MS]

bars({f"sleep {ms} ms": sleeping(ms).count("no such order")
      for ms in (0, 20, 50, 100, 200, 500)},
     title="Of ten guests, how many are told: no such order")

# %% [markdown]
# There is no right number. After 100 ms two guests still get a wrong answer, and
# the other eight have waited longer than they had to. And tomorrow, under
# load, the page takes more time.
#
# But we *know* what we wait for. The append has told us its position, and the
# read model has its checkpoint. So hand the position to the guest, as a
# token; whoever comes back with it waits until the checkpoint is there. And
# with a bound: the projection may be down.

# %%
def by_position(page, position, clock):
    try:
        page.wait_for(position, clock, within_ms=200)
    except ProjectionBehind:
        return "not yet, please wait"  # honest: we know that we don't know

answers = [look(delay, by_position) for delay in DELAYS_MS]
print(Counter(said for said, _ in answers))
print([int(ms) for _, ms in answers], "ms waited")

# %% [markdown]
# Nine see their order, each about as soon as it can be seen. One is told the
# truth. Nobody is told *no such order*. This promise is called **read your
# writes**: not *always the newest*, but never older than your own.
#
# ## The nickname that two guests took
#
# CQRS is often sold with *"writes are 100% consistent to the command
# boundary"*. Loyalty cards come with a nickname, and there may be only one
# *Bean*. Each card is a stream, and a read model has all names:

# %%
@dataclass(frozen=True)
class CardOpened(Event):
    nickname: str
    guest: str

def show_name(db, table, event):
    db.execute(f"INSERT INTO {table} VALUES (?, ?)",
               [event.nickname, event.guest])

club = new_store("club")
names = Projection(SqliteDatabase(name="names"), "names",
                   "nickname TEXT, guest TEXT", {CardOpened: show_name})

# %% [markdown]
# To open a card, ask the read model whether the name is free. If it is,
# append.

# %%
predict("06-e")

# %%
def open_card(nickname, guest):
    taken = "SELECT * FROM names WHERE nickname = ?"
    if names.db.execute(taken, [nickname]):
        return f"{guest}: taken"
    card = CardOpened(nickname, guest)
    club.append(f"card-{guest}", [card], expected_version=0)
    return f"{guest}: it is yours"

print(open_card("Bean", "Ada"), "|", open_card("Bean", "Bo"))
names.catch_up(club)
names.db.execute("SELECT * FROM names")

# %% [markdown]
# Both have it. The read model was behind by one event, and the expected version
# guards one stream: Ada's and Bo's are two. *100% consistent* is true of one
# stream, and of what else you write in the same transaction. It isn't true of
# a rule that is checked against a read model.
#
# What has to be unique must be checked where it is written. Make the name
# itself a stream; who comes first, begins it. (Or write a row with a unique
# key, in the store's own database and in the transaction of the append.)

# %%
def claim(nickname, guest):
    card = CardOpened(nickname, guest)
    try:
        club.append(f"nickname-{nickname}", [card], expected_version=0)
    except ConcurrencyConflict:
        return f"{guest}: taken"
    return f"{guest}: it is yours"

print(claim("Latte", "Ada"), "|", claim("Latte", "Bo"))

# %% [markdown]
# ## A new question about old days
#
# The office also wants the dearest order of the day. The events know it, and
# the table doesn't. So the read model gets a new version, built from the first
# event on, *beside* the live one. Readers find whatever is live under the
# name `takings`.

# %%
def add_dearest(db, table, event):
    db.execute(f"""INSERT INTO {table} VALUES ('today', 1, ?1, ?1)
        ON CONFLICT DO UPDATE SET orders = orders + 1,
        cents = cents + ?1, dearest = max(dearest, ?1)""", [event.cents])

COLUMNS = """day TEXT PRIMARY KEY, orders INTEGER, cents INTEGER,
             dearest INTEGER"""
newer = Projection(office, "takings", COLUMNS, {OrderPlaced: add_dearest},
                   version=2)
print("events taken in:", newer.catch_up(day))
print("readers see    :", office.execute("SELECT * FROM takings"))

# %% [markdown]
# Version 2 has seen everything, and readers still see version 1. Meanwhile a
# guest orders, and the live one takes it in. Switch now?

# %%
place(day, "C-12", "mocha for the whole table", 2_300)
takings.catch_up(day)
try:
    newer.switch()
except ProjectionBehind as error:
    print("refused:", error)

# %%
newer.catch_up(day)
numbers = "SELECT orders, cents FROM takings"
grown = office.execute(numbers)  # of version 1, event by event
newer.switch()
print("readers see:", office.execute("SELECT * FROM takings"))
print("rebuilt as it has grown:", office.execute(numbers) == grown)

# %% [markdown]
# Had it switched too early, readers would have gone back in time by one order.
# That they don't is called **monotonic reads**. So `switch` compares the
# checkpoints, in the transaction in which it switches. A rebuild is also the
# cure for a read model that a bug has spoilt.
#
# ## Two topics, no order
#
# So far there was one store, and one order of all events. The driver's list
# reads two *topics* of the bus, and between topics there is no order. It is
# kept in two ways: as a *status* that goes from step to step, and as the set
# of all *facts* so far.

# %%
@dataclass(frozen=True)
class OrderPaid(Event):
    order_id: str

@dataclass(frozen=True)
class OrderPacked(Event):
    order_id: str

payments = bus.create_topic("payments")
packing = bus.create_topic("packing")

# %%
status, facts = {}, {}

def list_for_the_driver(record):
    order_id, fact = record.event.order_id, type(record.event).__name__
    facts.setdefault(order_id, set()).add(fact)
    if fact == "OrderPaid":
        status[order_id] = "paid"
    elif status.get(order_id) == "paid":
        status[order_id] = "ready"

bus.subscribe([payments, packing], group="driver", handle=list_for_the_driver)

# %% [markdown]
# Order `A-7` is packed before it is paid, for once:

# %%
bus.publish(packing, OrderPacked("A-7"), key="A-7", source="packing")
bus.run()
bus.publish(payments, OrderPaid("A-7"), key="A-7", source="payments")
bus.run()
both = {"OrderPaid", "OrderPacked"}
print("by status:", status)
print("by facts :", [id for id, said in facts.items() if both <= said])
bus.trace

# %% [markdown]
# The status knows one way only, *paid, then packed*, and the driver waits for
# ever. The set of facts doesn't care what came first. So write down what was
# said, each fact for itself, and decide when somebody asks.

# %% [markdown]
# ## Your turn
#
# In [exercises/06_cqrs.ipynb](../exercises/06_cqrs.ipynb):
#
# - **06.1** A projection and its checkpoint, with two processes at once.
# - **06.2** A list over three topics, in every order, with duplicates.
# - **06.3** Read your writes: bounded, honest, and without guessing a time.
# - **06.4** A rebuild beside the live one, while drinks are being sold.

# %% [markdown]
# ## On real Kafka
#
# Start Kafka with `make kafka`, set `SANDBOX_BUS=kafka://localhost:9092`, and
# run everything again: the same answers. What differs, where a projection
# reads a topic instead of a store:
#
# | | our event store | a Kafka topic |
# |---|---|---|
# | checkpoint | one position | an offset for [each partition](https://kafka.apache.org/documentation/#intro_concepts_and_terms) |
# | order | all events | inside a partition |
# | token for *read your writes* | the position | topic, partition and offset of your record, which `publish` returns |
# | rebuild | always from the first event | as far back as the topic's [retention](https://kafka.apache.org/documentation/#topicconfigs_retention.ms) goes |
#
# With `SANDBOX_REDIS=redis://localhost:6379` the sorted set is in a real
# Redis.

# %% [markdown]
# ## What you can now say
#
# CQRS is a table for each question, and needs neither events nor a second
# database. Filled from events, a read model has its own pace, can be built
# again, and is behind. Its checkpoint belongs into the transaction of its
# rows; where there is none, set values and don't add. Whoever has written
# waits for a position, with a bound.
#
# | the promise | what is so |
# |---|---|
# | *reads are blazing fast* | for the question that the table was made for; any other is as slow as before |
# | *writes are 100% consistent* | in one stream; not in what a read model is asked for |
# | *each side scales by itself* | yes, and each has to be run and watched |

# %% [markdown]
# ## What we left out
#
# How an event gets from the store to a topic, both or none: lesson 08. How a
# lag is watched, and when it should wake somebody: lesson 11. And whether you
# need any of this: *"for most systems CQRS adds risky complexity"*, says Fowler
# below. All words are in the [glossary](../docs/glossary.md).
#
# **Read on:** Martin Fowler, [CQRS](https://martinfowler.com/bliki/CQRS.html)
# (2011). Greg Young,
# [CQRS Documents](https://cqrs.files.wordpress.com/2010/11/cqrs_documents.pdf)
# (2010). Douglas Terry and others,
# [Session Guarantees for Weakly Consistent Replicated Data](https://doi.org/10.1109/PDIS.1994.331722)
# (1994), who named *read your writes* and *monotonic reads*.
