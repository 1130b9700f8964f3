# %% [markdown]
# # 08 · The order that no one cooked
#
# A guest has ordered, has paid, and waits. The order is in the database, and
# the kitchen has never heard of it. In the next room somebody carries a cake
# around that nobody wants. Both come from one line of code in the wrong
# place, and there is no right place for it.
#
# **Time:** 30 minutes. **You need:** lessons 02 (consumers and their commits)
# and 03 (the inbox).
#
# **You will be able to:** say why a database and a broker can't be written
# as one, build an outbox and its relay, and name four ways in which an outbox
# still goes wrong.

# %% tags=["bus"]
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count

from sandbox import Event, connect
from sandbox.errors import Crashed
from sandbox.patterns import ChangeRelay, capture_changes
from sandbox.patterns import Inbox, Outbox, Relay
from sandbox.store import SqliteDatabase
from sandbox.views import predict

connect()

# %% [markdown]
# ## The situation
#
# The shop does two things with an order: it *stores* it in its own
# database, and it *says* so on the board. The kitchen reads the board and
# nothing else. (`bus`, `orders` and `db` belong to the café of the day, which
# we open below. `store` also draws its step into our picture.)

# %%
@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    dish: str

def store(order_id, dish):
    db.execute("INSERT INTO orders VALUES (?, ?)", [order_id, dish])
    bus.trace.record("shop", "stores", label=order_id)

def say(order_id, dish):
    event = OrderPlaced(order_id, dish)
    bus.publish(orders, event, key=order_id, source="shop")

# %% [markdown]
# We will try many things, so: a café with a new board and a new database, in
# which one fault may be waiting; and an evening in it, on which two guests
# order.

# %%
TABLES = ["CREATE TABLE orders (order_id TEXT, dish TEXT)"]

def open_cafe(fault="", board=None):
    bus, db = connect(board), SqliteDatabase(name="shop")
    for table in TABLES:
        db.execute(table)
    if fault:
        bus.faults.add(fault)
    return bus, bus.create_topic("orders"), db

# %%
def serve(place, *then):
    soup, cake = partial(place, "A-1", "soup"), partial(place, "A-2", "cake")
    for call in (soup, cake, *then):
        try:
            call()
        except Crashed as death:
            print("died  :", death)
    cook()

def cook():
    stored = db.execute("SELECT order_id FROM orders")
    print("stored:", [row["order_id"] for row in stored])
    with bus.consumer(orders, group="kitchen") as kitchen:
        cooked = [record.event.order_id for record in kitchen.poll()]
    print("cooked:", cooked)

# %% [markdown]
# First store, then say. The second time, the shop dies in between: a power
# cut, a deployment, no memory left.

# %%
def place(order_id, dish):
    with db.transaction():
        store(order_id, dish)
    say(order_id, dish)

bus, orders, db = open_cafe("crash shop publish 2 before")
serve(place)
bus.trace

# %% [markdown]
# `A-2` is stored, and will never be cooked. The kitchen has no error to
# report, since nothing has failed there. This is a **lost message**.
#
# Then say it first, and store it afterwards?

# %%
def place(order_id, dish):
    say(order_id, dish)
    with db.transaction():
        store(order_id, dish)

bus, orders, db = open_cafe("crash shop publish 2 after")
serve(place)
bus.trace

# %% [markdown]
# Now the kitchen makes a cake, and no order for it is stored: a **ghost
# message**. (The bolt stands behind the publish: the crash came after it.)
#
# One change, two systems to write to, and no transaction around both: this is
# a **dual write**, and it fails in either order. The order only decides
# *how*.
#
# People know this, and have better places for the line.

# %%
predict("08-a")

# %% [markdown]
# Try all three. First the hook, as
# [frameworks offer it](https://docs.djangoproject.com/en/stable/topics/db/transactions/#performing-actions-after-commit):
# a function that is called once the transaction has committed.

# %%
def place(order_id, dish):
    on_commit = []
    with db.transaction():
        store(order_id, dish)
        on_commit.append(lambda: say(order_id, dish))
    for hook in on_commit:
        hook()

bus, orders, db = open_cafe("crash shop publish 2 before")
serve(place)

# %% [markdown]
# The same loss as before. The hook lives in the memory of a process that is
# dead. It is the first version, in better clothes.
#
# Second: *inside* the transaction, where everything is one, isn't it?

# %%
def place(order_id, dish):
    with db.transaction():
        store(order_id, dish)
        say(order_id, dish)

