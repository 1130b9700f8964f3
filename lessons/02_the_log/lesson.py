# %% [markdown]
# # 02 · The barista who lost her place
#
# In the middle of the rush a barista faints, and her colleague takes over.
# Which orders are done? If he guesses, one guest waits for ever, or another one
# gets two coffees. You will find out who has to remember the place, when to
# write it down, and what happens when many read at once.
#
# **Time:** 30 minutes. **You need:** lesson [01](01_events.ipynb); for the
# last two exercises, a little SQL.
#
# **You will be able to:** choose keys, place a commit, say what more consumers
# bring, and guard against a reader who has been replaced and doesn't know it.

# %% tags=["bus"]
from contextlib import suppress
from dataclasses import dataclass
from zlib import crc32

from sandbox import Event, connect, partition_for
from sandbox.errors import CommitRejected, Crashed, OffsetOutOfRange
from sandbox.views import bars, lines, predict

bus = connect()
bus

# %% [markdown]
# ## A board in eight lines
#
# First, what *is* the board? Build one, as small as it gets:

# %% tags=["build"]
class Log:
    def __init__(self):
        self.records = []

    def append(self, record):
        self.records.append(record)
        return len(self.records) - 1  # where it stands: its offset

    def read(self, offset):
        return self.records[offset:]  # and nothing is taken away

board = Log()
[board.append(order) for order in ("A-1", "A-2", "A-3")]

# %% [markdown]
# This is a **log**: whatever is appended gets the next number, its **offset**,
# and keeps it. Kafka's logs lie on disks, with copies on several machines; the
# idea is this one. A reader asks for everything from its place on:

# %%
place = {"barista": 0, "bookkeeper": 0}

def read(reader):
    new = board.read(place[reader])
    place[reader] += len(new)
    return new

print("barista   :", read("barista"))
board.append("A-4")
print("barista   :", read("barista"))
print("bookkeeper:", read("bookkeeper"))

# %% [markdown]
# The barista has taken nothing away from the bookkeeper: each of them has a
# number, and that is all. But `place` is a variable. When the program dies, the
# numbers are gone. They have to be kept somewhere safer.

# %% [markdown]
# ## The place is kept at the board
#
# The bus keeps such a number for each **consumer group**. A reader comes under
# the group's name, and says with a **commit** how far it is.

# %%
@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str

orders = bus.create_topic("orders")
for number in (1, 2, 3):
    bus.publish(orders, OrderPlaced(f"A-{number}"), source="till")

with bus.consumer(orders, group="bar") as barista:
    first, second, third = barista.poll()
    barista.commit(second)
    print(barista.committed())

# %% [markdown]
# Three orders polled, the *second* one committed, and the number is 2: the next
# offset to read in `orders`, part 0. **A commit is one number: everything
# before it is done.** You can't commit `second` and leave `first` open.
#
# How much is left to do is the **lag**. The colleague, who knows nothing but
# the group's name, goes on at the right place:

# %%
print("lag:", bus.lag("bar"))
with bus.consumer(orders, group="bar") as colleague:
    print([record.event.order_id for record in colleague.poll()])
print("lag:", bus.lag("bar"))

# %% [markdown]
# He has *read* `A-3` and committed nothing, so the lag is still 1. Reading
# moves the reader; only a commit moves the group.

# %% [markdown]
# ## Between two lines
#
# To make a drink and to commit are two steps, in two systems: the coffee
# machine and the board. A crash finds the gap. Here is a day with one order:
# the barista dies before or after her commit, and a colleague takes over.
# (`trace.follow` has the picture draw him behind her.)

# %% tags=["build"]
def cafe_with(orders):
    cafe = connect()
    cafe.create_topic("orders")
    for order_id in orders:
        cafe.publish("orders", OrderPlaced(order_id), source="till")
    return cafe

