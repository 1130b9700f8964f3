# %% [markdown]
# # 05 · The card that can't explain itself
#
# Ada has a prepaid card at the café. The card says 4.40, and Ada says that it
# should be 8.20. Nobody can tell who is right: the balance is there, and the
# way to it is gone. You will build a card that knows its own past.
#
# **Time:** 30 minutes. **You need:** lesson
# [01](01_events.ipynb), and what idempotent means from lesson 03.
#
# **You will be able to:** make state out of events, keep two writers from
# overwriting each other, look at any moment of the past, and say when a
# snapshot helps.

# %% tags=["bus"]
from collections import Counter
from dataclasses import dataclass
from functools import reduce
from tempfile import TemporaryDirectory
from tqdm import tqdm

from sandbox import Command, Event, connect
from sandbox.clock import VirtualClock
from sandbox.errors import ConcurrencyConflict
from sandbox.patterns import Aggregate, Repository, Snapshots
from sandbox.store import SqliteDatabase, SqliteEventStore
from sandbox.views import bars, lines, predict

bus = connect()
bus

# %% [markdown]
# ## The situation
#
# This is how the café keeps its cards: one row for each guest. Ada tops up
# 20.00, and buys coffee. (All amounts are in cents.)

# %%
table = SqliteDatabase(name="cards")
table.execute("CREATE TABLE cards (guest TEXT PRIMARY KEY, cents INTEGER)")
table.execute("INSERT INTO cards VALUES ('Ada', 0)")
for change in (2000, -380, -420, -380, -380):
    table.execute("UPDATE cards SET cents = cents + ?", [change])
table.execute("SELECT * FROM cards")

# %% [markdown]
# 440. "I had three coffees", says Ada: 2000 − 380 − 420 − 380 = 820. Who is
# right? The row doesn't know. Each `UPDATE` has overwritten what was there,
# and the reason with it.
#
# ## Keep what happened
#
# So don't keep the balance. Keep what happened, as events, and never change
# them:

# %%
@dataclass(frozen=True)
class ToppedUp(Event):
    cents: int

@dataclass(frozen=True)
class Paid(Event):
    cents: int
    drink: str

history = [
    ToppedUp(2000), Paid(380, "cappuccino"), Paid(420, "flat white"),
    Paid(380, "cappuccino"), Paid(380, "cappuccino"),
]

# %% [markdown]
# The balance can be worked out whenever somebody asks. One function says what
# is true after one more event, by tradition called **evolve**:

# %%
@dataclass(frozen=True)
class Card:
    cents: int = 0

def evolve(card, event):
    match event:
        case ToppedUp(cents):
            return Card(card.cents + cents)
        case Paid(cents):
            return Card(card.cents - cents)

reduce(evolve, history, Card())

# %% [markdown]
# `reduce` begins with an empty card and hands it through all events: a
# **fold**. It gives 440, too. But now each step can be looked at:

# %%
card = Card()
for event in history:
    card = evolve(card, event)
    print(f"{event!r:40} {card.cents:5}")

# %% [markdown]
# Two cappuccinos in a row: there the barista has pressed twice. Ada was right.
#
# This is **event sourcing**: the events are the truth, and the state is
# derived. Your bank works like that. A balance is the sum of all deposits and
# withdrawals, and a mistake is put right by one more entry. Nothing is rubbed
# out.
#
# ## Who says no?
#
# Somebody has to refuse a payment that the card can't cover. That is
# **decide**: it takes a command and the state, and answers with events, or
# raises. It changes nothing.

# %%
@dataclass(frozen=True)
class TopUp(Command):
    cents: int

@dataclass(frozen=True)
class Pay(Command):
    cents: int
    drink: str

class NotEnough(Exception):
    pass

# %%
def decide(command, card):
    match command:
        case TopUp(cents):
            return [ToppedUp(cents)]
        case Pay(cents, drink):
            if cents > card.cents:
                raise NotEnough(f"{card.cents} is less than {cents}")
            return [Paid(cents, drink)]

# %% [markdown]
# Two functions without a database and without a clock, so a test reads like a
# story: given what has happened, when this is asked, then that happens.
# `Aggregate` holds the two together, and knows how to fold:

# %%
cards = Aggregate(Card(), decide, evolve)
paid = Paid(380, "mocha")
cards.given(ToppedUp(500)).when(Pay(380, "mocha")).then(paid)
cards.given(ToppedUp(500), paid).when(Pay(380, "mocha")).refused(NotEnough)
try:
    cards.given(ToppedUp(500), paid).when(Pay(120, "tea")).then(paid)
except AssertionError as story:
    print(story)

# %% [markdown]
# The first two hold, and say nothing. The third expects the wrong drink.
#
# Now a new rule: from today on, a card may hold 50.00 at most. Bo's card has
# had 60.00 on it since last year.

# %%
predict("05-a")

# %%
def evolve_strictly(card, event):
    card = evolve(card, event)
    if card.cents > 5000:
        raise ValueError("more than 50.00 on a card")
    return card

bo = [ToppedUp(6000), Paid(420, "flat white")]
try:
    reduce(evolve_strictly, bo, Card())
except ValueError as error:
    print("Bo's card can't be loaded:", error)
print("with the old evolve:", reduce(evolve, bo, Card()))

# %% [markdown]
# Bo's card is dead: it can't pay, and can't even be looked at. The 60.00
# *happened*, and a fact can't be refused. Rules stand in `decide`, where
# something is about to happen; `evolve` takes in everything that ever did.

# %% [markdown]
# ## Two tills at once
#
# Where do the events live? In an **event store**: for each card a **stream**,
# to which one can only append. Here is a whole one:

# %%
class TinyStore:
    def __init__(self):
        self.streams = {}

    def read(self, stream):
        return tuple(self.streams.get(stream, ()))

    def append(self, stream, events, expected_version):
        there = self.read(stream)
        if len(there) != expected_version:
            raise ConcurrencyConflict(
                f"expected version {expected_version}, is at {len(there)}",
                stream=stream, expected=expected_version, actual=len(there))
        self.streams[stream] = there + tuple(events)

# %% [markdown]
# The **version** of a stream is how many events it has. Whoever appends says
# which version the decision was made on, the *expected* version.
#
# What is that good for? There are 5.00 on the card. Ada pays 4.00 at one
# till, and her brother 4.00 at the other, with the same card, in the same
# second. Both tills read before either writes.

# %%
predict("05-b")

# %%
tiny = TinyStore()
tiny.append("card-ada", [ToppedUp(500)], expected_version=0)

events = tiny.read("card-ada")  # both tills have read this
mine = decide(Pay(400, "mocha"), cards.fold(events))
yours = decide(Pay(400, "chai"), cards.fold(events))
for till, decided in (("till 1", mine), ("till 2", yours)):
    try:
        tiny.append("card-ada", decided, expected_version=len(events))
        print(till, "has stored", decided)
    except ConcurrencyConflict as conflict:
        print(till, "has lost:", conflict)

# %% [markdown]
# One wins, and the other is *told*, with both versions; nothing of it was
# written. What does till 2 do now? The quick hand takes the new version, and
# tries the same thing again:

# %%
tiny.append("card-ada", yours, expected_version=2)
cards.fold(tiny.read("card-ada"))

# %% [markdown]
# 3.00 below zero. The store could not know better: the version was right, and
# the *decision* was old. It was made when there were still 5.00 on the card.
#
# After a conflict, *read again and decide again*. From here on we import
# both: [`SqliteEventStore`](../sandbox/store/event_store.py) is those lines on
# a real database, and [`Repository`](../sandbox/patterns/repository.py) loads,
# decides and appends.

# %%
clock = VirtualClock()
store = SqliteEventStore(SqliteDatabase(name="cafe"), clock)
repository = Repository(store, cards)
repository.execute("card-ada", TopUp(500))
repository.execute("card-ada", Pay(400, "mocha"))
try:
    repository.execute("card-ada", Pay(400, "chai"))
except NotEnough as error:
    print("refused:", error)
repository.load("card-ada")

# %% [markdown]
# A calm "no" instead of a debt. (`replayed` says how many events had to be
# read. We come back to it.)
#
# ## A month in the café
#
# Forty guests, twenty-five days. Each comes every few days. Who can't pay
# tops up 20.00, and tries again.

# %%
MENU = {"espresso": 220, "cappuccino": 380, "flat white": 420}

def drink(guest, day):
    name = list(MENU)[(guest + day) % 3]
    stream, order = f"card-{guest}", Pay(MENU[name], name)
    try:
        repository.execute(stream, order)
    except NotEnough:
        repository.execute(stream, TopUp(2000))
        repository.execute(stream, order)