bus, orders, db = open_cafe("crash shop publish 2 after")
serve(place)

# %% [markdown]
# The database rolls back, and the board takes nothing back. Third: Kafka has
# transactions, too. So open both. They have to commit one after the other,
# and in between we pull the plug.

# %%
def place(order_id, dish):
    kafka = bus.producer(transactional_id="shop", name="shop")
    with db.transaction():
        store(order_id, dish)
        with kafka.transaction():
            event = OrderPlaced(order_id, dish)
            kafka.publish(orders, event, key=order_id)
        if order_id == "A-2":
            raise Crashed("Kafka has committed, the database hasn't")

bus, orders, db = open_cafe()
serve(place)

# %% [markdown]
# A ghost again; nest them the other way, and it is a loss. Kafka's
# exactly-once is about
# [what is read from Kafka and written to Kafka](https://kafka.apache.org/documentation/#semantics).
# Your database isn't in it.
#
# There are protocols that commit two systems as one (two-phase commit, XA).
# Both systems have to speak it, and each holds its locks until all have
# answered. Kafka's part
# ([KIP-939](https://cwiki.apache.org/confluence/display/KAFKA/KIP-939%3A+Support+Participation+in+2PC))
# was still being built in 2026.

# %% [markdown]
# ## One write is enough
#
# Two writes to two systems can't be one. Two rows of *one* database can. So
# don't say it: *write down what is to be said*, in the same transaction, in
# a table called **outbox**.

# %%
TABLES.append("""CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT UNIQUE, order_id TEXT, dish TEXT, sent INTEGER DEFAULT 0)""")
NOTE = "INSERT INTO outbox (id, order_id, dish) VALUES (?, ?, ?)"

def place(order_id, dish):
    with db.transaction():
        store(order_id, dish)
        db.execute(NOTE, [f"shop-{order_id}", order_id, dish])

# %% [markdown]
# Somebody else says it: the **relay**. It polls the table, publishes what
# waits, and marks it. Richardson calls this a **polling publisher**.

# %% tags=["build"]
def relay():
    bus.trace.follow("relay", "shop")  # in the picture: to its right
    for row in db.execute(
        "SELECT * FROM outbox WHERE sent = 0 ORDER BY number"
    ):
        publish(row)
        mark(row)

def publish(row):
    event = OrderPlaced(row["order_id"], row["dish"])
    key, id = event.order_id, row["id"]
    bus.publish(orders, event, key=key, id=id, source="relay")

def mark(row):
    db.execute("UPDATE outbox SET sent = 1 WHERE id = ?", [row["id"]])
    bus.trace.record("relay", "marks", label=row["id"])

bus, orders, db = open_cafe()
serve(place, relay)

# %% [markdown]
# Where can the shop die now? Before the commit: no order, and nothing to say.
# After it: both are there, and the relay comes by, a second later perhaps.
#
# But haven't we moved the problem? The relay, too, does two things: it
# publishes, then it marks.

# %%
predict("08-b")

# %%
bus, orders, db = open_cafe("crash relay publish 1 after")
serve(place, relay, relay)
bus.trace

# %% [markdown]
# Two soups. The second relay sees a row that isn't marked, and can't know that
# its event is out. The article that this course grew from says that an outbox
# guarantees exactly-once. You have seen it: it is **at-least-once**.
#
# Mark first, then publish? Then the same crash loses the event. Publishing
# twice is the error that can be mended. By whom? By the reader.

# %% [markdown]
# ## Outbox, then inbox
#
# The kitchen needs the **inbox** of lesson 03: it marks each event's id in
# the transaction in which it cooks. Now let everyone die, everywhere: the
# relay at each publish, the kitchen at each record and each commit. (Always
# on the simulated bus, so that twelve deaths take no time.)

# %% tags=["build"]
def night(fault, relay):
    """One death: how many deliveries, and how many dishes?"""
    global bus, orders, db
    bus, orders, db = open_cafe(fault, "sim://")
    kitchen, seen = SqliteDatabase(name="kitchen"), []
    kitchen.execute("CREATE TABLE dishes (order_id TEXT)")
    inbox = Inbox(kitchen, "kitchen")

    def cook(record):
        seen.append(record.event.order_id)
        with kitchen.transaction():
            if inbox.first_time(record):
                kitchen.execute("INSERT INTO dishes VALUES (?)", seen[-1:])

    bus.subscribe(orders, group="kitchen", handle=cook)
    place("A-1", "soup"), place("A-2", "cake")
    for work in (relay, relay, bus.run):
        with suppress(Crashed):
            work()
    return len(seen), len(kitchen.execute("SELECT * FROM dishes"))