def a_day(work, crash):
    cafe, made = cafe_with(["A-1"]), []
    cafe.faults.crash("barista", "commit", 1, crash)
    for name in ("barista", "colleague"):
        def make(order_id):
            made.append(order_id)
            cafe.trace.record(name, "makes", label=order_id)
        reader = cafe.consumer("orders", group="bar", name=name)
        cafe.trace.follow(name, "barista")
        with suppress(Crashed), reader:
            for record in reader.poll():
                work(reader, record, make)
    return made, cafe

# %% [markdown]
# Make first, then commit. She dies between the two:

# %%
predict("02-a")

# %%
def make_then_commit(reader, record, make):
    make(record.event.order_id)
    reader.commit(record)

made, cafe = a_day(make_then_commit, crash="before")
print("made:", made, "lag:", cafe.lag("bar"))
cafe.trace

# %% [markdown]
# Two drinks for one order. The colleague can't know: his group has committed
# nothing yet, so he begins at offset 0. Effect first and commit second is
# called **at-least-once**: nothing is lost, and something may be done twice.
#
# The other way round, then: commit first.

# %%
def commit_then_make(reader, record, make):
    reader.commit(record)
    make(record.event.order_id)

made, cafe = a_day(commit_then_make, crash="after")
print("made:", made, "lag:", cafe.lag("bar"))
cafe.trace

# %% [markdown]
# Nobody ever makes `A-1`. The colleague finds nothing to do, the lag is zero,
# and only the guest complains. This is **at-most-once**: nothing twice, and
# something may be lost.
#
# Two lines have no third order. Most systems choose at-least-once, and lesson
# 03 makes the second time harmless. If the effect is a row in a database, there
# is a way out: keep *your own place in the same database*, and write both in
# one transaction (exercise 02.4).

# %% [markdown]
# ## The helpful default
#
# Most clients commit for you, unless told otherwise (kafka-python:
# [`enable_auto_commit=True`](https://kafka-python.readthedocs.io/en/master/apidoc/KafkaConsumer.html),
# every 5,000 ms). No line to put in the wrong place! Here is our bus with the
# same setting, and a machine that jams at `A-2`:

# %%
predict("02-b")

# %%
cafe, made = cafe_with(["A-1", "A-2", "A-3"]), []
barista = cafe.consumer("orders", "bar", auto_commit_interval_ms=5_000)
with suppress(RuntimeError), barista:
    for record in barista.poll():
        if record.event.order_id == "A-2":
            raise RuntimeError("the machine is jammed")
        made.append(record.event.order_id)
print("made:", made, "lag:", cafe.lag("bar"))

# %% [markdown]
# One drink of three is made, and the lag is *zero*. The client doesn't know
# what you have finished, only what it has handed to you. It commits that: here
# when the consumer was closed, in a longer run at a later `poll`.
#
# So auto-commit is at-least-once only if each record is finished before the
# next call to the client. With librdkafka not even then: it commits
# [what was last handed over](https://github.com/confluentinc/librdkafka/wiki/Consumer-offset-management)
# from a thread of its own, in the middle of your loop. To be sure, commit by
# hand.

# %% [markdown]
# ## Back to line one
#
# Since nothing is taken away, a reader may also go back. The bookkeeper has
# read everything, finds a bug in his sums, and counts again: he **seeks**.

# %%
with bus.consumer(orders, group="books") as books:
    print("first :", [r.event.order_id for r in books.poll()])
    books.commit()  # everything that was polled
    books.seek_to_beginning()
    print("again :", [r.event.order_id for r in books.poll()])
    books.seek(0, 1)  # in part 0, go on from offset 1
    print("from 1:", [r.event.order_id for r in books.poll()])
    print("lag   :", bus.lag("books"))

# %% [markdown]
# This is **replay**. It moves the reader and not the group, whose lag stays
# zero. And all that the reader does is done again: good for a sum that starts
# at zero, bad for e-mails (lesson 05).
#
# How far back? As far as the log remembers. This one keeps orders for seven
# days. A reader has done `A-1`, then `A-2` comes, then he is away for eight
# days, then `A-3` comes. (Always simulated: only there a week takes no time.)

# %% tags=["build"]
DAY = 24 * 60 * 60 * 1000  # ms