# %%
DAY = 24 * 60 * 60 * 1000  # ms

for day in range(25):
    clock.advance(DAY)
    for guest in range(40):
        if day % (guest % 5 + 1) == 0:
            drink(guest, day)
store

# %% [markdown]
# Guest 0 comes every day. Her card can be shown *as of* any version, and not
# only as it is now. People call that time travel; it is the same fold, ended
# sooner.

# %%
versions = range(13)
lines(
    {"card-0": [repository.as_of("card-0", v).cents for v in versions]},
    x=list(versions), x_name="version", unit="cents",
    title="What was on the card of guest 0",
)

# %% [markdown]
# A complaint is answered by reading. The envelope knows when it was:

# %%
for stored in store.read("card-39"):
    print(stored.version, f"{stored.envelope.time:%d %b}", stored.event)

# %% [markdown]
# ## A question that nobody foresaw
#
# The owner wonders: how much is left when guests top up? If it is always
# little, a smaller top-up would do. No one has ever stored that number. Fold
# the old events once more, with another question:

# %%
left, found = {}, Counter()
for stored in store.read_all():  # every stream, in the order of writing
    before = left.get(stored.stream, Card())
    if isinstance(stored.event, ToppedUp) and stored.version > 1:
        found[f"{before.cents // 100}.xx left"] += 1
    left[stored.stream] = evolve(before, stored.event)
bars(dict(sorted(found.items())), "Left when topping up", unit="top-ups")

# %% [markdown]
# Most have 3.00 or more left: enough for an espresso, not for what they
# wanted. An answer about the past, from events that are older than the
# question. With a row for each card, counting could only begin today.
#
# There is a limit. How often was a guest *refused*? `decide` raised and wrote
# nothing, so no fold can tell. Only what was recorded can be asked for later.

# %% [markdown]
# ## An audit log, and its price
#
# Nobody wrote an audit log, and there it is: what happened, and when. Is it
# free? Weigh it, against one balance for each card.

# %%
balances = {stream: card.cents for stream, card in left.items()}
(size,) = store.db.execute(
    "SELECT sum(length(envelope) + length(data)) AS bytes FROM events"
)
bars({"a balance a card": len(str(balances)), "every event": size["bytes"]},
     title="What a month takes", unit="bytes")

# %% [markdown]
# More than a hundred times as much, and it grows with each coffee. Disk is
# cheap; the rest of the price is higher. Old events have to stay readable when
# the code changes (lesson 10). A guest's name in an event can't be deleted
# (lesson 12). And a log proves something only where nobody can change its
# table by hand.

# %% [markdown]
# ## Replay is not the past once more
#
# Guests are to get a mail when they top up. The programmer looks for the place
# where the code hears of every top-up, and finds `evolve`.

# %%
predict("05-c")

# %%
mails = []

def evolve_and_mail(card, event):
    if isinstance(event, ToppedUp):
        mails.append(f"Thank you for {event.cents}")
    return evolve(card, event)

chatty = Repository(store, Aggregate(Card(), decide, evolve_and_mail))
chatty.load("card-ada")
chatty.load("card-ada")
mails

# %% [markdown]
# Each load is a replay, and each replay sends it again. Were it a payment
# provider and no mail, each look at the card would take money.
#
# A clock is no better. When was the card used last?

# %%
def last_used(_, event):
    return f"{clock.now():%d %B}"

ada = [stored.event for stored in store.read("card-ada")]
print("asked today:   ", reduce(last_used, ada, None))
clock.advance(DAY)
print("asked tomorrow:", reduce(last_used, ada, None))

# %% [markdown]
# The same events, and another answer each day. So `evolve` looks at nothing
# but its two arguments: no gateway, no clock, no chance. What it needs of the
# world has to be *in* the event, written down when it happened.
#
# And the mail? It is sent for what is new, after that was stored:

# %%
def execute(stream, command):
    for stored in repository.execute(stream, command):  # new ones only
        if isinstance(stored.event, ToppedUp):
            mails.append(f"Thank you for {stored.event.cents}")

mails.clear()
execute("card-ada", TopUp(1000))
repository.load("card-ada")
mails

