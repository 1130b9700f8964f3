# %% [markdown]
# # 04 · The phone that never stops ringing
#
# The café keeps its events skinny, as it has learned. Now the guest book is
# called all day long, and when it is closed, half of the café stands still.
# You will find out how much belongs into an event, and measure it.
#
# **Time:** 25 minutes. **You need:** lesson
# [01](01_events.ipynb), and what a commit is from lesson 02.
#
# **You will be able to:** tell event notification from event-carried state
# transfer, say what each of them costs, and keep a copy of somebody else's
# data right when events come late or twice.

# %% tags=["bus"]
from dataclasses import dataclass

from sandbox import Event, connect
from sandbox.views import bars, lines, predict

bus = connect()
bus

# %% [markdown]
# ## The situation
#
# The café sends beans by mail. One service owns all addresses: the guest
# book. Whoever needs one asks it. Here it is, with a counter on its phone.
# (The line with `trace` draws each question into our picture.)

# %%
class GuestBook:
    def __init__(self, trace):
        self.addresses, self.is_open, self.calls = {}, True, 0
        self.trace = trace

    def address_of(self, guest, caller):
        self.trace.record(caller, "asks", label=f"address of {guest}")
        if not self.is_open:
            raise ConnectionError("guest book: no answer")
        self.calls += 1
        return self.addresses[guest]

book = GuestBook(bus.trace)

# %% [markdown]
# Whenever guests move, the card service sends them a card: *welcome to your
# new home*. So it has to hear of moves. The guest book says *that* somebody
# has moved, and no more:

# %%
@dataclass(frozen=True)
class GuestMoved(Event):
    guest: str

moves = bus.create_topic("moves")

def move(guest, address):
    book.addresses[guest] = address
    bus.publish(moves, GuestMoved(guest), key=guest, source="guest book")

# %% [markdown]
# The card service reads the event, and calls the guest book for the rest:

# %%
cards = []

def send_card(record):
    guest = record.event.guest
    address = book.address_of(guest, caller="cards")
    cards.append((guest, address))

bus.subscribe(moves, group="cards", handle=send_card)
move("Ada", "Porto")
bus.run()
cards

# %%
bus.trace

# %% [markdown]
# This is **event notification**: a light ping, *something has happened to
# Ada*, and whoever cares asks back. The event is small, and nobody but the
# guest book needs to know what an address looks like. It looks like loose
# coupling. Is it?

# %%
predict("04-a")

# %%
book.is_open = False
move("Bo", "Oslo")
try:
    bus.run()
except ConnectionError as error:
    print("stopped:", error)
print("cards:", cards)
print("still to do:", bus.lag("cards"))

# %% [markdown]
# Bo's event is on the board, and nothing can be done with it. Lesson 01 got
# rid of the calls so that a reader may be down while the writer works. Now the
# *writer* has to be up whenever a reader works. Both have to be there at the
# same time: this is **temporal coupling**, and the phone has brought it back.
#
# It isn't lost, though. The record was not committed, so it comes again:

# %%
book.is_open = True
bus.run()
cards

# %% [markdown]
# ## An old event, a new answer
#
# Ada moves twice in one day: to Lisbon, and in the evening to Faro. The card
# service was closed and reads both events at night.

# %%
predict("04-b")

# %%
move("Ada", "Lisbon")
move("Ada", "Faro")
bus.run()
cards[-2:]

# %% [markdown]
# Two cards to Faro, none to Lisbon. The first event is about Lisbon, but the
# event doesn't say so, and the guest book only knows *now*. Whoever asks back
# sees a state that may be newer than the event.
#
# If all you ever want is the newest address, that is even good. If each step
# matters (a card, an invoice, an audit), the step is gone.

# %% [markdown]
# ## How often does it ring?
#
# Three more services want to know where guests live. There were four moves so
# far. Count the calls:

# %%
for name in ("warehouse", "newsletter", "taxes"):
    def ask(record, name=name):
        book.address_of(record.event.guest, caller=name)
    bus.subscribe(moves, group=name, handle=ask)

before = book.calls
bus.run()
book.calls - before

# %% [markdown]
# Twelve: events times readers, since new readers begin at the first event. The
# producer *does* notice its consumers after all: on its phone.

# %% [markdown]
# ## Say it in the event
#
# The other way: the event carries what its readers need. They keep a copy of
# their own, and call nobody. This is **event-carried state transfer**.

# %%
@dataclass(frozen=True)
class AddressChanged(Event):
    guest: str
    address: str

changes = bus.create_topic("changes")

def change(guest, address):
    book.addresses[guest] = address
    event = AddressChanged(guest, address)
    bus.publish(changes, event, key=guest, source="guest book")

# %% [markdown]
# The same day once more: Ada moves twice, and the guest book stays *closed*
# while the readers work.