# %%
STEPS = ("relay publish", "kitchen handle", "kitchen commit")
nights = [
    night(f"crash {step} {number} {how}", relay)
    for step in STEPS for number in (1, 2) for how in ("before", "after")
]
print("deliveries:", dict(Counter(seen for seen, _ in nights)))
print("dishes    :", dict(Counter(cooked for _, cooked in nights)))

# %% [markdown]
# In six of the twelve nights a record was delivered twice. In each of them
# there are two dishes, no more and no fewer. Not exactly once: **effectively
# once**. Everything on the way may happen twice; the effect counts once.
# Outbox *and* inbox: one of them alone is half a bridge.
#
# It hangs on the `id`. The shop made it, in the transaction, and the relay
# hands it on. Suppose the relay leaves that to the bus, which gives every
# new message a new id:

# %%
def forgetful_relay():
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0"):
        event = OrderPlaced(row["order_id"], row["dish"])
        bus.publish(orders, event, key=event.order_id, source="relay")
        mark(row)

print("same id:", night("crash relay publish 1 after", relay))
print("new id :", night("crash relay publish 1 after", forgetful_relay))

# %% [markdown]
# Three deliveries both times; the second kitchen has cooked three dishes. For
# an inbox, a new id is a new event.
#
# You have built it; from now on, import it. The package's outbox keeps the
# whole envelope (id, time, causes), and its relay forwards it as it is, and
# deletes the row.

# %%
bus, orders, db = connect(), "orders", SqliteDatabase(name="shop")
bus.create_topic(orders)
outbox = Outbox(db, bus.clock)
with db.transaction():
    outbox.add(orders, OrderPlaced("A-1", "soup"), key="A-1")
print(outbox)
print("published:", Relay(outbox, bus).run())
print(outbox)

# %% [markdown]
# ## More relays, more speed?
#
# One relay is slow, so start two. To keep them from taking the same row, each
# of them *claims* one first; databases have
# [`SKIP LOCKED`](https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE)
# for that. Ada orders a soup, and cancels it.

# %%
predict("08-c")

# %%
@dataclass(frozen=True)
class OrderCancelled(Event):
    order_id: str

bus, orders, db = open_cafe()
rows = [OrderPlaced("A-1", "soup"), OrderCancelled("A-1")]
first = rows.pop(0)  # relay-1 claims it, and is slow: a pause, a full disk
second = rows.pop(0)  # relay-2 claims the next one
bus.publish(orders, second, key="A-1", source="relay-2")
bus.publish(orders, first, key="A-1", source="relay-1")
[record.event for record in bus.consumer(orders, group="kitchen").poll()]

# %% [markdown]
# The soup is cancelled, and then it is ordered. Both events have the key
# `A-1`, and the partition keeps their order faithfully: the wrong one. It is
# the order in which they were *published*.
#
# So: one active relay at a time, and another one ready to take over. Or one
# relay for each share of the **keys**, never two for one key. A relay that
# skips a row it can't publish, and goes on with the next, makes the same
# mistake alone.

# %% [markdown]
# ## The number that came late
#
# Marking each row costs a write. Why not remember the last number that was
# published, and ask for what is greater? Numbers go up, after all.

# %%
predict("08-d")

# %% [markdown]
# In PostgreSQL, a row takes its number
# [when it is inserted, and nobody takes it back](https://www.postgresql.org/docs/current/functions-sequence.html).
# It becomes *visible* when its transaction commits. Two transactions may
# commit the other way round.
#
# SQLite [has one writer at a time](https://www.sqlite.org/isolation.html), so
# here it can't happen, and we have to play it: numbers come from a counter, as
# from a sequence, and a row is inserted when its transaction would commit. The
# till takes its number first, and waits for the card. The terrace pays cash.

# %%
def commit(number, order_id, dish):
    store(order_id, dish)
    db.execute("INSERT INTO outbox VALUES (?, ?, ?, ?, 0)",
               [number, f"shop-{order_id}", order_id, dish])

def late(relay):
    numbers = count(1)
    till, terrace = next(numbers), next(numbers)
    commit(terrace, "A-2", "cake")  # number 2 is there, number 1 isn't yet
    relay()
    commit(till, "A-1", "soup")
    relay()

# %%
def by_position():
    """Publish what is greater than the last number that we know."""
    global last
    for row in db.execute("SELECT * FROM outbox WHERE number > ?", [last]):
        publish(row)
        last = row["number"]