for reset in ("earliest", "latest", "none"):
    cafe = connect("sim://")
    week = {"retention_ms": 7 * DAY, "segment_ms": DAY}  # in day-long pieces
    orders = cafe.create_topic("orders", **week)
    cafe.publish(orders, OrderPlaced("A-1"))
    with cafe.consumer(orders, "bar") as bar:
        bar.commit(bar.poll()[0])
    cafe.publish(orders, OrderPlaced("A-2"))
    cafe.clock.advance(8 * DAY)
    cafe.publish(orders, OrderPlaced("A-3"))
    bar = cafe.consumer(orders, "bar", auto_offset_reset=reset)
    try:
        seen = [record.event.order_id for record in bar.poll()]
    except OffsetOutOfRange as error:
        seen = error
    print(f"{reset:8}:", seen)

# %% [markdown]
# `A-2` is gone: that is **retention**. The reader's place, offset 1, isn't in
# the log any more, and `auto_offset_reset` decides what then. `earliest` skips
# what is lost, without a word. `latest`, Kafka's own default, skips even
# `A-3`. Only `none` tells you. (The same setting decides where a *new* group
# begins.)

# %% [markdown]
# ## One reader isn't enough
#
# The café grows, and one barista can't keep up. To share one log, two would
# have to agree on every single line. Kafka does something simpler: it cuts the
# topic into several logs, the **partitions**, and each is read by one member of
# the group at a time. In `orders[1]@0` the 1 is the partition.
#
# Something gets lost in the cut.

# %%
predict("02-c")

# %% [markdown]
# Two orders go through three steps each. We try a hundred seeds (a seed decides
# what is left to chance): how often does a reader get an order's steps in a
# wrong order?

# %%
STEPS, IDS = ["placed", "paid", "served"], ["A-1", "A-2"]

@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str

def jumbled(seed, partitions, key_of):
    cafe = connect("sim://", seed=seed)
    orders = cafe.create_topic("orders", partitions)
    for event in [OrderChanged(id, what) for what in STEPS for id in IDS]:
        cafe.publish(orders, event, key=key_of(event))
    seen = [r.event for r in cafe.consumer(orders, "bar").poll()]
    return any([e.what for e in seen if e.order_id == id] != STEPS
               for id in IDS)

# %%
ways = {
    "3 partitions, no key": (3, lambda event: None),
    "3 partitions, key is the order": (3, lambda event: event.order_id),
    "1 partition, no key": (1, lambda event: None),
}
bars(
    {name: sum(jumbled(seed, *way) for seed in range(100))
     for name, way in ways.items()},
    title="Runs of 100 in which an order's steps were jumbled",
)

# %% [markdown]
# A topic has no order; a *partition* has. The **key** leads into one: equal
# keys go to the same partition, so the steps of one order stay in order, and
# nothing is promised between two orders. A good key names the thing whose
# events may not overtake each other.
#
# "Global order is impossible at scale", people say. The third bar has it: one
# partition keeps everything in order. What it costs, you will see in a minute.

# %% [markdown]
# The key's partition is its hash, modulo the number of partitions. Which hash?
# [Java's client](https://github.com/apache/kafka/blob/trunk/clients/src/main/java/org/apache/kafka/clients/producer/internals/BuiltInPartitioner.java)
# and kafka-python take murmur2, and so does our bus. Clients on librdkafka take
# [CRC32 by default](https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md).
# A thousand keys, hashed both ways:

# %%
keys = [f"A-{number}".encode() for number in range(1_000)]
sum(partition_for(key, 3) == crc32(key) % 3 for key in keys)

# %% [markdown]
# They agree on a third of them, as two dice with three sides would. If a till
# in Java and a web shop on librdkafka write about one order, its events may lie
# in two partitions. Set the shop's `partitioner` to `murmur2_random`.

# %% [markdown]
# ## More baristas
#
# Ninety orders lie in three partitions, and a drink takes a minute. The group
# is done when its busiest member is.

# %%
predict("02-d")