# %%
cards, labels = [], {}

def send_card(record):
    cards.append((record.event.guest, record.event.address))

def copy_address(record):
    labels[record.event.guest] = record.event.address

bus.subscribe(changes, group="postcards", handle=send_card)
bus.subscribe(changes, group="printer", handle=copy_address)

# %%
before, book.is_open = book.calls, False
change("Ada", "Lisbon")
change("Ada", "Faro")
bus.run()
print("cards :", cards)
print("labels:", labels)
print("calls :", book.calls - before)

# %% [markdown]
# Each move has its card, the printer knows the newest address, and the phone
# didn't ring. What is the catch? There are two addresses of Ada now: the guest
# book's, and the printer's.

# %%
predict("04-c")

# %% [markdown]
# Measure it, at its worst: sixty times a guest moves, and right after each
# move a parcel leaves for that guest. The printer reads its events in batches;
# the bigger the batch, the further it is behind.

# %%
def wrong_labels(batch):
    """Of 60 parcels: how many leave with an old address?"""
    cafe, copy, wrong = connect("sim://"), {}, 0
    changes = cafe.create_topic("changes")
    with cafe.consumer(changes, group="printer") as printer:
        for number in range(1, 61):
            event = AddressChanged("Ada", f"street {number}")
            cafe.publish(changes, event)
            if number % batch == 0:
                for record in printer.poll():
                    copy["Ada"] = record.event.address
            wrong += copy.get("Ada") != event.address
    return wrong

# %%
bars(
    {f"copy, read in batches of {n}": wrong_labels(n) for n in (1, 2, 5, 20)},
    title="Parcels with an old address, of 60",
    unit="parcels",
)

# %% [markdown]
# A copy is as old as its reader is behind. That is **eventual consistency**:
# it will be right, once everything has been read. Calling gives the newest
# address every time, and none at all while the guest book is closed.
#
# So which error is cheaper for you: *an old answer*, or *no answer*? For a
# parcel, perhaps no answer. For a search page, an old one.

# %% [markdown]
# ## The copy that went back in time
#
# Now break the copy. The network hiccups, and Ada's first event is delivered
# once more, after all others. Each change is an upsert, so doing it twice does
# no harm. Or does it?

# %%
predict("04-d")

# %%
cafe = connect()
changes, copy = cafe.create_topic("changes"), {}

def keep(record):
    copy[record.event.guest] = record.event.address

cafe.subscribe(changes, group="printer", handle=keep)
cafe.faults.duplicate("guest book", "publish", 1, "late")
for address in ("Lisbon", "Faro"):
    event = AddressChanged("Ada", address)
    cafe.publish(changes, event, key="Ada", source="guest book")
cafe.run()
copy

# %% [markdown]
# The copy is wrong. Follow it on the timeline: which arrow brought the old
# address?

# %%
cafe.trace

# %% [markdown]
# Ada lives in Faro, and from now on all her parcels go to Lisbon. An upsert
# is idempotent when it is repeated *at once*. A late one undoes whatever came
# in between.
#
# The cure is a number that the owner counts up with each change of a guest:
# the **version**. The copy takes in only what is newer than what it has.

# %%
@dataclass(frozen=True)
class AddressSet(Event):
    guest: str
    address: str
    version: int

copy = {}

def keep_newest(record):
    event = record.event
    _, known = copy.get(event.guest, ("", 0))
    if event.version > known:  # the line that saves us
        copy[event.guest] = (event.address, event.version)

# %%
cafe = connect()
changes = cafe.create_topic("changes")
cafe.subscribe(changes, group="printer", handle=keep_newest)
cafe.faults.duplicate("guest book", "publish", 1, "late")
for version, address in enumerate(("Lisbon", "Faro"), start=1):
    event = AddressSet("Ada", address, version)
    cafe.publish(changes, event, key="Ada", source="guest book")
print(cafe.run())
copy

# %% [markdown]
# Three deliveries, and Ada still lives in Faro. Not by the time of the event:
# clocks are wrong (lesson 01). And when a guest *leaves*? A copy that forgets
# Ada forgets her version, too, and the late event brings her back. That is
# for you, in exercise 04.2.

# %% [markdown]
# ## What does it weigh?
#
# "Watch out for payload bloat", people say of state transfer. Weigh it: every
# event, and every question and answer on the phone, in bytes. `every=5` means
# that of five events, one matters to a reader, who asks back only then. (The
# bytes are the same on any bus, so this one is always simulated.)