bus, orders, db = open_cafe()
last = 0
late(by_position)
cook()

# %% [markdown]
# `A-1` has number 1, the relay is past 2, and nobody will ever ask for it
# again. No crash, no error, no trace; it happens under load, now and then.
# Then wait wherever a number is missing? A transaction that rolls back leaves
# its number unused *for ever*, and you wait as long.
#
# Our first relay doesn't have the bug. It asks row by row, not by position:

# %%
bus, orders, db = open_cafe()
late(relay)
cook()

# %% [markdown]
# | cure | its price |
# |---|---|
# | mark or delete each row | a write for each event |
# | read only what is older than the oldest running transaction ([`pg_snapshot_xmin`](https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT)) | one long transaction holds up everything |
# | have writers take turns (a lock on the table) | writers wait for each other |
# | read the database's log, which is in commit order | another system to run (below) |
#
# Every database has the problem that has many writers at once and gives
# numbers before the commit: PostgreSQL,
# [MySQL's InnoDB](https://dev.mysql.com/doc/refman/8.4/en/innodb-auto-increment-handling.html),
# and others. So has an event store on top of one that is read by position.

# %% [markdown]
# ## The retry that thinks again
#
# Ada collects stamps, one for each drink; two of them fill her card, and a
# full card is worth a cake. Here is a service that reads of drinks and keeps
# the cards. It stamps with an inbox, and then looks: is the card full? If so,
# it says so. No outbox.

# %% tags=["build"]
@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str

@dataclass(frozen=True)
class CardFilled(Event):
    guest: str

def stamps():
    return len(db.execute("SELECT * FROM stamps"))

def stamp(record):
    with db.transaction():
        if inbox.first_time(record):
            db.execute("INSERT INTO stamps VALUES ('Ada')")
    if stamps() == 2:
        bus.publish("filled", CardFilled("Ada"), source="cards")

# %% [markdown]
# Ada buys three drinks. The second one fills her card, and right then, the
# service dies. Somebody else handles the third drink; then the second one
# comes again.

# %%
predict("08-e")

# %% tags=["build"]
def three_drinks(stamp, fault):
    global bus, db, inbox, outbox
    bus, db = connect(), SqliteDatabase(name="cards")
    db.execute("CREATE TABLE stamps (guest)")
    inbox, outbox = Inbox(db, "cards"), Outbox(db, bus.clock)
    bus.create_topic("sold"), bus.create_topic("filled")
    bus.faults.add(fault)
    for _ in range(3):
        bus.publish("sold", DrinkSold("Ada"), source="till")
    one, two, three = bus.consumer("sold", group="cards").poll()
    for record in (one, two, three, two):
        with suppress(Crashed):
            stamp(record)
    cakes = len(bus.consumer("filled", group="guests").poll())
    print(f"stamps: {stamps()}, cards said to be full: {cakes}")

three_drinks(stamp, "crash cards publish 1 before")

# %% [markdown]
# Three stamps, all right, and no cake. When the record comes again, `3 == 2`
# is false. The message was **derived from state**, and the state has moved
# on. (Had the cake's name come from today's menu, the retry would have
# promised *another* cake.)
#
# A retry must send the same messages, so they have to be kept. That is what
# an outbox is for: decide once, inside the transaction.

# %%
def stamp(record):
    with db.transaction():
        if inbox.first_time(record):
            db.execute("INSERT INTO stamps VALUES ('Ada')")
            if stamps() == 2:
                outbox.add("filled", CardFilled("Ada"))
    Relay(outbox, bus).run()

three_drinks(stamp, "crash relay publish 1 before")

# %% [markdown]
# ## Without touching the shop
#
# What if you can't change the code that writes? The database itself knows
# what has changed. To publish that is **change data capture**. Big databases
# are read from their log, which is in commit order (Richardson: **transaction
# log tailing**);
# [Debezium](https://debezium.io/documentation/reference/stable/features.html)
# does that. Here, triggers note the changes.

# %%
@dataclass(frozen=True)
class RowChanged(Event):
    operation: str
    before: dict | None
    after: dict | None

def tell(change):
    row = RowChanged(change.operation, change.before, change.after)
    return orders, row, "A-1"

# %%
bus, orders, db = open_cafe()
capture_changes(db, "orders")
db.execute("INSERT INTO orders VALUES ('A-1', 'soup')")
db.execute("UPDATE orders SET dish = 'cake' WHERE order_id = 'A-1'")
ChangeRelay(db, bus, tell).run()
[record.event for record in bus.consumer(orders, group="kitchen").poll()]