# %%
def busiest(members, key_of, partitions=3):
    cafe = connect("sim://")
    orders = cafe.create_topic("orders", partitions)
    for n in range(90):
        cafe.publish(orders, OrderPlaced(f"A-{n}"), key=key_of(n))
    group = [cafe.consumer(orders, "bar") for _ in range(members)]
    return max(len(member.poll()) for member in group)

crew = [1, 2, 3, 4, 5, 6]
bars(
    {f"{n} in the group": busiest(n, lambda i: f"A-{i}") for n in crew},
    title="90 orders, 3 partitions: how long the busiest member works",
    unit="min",
)

# %% [markdown]
# Three are nearly three times as fast as one. Two need more than half the
# time, since one of them has two partitions of three. And from the fourth on,
# members stand idle: **no group has more members at work than its topic has
# partitions.**
#
# That is with orders as keys. Now the office next door orders two coffees of
# three, and somebody has made the *guest* the key. And beside it, everything
# in one partition:

# %%
def guest(number):
    return f"guest {number}" if number % 3 == 0 else "office"

lines(
    {
        "key: order": [busiest(n, lambda i: f"A-{i}") for n in crew],
        "key: guest": [busiest(n, guest) for n in crew],
        "1 partition": [busiest(n, guest, partitions=1) for n in crew],
    },
    x=crew, x_name="members", unit="min",
    title="90 orders: how long the busiest member works",
)

# %% [markdown]
# The office is a **hot key**: one partition has all its orders, so one member
# makes them, however many you hire. A finer key helps, if the order that it
# gives up isn't needed. And here is the price of global order: a line that no
# hiring bends.
#
# "Spin up more consumers. The producer never notices." True so far: the
# publishing lines were the same in every run. But it ends at the number of
# partitions. Make more of them?

# %%
predict("02-e")

# %%
busy = bus.create_topic("busy", partitions=3)
placed = bus.publish(busy, OrderChanged("A-2", "placed"), key="A-2")
bus.add_partitions(busy, 4)
paid = bus.publish(busy, OrderChanged("A-2", "paid"), key="A-2")
placed, paid

# %% [markdown]
# One key, two partitions: `hash % 3` is not `hash % 4`. The old record stays
# where it is, and the order is gone. Let the reader of the old partition take
# a break (`pause` plays that), and the order is paid before it is placed:

# %%
with bus.consumer(busy, group="bar") as reader:
    reader.pause(placed.partition)
    seen = reader.poll()
    reader.resume()
    seen += reader.poll()
print("seen :", [record.event.what for record in seen])
moved = [k for k in keys if partition_for(k, 3) != partition_for(k, 4)]
print("moved:", len(moved), "of", len(keys), "keys")

# %% [markdown]
# Three quarters of all keys have moved. So all who write and read notice after
# all. Take more partitions than you need from the beginning; or make a *new*
# topic, and turn to it when the old one is read to its end.

# %% [markdown]
# ## The barista who came back
#
# When a member joins, leaves or dies, the partitions are dealt out anew: a
# **rebalance**. Each partition is then read on from its committed offset. But
# how does the group know that somebody is dead? By silence: whoever sends no
# heartbeat for
# [45 seconds](https://kafka.apache.org/documentation/#consumerconfigs_session.timeout.ms),
# or doesn't poll for
# [five minutes](https://kafka.apache.org/documentation/#consumerconfigs_max.poll.interval.ms),
# is evicted (Kafka's defaults, and ours).
#
# And if she isn't dead, only slow? Ada writes the prices onto a sign. She polls
# a new price, and then a guest talks to her for six minutes. (Simulated again:
# we need a clock that jumps.)

# %% tags=["build"]
@dataclass(frozen=True)
class PriceChanged(Event):
    drink: str
    cents: int

cafe, sign = connect("sim://"), {}
menu = cafe.create_topic("menu")

def write(who, record):
    sign[record.event.drink] = record.event.cents
    cafe.trace.record(who.name, "writes", label=f"{record.event.cents}")

cafe.publish(menu, PriceChanged("mocha", 420), source="office")
ada = cafe.consumer(menu, group="sign", name="Ada")
(old,) = ada.poll()
cafe.clock.advance(6 * 60 * 1000)
old