# %% tags=["build"]
def weigh(thin, readers=5, state=1_000, every=1):
    """20 events: how often does the phone ring, how many bytes travel?"""
    cafe, calls, traffic = connect("sim://"), 0, 0
    changes, address = cafe.create_topic("changes"), "x" * state

    def read(record):
        nonlocal calls, traffic
        traffic += len(record.value)
        if thin and record.offset % every == 0:
            calls += 1
            traffic += len("GET /guests/Ada") + len(address)

    for number in range(readers):
        cafe.subscribe(changes, group=f"reader-{number}", handle=read)
    for _ in range(20):
        event = GuestMoved("Ada") if thin else AddressChanged("Ada", address)
        cafe.publish(changes, event)
    cafe.run()
    return calls, traffic

# %%
readers = [1, 2, 5, 10, 20]
lines(
    {
        "notification": [weigh(True, n)[0] for n in readers],
        "state transfer": [weigh(False, n)[0] for n in readers],
    },
    x=readers, x_name="readers",
    title="Calls to the guest book, for 20 events",
)

# %% [markdown]
# As expected: events times readers, against none. Now the bytes. Five
# readers, and each of them needs the state of each event.

# %%
predict("04-e")

# %%
sizes = [100, 1_000, 10_000, 100_000]
lines(
    {
        "notification": [weigh(True, state=n)[1] / 1000 for n in sizes],
        "state transfer": [weigh(False, state=n)[1] / 1000 for n in sizes],
    },
    x=sizes, x_name="bytes of state", unit="KB", log=True,
    title="Traffic of 20 events and 5 readers",
)

# %% [markdown]
# The lines lie on each other. Who needs the state gets it either way: in the
# event, or in the answer. The thin event has not saved a byte. (The board
# does *keep* the bigger events for as long as it keeps any; that part of the
# warning is true.)
#
# It saves where readers *don't* need it:

# %%
shares = [1, 2, 5, 10, 20]
lines(
    {
        "notification": [weigh(True, state=10_000, every=n)[1] / 1000
                         for n in shares],
        "state transfer": [weigh(False, state=10_000)[1] / 1000
                           for _ in shares],
    },
    x=shares, x_name="one event in … matters to a reader", unit="KB",
    title="Traffic of 20 events with 10 KB of state",
)

# %% [markdown]
# If one event in twenty matters, the ping is the better design by far. There
# is also a middle way: carry the few fields that most readers use, and leave
# the rest to a call. And what is really big (a photo, a contract) goes into a
# store, and the event carries its address: a **claim check**.

# %% [markdown]
# ## Your turn
#
# In [exercises/04_notification_or_state.ipynb](../exercises/04_notification_or_state.ipynb):
#
# - **04.1** Build the card service both ways, and have it survive a guest
#   book that doesn't answer, and guests who move twice.
# - **04.2** Keep a copy right: old versions that come late, guests who leave,
#   and a first load that races with the events.

# %% [markdown]
# ## On real Kafka
#
# Start Kafka with `make kafka`, set `SANDBOX_BUS=kafka://localhost:9092`, and
# run everything again: the same cards, labels and copies.
#
# | | simulated | Kafka |
# |---|---|---|
# | cards, calls, copies, late duplicate | the same | the same |
# | biggest event | no limit | about 1 MB, unless [`max.message.bytes`](https://kafka.apache.org/documentation/#topicconfigs_max.message.bytes) is raised |
# | a new reader's first copy | reads everything | reads a [compacted](https://kafka.apache.org/documentation/#compaction) topic: the last event of each key |

# %% [markdown]
# ## What you can now say
#
# A notification says *that* something happened; its readers call back, so the
# owner has to be up, hears from each of them, and answers with what is true
# now. State transfer says *what* is true; its readers are on their own, with
# a copy that may be old and needs versions.
#
# | | notification | state transfer |
# |---|---|---|
# | owner closed | readers stand still | readers go on |
# | calls | events × readers | none |
# | bytes | small, plus an answer for each who asks | the state for everyone |
# | what readers see | newest state, steps are lost | each step, a little late |
# | who knows the address's shape | whoever asks | everyone who reads |
# | personal data | in one place | on the board, and in every copy |

# %% [markdown]
# ## What we left out
#
# What happens to a copy when its event's shape changes: lesson 10. How the
# guest book saves the address *and* says so, both or none: lesson 08. How
# personal data leaves a board again: lesson 12. All words are in the
# [glossary](../docs/glossary.md).
#
# **Read on:** Martin Fowler,
# [What do you mean by "Event-Driven"?](https://martinfowler.com/articles/201701-event-driven.html)
# (2017), who named both. Pat Helland,
# [Data on the Outside versus Data on the Inside](https://www.cidrdb.org/cidr2005/papers/P12.pdf)
# (2005), on copies and versions. Gregor Hohpe and Bobby Woolf,
# [Claim Check](https://www.enterpriseintegrationpatterns.com/patterns/messaging/StoreInLibrary.html)
# (2003).