# %% [markdown]
# Complete, in order, and the shop didn't notice. But *why* is it a cake now?
# Did Ada change her mind, or did the till mistype? The row doesn't say. And
# whoever renames the column `dish` breaks readers they have never met.
#
# The two go together well: an outbox table that says what was meant, and
# Debezium [reading that table](https://debezium.io/documentation/reference/stable/transformations/outbox-event-router.html)
# instead of a relay that polls. It is at-least-once, too.

# %% [markdown]
# ## The table that only grows
#
# A hundred orders later, our outbox, whose relay *marks*, and the package's,
# whose relay *deletes*:

# %%
bus, orders, db = open_cafe()
package = Outbox(SqliteDatabase(name="package"))
for number in range(100):
    place(f"A-{number}", "soup")
    with package.db.transaction():
        package.add(orders, OrderPlaced(f"A-{number}", "soup"))
relay()
Relay(package, bus).run()
print("ours   :", db.execute("SELECT count(*) AS rows FROM outbox"))
print("package:", package)

# %% [markdown]
# Marked rows are a history that can be looked into and sent again. Someone has
# to clean it up, and the poll needs an index on what isn't sent. Deleting
# needs neither, though PostgreSQL has to
# [vacuum](https://www.postgresql.org/docs/current/routine-vacuuming.html)
# behind it. Inboxes grow, too: an id is kept for as long as a copy may still
# come, and that can be days (lesson 09).
#
# The number to watch is the *age of the oldest row that waits*. It says that
# the relay is dead, before a guest does.

# %% [markdown]
# ## Your turn
#
# In [exercises/08_outbox.ipynb](../exercises/08_outbox.ipynb):
#
# - **08.1** Break a careful shop that writes twice: lose its order, and make
#   it a ghost.
# - **08.2** Store an order and have it said, or neither.
# - **08.3** Write a relay that may die, and has a twin.
# - **08.4** Read an outbox whose numbers become visible in the wrong order.
# - **08.5** Give a gift for each full card, whatever happens in between.

# %% [markdown]
# ## On real Kafka
#
# Start Kafka with `make kafka`, set `SANDBOX_BUS=kafka://localhost:9092`, and
# run everything again: the same losses, ghosts and second soups.
#
# | | simulated | Kafka |
# |---|---|---|
# | what is lost, and what comes twice | the same | the same |
# | when may the relay mark? | when `publish` returns | when the broker has answered, with [`acks=all`](https://kafka.apache.org/documentation/#producerconfigs_acks) |
# | copies | as shown | [`enable.idempotence`](https://kafka.apache.org/documentation/#producerconfigs_enable.idempotence) drops those of *one* producer; a relay that is started again is another one |

# %% [markdown]
# ## What you can now say
#
# A database and a broker share no transaction, so one of two writes can be
# lost, or made up, wherever you put the line. An outbox makes it one write; its
# relay publishes at least once, and the reader's inbox makes that effectively
# once. It goes wrong when ids are made anew, when two relays share a key, when
# it is read by position, and when a retry decides again.

# %% [markdown]
# | | polling relay | log reader on an outbox | change data capture on tables |
# |---|---|---|---|
# | the event says | what was meant | what was meant | which column changed |
# | the writers' code | one more insert | one more insert | untouched |
# | delay | the polling interval | small | small |
# | late committers | depends on the query | in commit order | in commit order |
# | to run | your relay | a log reader, such as Debezium | a log reader, such as Debezium |
# | delivery | at least once | at least once | at least once |

# %% [markdown]
# ## What we left out
#
# A process manager that keeps its state, its inbox and its outbox in one
# transaction: lesson 07. Traces that survive the way through an outbox: lesson
# 11. All words are in the [glossary](../docs/glossary.md).
#
# **Read on:** Chris Richardson,
# [Transactional outbox](https://microservices.io/patterns/data/transactional-outbox.html),
# who named it. Oskar Dudycz,
# [How Postgres sequences issues can impact your messaging guarantees](https://event-driven.io/en/ordering_in_postgres_outbox/)
# (2022), on the late number. Tomasz Masternak and Szymon Pobiega,
# [Consistent state](https://exactly-once.github.io/posts/consistent-state/),
# on what exactly-once can mean inside one service. Pat Helland,
# [Life beyond Distributed Transactions](https://www.cidrdb.org/cidr2007/papers/cidr07p15.pdf)
# (2007).