# %% [markdown]
# Meanwhile the price changes once more, and Bo joins the group. He gets the
# partition, begins at the committed offset, and does both records:

# %%
cafe.publish(menu, PriceChanged("mocha", 450), source="office")
bo = cafe.consumer(menu, group="sign", name="Bo")
cafe.trace.follow("Bo", "Ada")
for record in bo.poll():
    write(bo, record)
bo.commit()
sign

# %% [markdown]
# The guest leaves. Ada goes on where she was: she writes the price in her
# hands, and commits.

# %%
cafe.trace.follow("Ada", "Bo")
write(ada, old)
try:
    ada.commit(old)
except CommitRejected as error:
    print("refused:", error)
sign

# %%
cafe.trace

# %% [markdown]
# The mocha costs 450, and the sign says 420. One record was handled by *two*
# members of one group, and the older write came last. Ada is a **zombie**: a
# reader that has been replaced and doesn't know it. The board refuses her
# commit, but by then the sign is written. To commit first doesn't help: guests
# also talk between commit and writing.
#
# So whatever is written *to* has to refuse what is old. A record carries
# something that tells old from new; you will use it in exercise 02.3.

# %% [markdown]
# ## Your turn
#
# In [exercises/02_the_log.ipynb](../exercises/02_the_log.ipynb):
#
# - **02.1** Choose keys for three topics.
# - **02.2** Write the bar's loop, at least once.
# - **02.3** Keep the zombie's pen off the price list.
# - **02.4** Keep your place in the same database as the sum.

# %% [markdown]
# ## On real Kafka
#
# Start Kafka with `make kafka`, set `SANDBOX_BUS=kafka://localhost:9092`, and
# run everything again. What says `sim://` stays simulated.
#
# | | simulated | Kafka |
# |---|---|---|
# | offsets, partitions, lag, crashes, replay | the same | the same |
# | a record without a key | any partition | Java's client: [batch by batch](https://kafka.apache.org/documentation/#producerconfigs_partitioner.class) |
# | a rebalance | at once | waits for all members, [`max.poll.interval.ms`](https://kafka.apache.org/documentation/#consumerconfigs_max.poll.interval.ms) at most |
# | retention | to the moment | [some time later](https://kafka.apache.org/documentation/#brokerconfigs_log.retention.check.interval.ms) |
# | `auto_offset_reset` | `earliest` | [`latest`](https://kafka.apache.org/documentation/#consumerconfigs_auto.offset.reset) |

# %% [markdown]
# ## What you can now say
#
# A topic is a set of logs. A key leads into one of them, and only there is
# order. A group has one number for each of them, and where your commit stands
# decides between lost and twice. More members help as far as partitions and the
# hottest key allow, and an evicted one may still write.
#
# | you choose | you gain | you pay |
# |---|---|---|
# | commit after the effect | nothing is lost | some of it twice |
# | commit before | nothing twice | some of it lost |
# | a coarse key | order over more events | a hot partition |
# | a fine key, or none | an even load | order over fewer events |

# %% [markdown]
# ## What we left out
#
# *Cooperative rebalancing* takes away only partitions that really move.
# *Compaction* keeps the last record of each key. *Replication* and `acks`
# decide when a record is safe. *Transactions* commit offsets together with new
# records, inside Kafka. *Queues*, and Kafka's
# [share groups](https://cwiki.apache.org/confluence/display/KAFKA/KIP-932%3A+Queues+for+Kafka),
# deal out single records, without order (lesson 14). How fast one partition
# is: lesson 13. All words are in the [glossary](../docs/glossary.md).
#
# **Read on:** Jay Kreps,
# [The Log](https://engineering.linkedin.com/distributed-systems/log-what-every-software-engineer-should-know-about-real-time-datas-unifying)
# (2013). Apache Kafka,
# [Design: message delivery semantics](https://kafka.apache.org/documentation/#semantics).
# Martin Kleppmann,
# [How to do distributed locking](https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html)
# (2016), on readers who come back from a pause.