# %% [markdown]
# One mail, however often the card is loaded. (And if the process dies right
# before it? Then there is none. That gap is exercise 05.3, and lesson 08.)
#
# ## When the stream gets long
#
# "Event sourcing demands snapshots", people say, and begin with them. Look
# first. How long *are* the streams?

# %%
lengths = Counter(stored.stream for stored in store.read_all())
print("streams:", len(lengths), " events:", lengths.total())
print("the longest:", lengths.most_common(3))

# %% [markdown]
# The longest has 30 events. There is nothing to mend. And if cards live for
# years? Do what bookkeepers do, and *close the books*: a new stream for each
# card and year, whose first event carries the balance over.
#
# Some streams are long by nature, though. The office upstairs shares one card.
# (Ten million events, replayed on every deploy, are a famous pitfall. To see
# it, change the number; it takes some minutes, and 3 GB of disk.)

# %%
EVENTS = 100_000  # or 10_000_000

folder = TemporaryDirectory()
disk = SqliteDatabase(f"{folder.name}/office.sqlite")
office = SqliteEventStore(disk, clock)
plain = Repository(office, cards)

def write(size):
    pair = [ToppedUp(500), Paid(420, "flat white")]
    steps = range(office.version("office"), size, 1000)
    for version in tqdm(steps, delay=20):  # a bar, if it takes that long
        batch = pair * (min(1000, size - version) // 2)
        office.append("office", batch, expected_version=version)

# %% [markdown]
# A **snapshot** is a state that was kept, with its version. Whoever has it
# reads only what came after. By hand, for a short stream:

# %%
write(100)
state, version = plain.load("office").state, 100  # keep these two
write(150)
later = [s.event for s in office.read("office", after=version)]
everything = plain.load("office")
print("read", len(later), "events:", reduce(evolve, later, state))
print("read", everything.replayed, "events:", everything.state)

# %% [markdown]
# [`Snapshots`](../sandbox/patterns/snapshots.py) is that in a table, with
# checks. Whenever a load had to read 100 events or more, it keeps the state.
# Let the stream grow, and count what a load has to read.

# %%
kept = Repository(office, cards, Snapshots(disk, Card, every=100))
sizes = [10**n for n in range(3, 8) if 10**n <= EVENTS]
reads = {"without": [], "with snapshots": []}
for size in sizes:
    write(size)
    kept.load("office")  # takes a snapshot
    write(size + 50)  # and life goes on
    reads["without"].append(plain.load("office").replayed)
    reads["with snapshots"].append(kept.load("office").replayed)
reads

# %%
lines(reads, x=sizes, x_name="events in the stream", log=True,
      title="Events read for one load")

# %% [markdown]
# 100,050 against 50, for the same state.
#
# In seconds? Measured once, on two cores
# ([benchmarks/ten_million.py](../benchmarks/results/ten_million.md)): ten
# million events are replayed in about half a minute. From a snapshot and the
# 50 events after it, the same state is there in less than a millisecond. A
# nuisance once a day; impossible for each coffee.

# %% [markdown]
# ## A cache with a version problem
#
# The office wants to know how many drinks it has bought. The state gets a new
# field, and `evolve` counts:

# %%
@dataclass(frozen=True)
class CountingCard:
    cents: int = 0
    drinks: int = 0

def evolve_counting(card, event):
    drinks = card.drinks + isinstance(event, Paid)
    return CountingCard(evolve(card, event).cents, drinks)

counting = Aggregate(CountingCard(), decide, evolve_counting)

# %% [markdown]
# Nobody has touched the snapshots.

# %%
predict("05-d")

# %%
old = Snapshots(disk, CountingCard)
print("with the old snapshot:",
      Repository(office, counting, old).load("office").state)
print("by all events:        ",
      Repository(office, counting).load("office").state)

# %% [markdown]
# No error, and a wrong number. The old snapshot fits the new class, since
# `drinks` has a default, and that default is a lie. So a snapshot says by
# which *schema* it was made. Raise the number whenever the state or `evolve`
# changes, and old ones count no more:

# %%
new = Repository(office, counting, Snapshots(disk, CountingCard, schema=2))
print(new.load("office"))
print("the next time:", new.load("office").replayed)

# %% [markdown]
# One full replay, then there is a new one. A snapshot may be thrown away at any
# time. Where a state can *not* be rebuilt without it, it isn't a cache any
# more: it is your database.
#
# ## Is the board an event store?
#
# Kafka keeps records for as long as you wish. So is a topic an event store?
# Put the month on one, with the card as key, and load Ada's card from it.

# %%
predict("05-e")

# %%
board = bus.create_topic("cards", partitions=3)
for stored in store.read_all():
    bus.publish(board, stored.event, key=stored.stream)

with bus.consumer(board, group="till") as till:
    records = till.poll()
mine = [r.event for r in records if r.key == "card-ada"]
print(f"read {len(records)} to find {len(mine)}: {cards.fold(mine)}")

# %% [markdown]
# A key chooses a partition, and a partition holds many cards. There is no
# index by key: to load one card, you read its partition from the beginning.
#
# Now the two tills again. Both have seen 11.00 on the card, and each sells for
# 10.00.

# %%
both_saw = cards.fold(mine)
for drink_name in ("mocha", "chai"):
    decided = decide(Pay(1000, drink_name), both_saw)
    bus.publish(board, decided[0], key="card-ada")

with bus.consumer(board, group="auditor") as auditor:
    records = auditor.poll()
cards.fold(r.event for r in records if r.key == "card-ada")

# %% [markdown]
# Overdrawn, and nobody was told. `publish` takes no expected version, and
# neither do Kafka's producers
# ([KAFKA-2260](https://issues.apache.org/jira/browse/KAFKA-2260) asks for it,
# and is open). Who builds on Kafka all the same has one writer for each
# partition, and a table of states beside it: the rest of an event store.
#
# So event sourcing is not "we publish events". Each goes without the other:
# until a minute ago, this café had told nobody anything. A stream is the
# card's private record; what others hear of it is a choice (lesson 08).

# %% [markdown]
# ## Your turn
#
# In [exercises/05_event_sourcing.ipynb](../exercises/05_event_sourcing.ipynb):
#
# - **05.1** `decide` and `evolve`, for a card with an end date.
# - **05.2** Two tills at once, at every interleaving.
# - **05.3** Charge a guest's bank card, and replay without doing it again.
# - **05.4** Snapshots that are stale, damaged, of another schema or of
#   another history.

# %% [markdown]
# ## On real Kafka
#
# The store is SQLite, the same everywhere. With `make kafka` and
# `SANDBOX_BUS=kafka://localhost:9092`, the topic of the last part is a real
# one, and two tills overdraw the card there, too.
#
# | | simulated | Kafka |
# |---|---|---|
# | records read to load one card | the same | the same |
# | how long events stay | for ever | [seven days](https://kafka.apache.org/documentation/#brokerconfigs_log.retention.hours), unless you say otherwise |
# | [compaction](https://kafka.apache.org/documentation/#compaction) | when asked | keeps the *last* event of a key: for a fold, that destroys the rest |

# %% [markdown]
# ## What you can now say
#
# The events are the truth, and the state is a fold over them. `decide` may say
# no, `evolve` may not. An append with an expected version lets one of two
# writers win; the other decides again. A snapshot is a cache: short streams
# first.
#
# | you gain | you pay |
# |---|---|
# | why it is so, and how it was at any time | many times the space |
# | new questions about old days | only about what was recorded |
# | writers can't overwrite each other | one of them has to try again |
# | tests that read like stories | old events have to be read for ever |
#
# Where nobody will ask *why* (a menu, a settings page), keep a row.

# %% [markdown]
# ## What we left out
#
# How to *search* cards by balance: lesson 06, with read models. How events
# get out to others: lesson 08. How an old event's shape is led to the new
# one: lesson 10. All words are in the [glossary](../docs/glossary.md).
#
# **Read on:** Martin Fowler,
# [Event Sourcing](https://martinfowler.com/eaaDev/EventSourcing.html) (2005).
# Greg Young, [CQRS Documents](https://cqrs.files.wordpress.com/2010/11/cqrs_documents.pdf)
# (2010). Jérémie Chassaing,
# [Functional Event Sourcing Decider](https://thinkbeforecoding.com/post/2021/12/17/functional-event-sourcing-decider)
# (2021). Oskar Dudycz,
# [Closing the Books](https://event-driven.io/en/closing_the_books_in_practice/)
# (2024). Pat Helland,
# [Immutability Changes Everything](https://www.cidrdb.org/cidr2015/Papers/CIDR15_Paper16.pdf)
# (2015).
