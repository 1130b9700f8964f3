# %% [markdown]
# # 03 · Charged twice
#
# Ada had one coffee, and her tab says two. Nothing is broken: every broker
# may do that to you. You will find out why, and write readers to which it
# does no harm.
#
# **Time:** 30 minutes. **You need:** lesson [01](01_events.ipynb), and what a
# commit is from lesson 02.
#
# **You will be able to:** say where duplicates come from, give each event its
# effect once in your own database, and charge a card once that no transaction
# of yours reaches.

# %% tags=["bus"]
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

from sandbox import Event, connect
from sandbox.errors import BrokerUnreachable, ConstraintViolated, Crashed
from sandbox.errors import GatewayTimeout, IdempotencyKeyReused
from sandbox.sim import SimulatedGateway, UnreliableGateway
from sandbox.store import SqliteDatabase
from sandbox.views import bars, predict

bus = connect()
bus

# %% [markdown]
# ## Did it arrive?
#
# Regular guests pay at the end of the month. The till writes each drink on
# the board, and billing adds it to the guest's tab. Now the network hiccups:
# the till publishes, and no answer comes. Either the request got lost, or the
# answer did. Try both, with a till that gives up and a till that tries again:

# %%
@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    cents: int

# %%
def sell(lost, tries):
    """One coffee for 400 cents. The first answer never comes."""
    bus = connect()
    drinks, tab = bus.create_topic("drinks"), []
    add = lambda record: tab.append(record.event.cents)
    bus.subscribe(drinks, group="billing", handle=add)
    bus.faults.fail("till", "publish", 1, lost)
    coffee = DrinkSold("Ada", 400)
    for _ in range(tries):
        with suppress(BrokerUnreachable):  # all the till ever sees
            bus.publish(drinks, coffee, "Ada", source="till", id="sale-1")
            break
    bus.run()
    return sum(tab), bus.trace

# %% [markdown]
# (The second try has the same `id`, as lesson 01 demands: it is the same
# sale.) What is on Ada's tab in the end?

# %%
for lost in ("request", "response"):
    once, again = sell(lost, tries=1)[0], sell(lost, tries=2)[0]
    print(f"{lost:8} lost: gives up {once:3}, tries again {again:3}")

# %% [markdown]
# The till can't know which line it is in; it can only choose the column.
# Giving up means 0 or 400: **at most once**. Trying again means 400 or 800:
# **at least once**. No column says 400 twice, and no message can help: its
# answer may get lost as well. (That is the *two generals' problem*.)
#
# A drink that nobody wrote down is lost for good. One that is there twice can
# be recognised. So brokers promise *at least once*. Here is the second line
# with a second try:

# %%
sell("response", tries=2)[1]

# %% [markdown]
# ## Did it finish?
#
# Kafka's producers number their requests, so that the broker drops a repeated
# one. That is `enable.idempotence`, and it is on by default. So let the till
# sell in peace. This time billing dies: it has put the coffee on the tab, and
# has not yet committed.

# %%
predict("03-a")

# %% [markdown]
# We will do this often, so here it is as a function: the till sells drinks,
# billing handles them, and faults strike. You can read a fault aloud: *crash
# billing at its commit 1*.

# %%
def cafe(handle, *faults, drinks=1, memory=None):
    """Ada buys `drinks` for 400 cents each; `handle` is billing."""
    bus = connect()
    topic = bus.create_topic("drinks")
    def begin(*_):  # a new process remembers nothing
        if memory is not None:
            memory.clear()
    bus.subscribe(topic, "billing", handle, on_assigned=begin)
    for fault in faults:
        bus.faults.add(fault)
    for number in range(1, drinks + 1):
        coffee, id = DrinkSold("Ada", 400), f"sale-{number}"
        bus.publish(topic, coffee, "Ada", source="till", id=id)
    bus.run()
    return bus.trace

# %%
tab = []
add = lambda record: tab.append(record.event.cents)
trace = cafe(add, "crash billing commit 1")
print("on the tab:", sum(tab))
trace

# %% [markdown]
# The same record, handled twice, and no producer had a part in it. Whoever
# does the work first and commits afterwards, does it again after a crash in
# between. And who commits first loses it (lesson 02).
#
# In the first picture the copy was another record, at another place. Here it
# is the same one. What both have in common is the **id** in the envelope.

# %% [markdown]
# ## Remember the ids
#
# So billing remembers which ids it has had. First in a set, in memory. Two
# faults: a copy right behind the original, and the crash from above.

# %%
seen, tab = set(), []

def add_once(record):
    if record.envelope.id not in seen:
        seen.add(record.envelope.id)
        tab.append(record.event.cents)

for fault in ("duplicate till publish 1", "crash billing commit 1"):
    tab.clear()
    cafe(add_once, fault, memory=seen)
    print(f"{fault:25} on the tab: {sum(tab)}")

# %% [markdown]
# The copy is recognised. The crash is not survived: the set died with its
# process, and the tab, which is in a database, did not.
#
# So the ids belong into the database, too. "Keep a table of processed ids,
# and skip what is in it": you find that in many tutorials, and that it is
# bullet-proof. We will shoot at it.

# %%
predict("03-b")

# %% [markdown]
# This database has the tabs and the ids. And it comes with a gun: right
# before its statement number `dies_at`, billing dies.

# %%
class Database(SqliteDatabase):
    def __init__(self, dies_at=None):
        super().__init__()
        self.dies_at, self.statement = dies_at, -3
        self.execute("CREATE TABLE tabs (guest TEXT, cents INTEGER)")
        self.execute("INSERT INTO tabs VALUES ('Ada', 0)")
        self.execute("CREATE TABLE processed_event_ids (id TEXT)")

    def execute(self, sql, values=()):
        self.statement += 1
        if self.statement == self.dies_at:
            raise Crashed("the power is off")
        return super().execute(sql, values)

    def tab(self):
        return self.execute("SELECT cents FROM tabs")[0]["cents"]

# %%
FIND = "SELECT id FROM processed_event_ids WHERE id = ?"
MARK = "INSERT INTO processed_event_ids VALUES (?)"
CHARGE = "UPDATE tabs SET cents = cents + ? WHERE guest = ?"

def tabs(bill):
    """The tab, if billing dies before statement 1, 2, 3, or the commit."""
    found = []
    for dies_at in (1, 2, 3, None):
        db = Database(dies_at)
        faults = [] if dies_at else ["crash billing commit 1"]
        cafe(lambda record: bill(record, db), *faults)
        found.append(db.tab())
    return found

# %% [markdown]
# One coffee, four places to die. Either billing marks the id first and
# charges afterwards:

# %%
def mark_first(record, db):
    if not db.execute(FIND, [record.envelope.id]):
        db.execute(MARK, [record.envelope.id])
        db.execute(CHARGE, [record.event.cents, record.event.guest])

tabs(mark_first)

# %% [markdown]
# Or it charges first and marks afterwards:

# %%
def charge_first(record, db):
    if not db.execute(FIND, [record.envelope.id]):
        db.execute(CHARGE, [record.event.cents, record.event.guest])
        db.execute(MARK, [record.envelope.id])

tabs(charge_first)

# %% [markdown]
# Before statement 3, that is between the two writes, the coffee is **lost**
# in the first order and charged **twice** in the second. Each is right at
# three places of four, which is why tests pass for years.
#
# No third order is left. But a database can make two writes one:

# %%
def both_or_none(record, db):
    with db.transaction():  # the line that saves us
        mark_first(record, db)

tabs(both_or_none)

# %% [markdown]
# The mark and the effect are in **one transaction**: after a crash both are
# there, or neither.
#
# One hole is left. Billing was slow, the group has given its record to
# another process (lesson 02), and both are at work. Both *ask* before either
# has *marked*:

# %%
def race(db):
    answers = [db.execute(FIND, ["sale-1"]) for _ in ("old", "new")]
    for known in answers:
        if not known:
            with suppress(ConstraintViolated), db.transaction():
                db.execute(MARK, ["sale-1"])
                db.execute(CHARGE, [400, "Ada"])
    return db.tab()

loose, strict = Database(), Database()
strict.execute("CREATE UNIQUE INDEX once ON processed_event_ids (id)")
print("any id, any number of times:", race(loose))
print("each id once at most       :", race(strict))

# %% [markdown]
# With a **unique key** the second mark is refused, and its transaction takes
# the charge back with it. (To ask inside the transaction helps in SQLite,
# where one writer at a time gets in. In PostgreSQL, by
# [default](https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED),
# both may ask, and both hear no.)
#
# So the table *can* be made bullet-proof: unique key, same transaction.

# %% [markdown]
# ## Build it
#
# Asking and marking can be one statement, then nothing fits in between. The
# key has three parts: two readers of one database each have to handle the
# event, and CloudEvents promises unique ids only per `source`.

# %% tags=["build"]
class Inbox:
    """The events that one reader has handled."""

    def __init__(self, db, reader):
        self.db, self.reader = db, reader
        db.execute("""CREATE TABLE IF NOT EXISTS inbox (
            reader, source, id, PRIMARY KEY (reader, source, id))""")

    def first_time(self, record):
        """Mark it. False where it was marked before."""
        event = record.envelope
        mark = """INSERT INTO inbox VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING RETURNING id"""
        values = [self.reader, event.source, event.id]
        return bool(self.db.execute(mark, values))

# %% [markdown]
# From here on we import it: `sandbox.patterns.Inbox` is these lines and its
# error checks
# ([inbox.py](../sandbox/patterns/inbox.py)); it insists on a transaction, for
# example. Hohpe and Woolf call such a reader an **idempotent receiver**.
#
# ## A test that proves nothing
#
# A colleague finds the table too big: "I keep the last few ids in memory.
# Look, I have a test that sends each drink twice."

# %%
def cups(size, fault):
    """Three cups are sold. How many get charged, with `size` ids kept?"""
    ids, charged = deque(maxlen=size), []
    def bill(record):
        if record.envelope.id not in ids:
            ids.append(record.envelope.id)
            charged.append(record)
    cafe(bill, fault, drinks=3, memory=ids)
    return len(charged)

[cups(size, "duplicate till publish 2") for size in (0, 1, 2)]

# %% [markdown]
# With no memory four cups are charged. With one id, three: the test is green.

# %%
predict("03-c")

# %% [markdown]
# A duplicate can come in more than one way. Attack every memory with each of
# them; the last line is the inbox.

# %%
from sandbox.patterns import Inbox

def cups_by_inbox(fault):
    db = Database()
    inbox = Inbox(db, "billing")
    def bill(record):
        with db.transaction():
            if inbox.first_time(record):
                db.execute(CHARGE, [400, "Ada"])
    cafe(bill, fault, drinks=3)
    return db.tab() // 400

# %%
KINDS = {
    "at once": "duplicate till publish 1 at-once",
    "late": "duplicate till publish 1 late",
    "suffix": "duplicate billing commit 3 suffix",
    "second": "duplicate billing handle 3 second-consumer",
}
print("ids kept ", *(f"{kind:>8}" for kind in KINDS))
for size in (0, 1, 2, None):
    row = [cups(size, fault) for fault in KINDS.values()]
    name = "no limit" if size is None else size
    print(f"{name:<9}", *(f"{n:8}" for n in row))
row = [cups_by_inbox(fault) for fault in KINDS.values()]
print("inbox    ", *(f"{n:8}" for n in row))

# %% [markdown]
# The test of our colleague is the first column. The others:
#
# - **late**: the copy comes after all others, as from a dead letter queue
#   that somebody empties on Monday;
# - **suffix**: the group goes back, and a whole stretch comes again;
# - **second**: another process takes over and gets what the first one has
#   done, with a memory of its own.
#
# Only the inbox says 3 everywhere.

# %% [markdown]
# ## How long do you keep the ids?
#
# The inbox grows by a line with each event. May old lines go? Sell 50 cups,
# and the copy of the first one comes late:

# %%
def cups_of_50(size):
    ids, charged = deque(maxlen=size), []
    def bill(record):
        if record.envelope.id not in ids:
            ids.append(record.envelope.id)
            charged.append(record)
    cafe(bill, "duplicate till publish 1 late", drinks=50, memory=ids)
    return len(charged)

{f"{size} ids": cups_of_50(size) for size in (10, 49, 50)}

# %% [markdown]
# A window of 49 is worth as little as one of 10. It has to be longer than the
# *longest way on which an event can come back*: the board's retention (Kafka:
# [a week](https://kafka.apache.org/documentation/#topicconfigs_retention.ms) by
# default), plus the time in a dead letter queue, plus your reaction time.
#
# Compare: the FIFO queues of Amazon SQS remember ids for
# [5 minutes](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html),
# and a queue may keep a message for
# [14 days](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html).
# And who replays a board that is kept for ever needs the ids for ever.

# %% [markdown]
# ## Effects that don't add up
#
# Some effects can be repeated without any memory. To *add* 400 is not one of
# them. To *set* is: the door is open, twice open is open. So perhaps you can
# do without ids? At night the café wants to know who is still inside. Ada
# comes, and goes, and the copy of her coming is late.

# %%
predict("03-d")

# %%
@dataclass(frozen=True)
class GuestPassed(Event):
    guest: str
    to: str

# %%
inside = set()

def watch(record):
    change = inside.add if record.event.to == "in" else inside.discard
    change(record.event.guest)

bus = connect()
door = bus.create_topic("door")
bus.subscribe(door, group="light", handle=watch)
bus.faults.duplicate("door", "publish", 1, "late")
for to in ("in", "out"):
    bus.publish(door, GuestPassed("Ada", to), key="Ada", source="door")
bus.run()
inside

# %% [markdown]
# The lights stay on all night for a guest who has gone. `add` and `discard`
# are idempotent, each of them. In between something else had happened, and
# the late copy undid it.
#
# An inbox helps against the copy. Against two *different* events in the wrong
# order no id helps, only a **version** does: lesson 04, and exercise 03.4.

# %% [markdown]
# ## The money is elsewhere
#
# The end of the month: Ada's card is charged, at a provider. Put that call
# into the transaction. The process dies after the call, before the end of the
# transaction (statement 3 here).

# %%
db, provider = Database(dies_at=3), SimulatedGateway()

def settle(record):
    with db.transaction():
        if Inbox(db, "billing").first_time(record):
            attempt = f"attempt {len(provider.ledger) + 1}"
            provider.charge("Ada", 400, idempotency_key=attempt)
            db.execute(CHARGE, [400, "Ada"])

cafe(settle)
print("in our database:", db.tab())
print("on the card    :", sum(charge.cents for charge in provider.ledger))

# %% [markdown]
# Our books are right, and Ada has paid twice. The rollback took back the mark
# and the tab. It can't take back what another company has done.
#
# Nor does a timeout say that nothing was done; it says that no answer came,
# like the till's in the beginning. So providers take an **idempotency key**:
# the same key has its effect once, and each repetition gets the first answer.
# The question is what you put into it. Ada has *two* orders over 400 cents,
# and the first answer gets lost:

# %%
def charges(key):
    provider = UnreliableGateway(SimulatedGateway())
    provider.fail("response")
    for order in ("A-1", "A-2"):
        for attempt in (1, 2):
            with suppress(GatewayTimeout):
                chosen = key(order, "Ada", attempt)
                provider.charge("Ada", 400, idempotency_key=chosen)
                break
    return len(provider.ledger)

# %%
bars(
    {
        "a key for each attempt":
            charges(lambda order, guest, n: f"{order} {n}"),
        "a key for each guest":
            charges(lambda order, guest, n: guest),
        "a key for each order":
            charges(lambda order, guest, n: f"payment of {order}"),
    },
    title="Charges for two orders",
)

# %% [markdown]
# The key names the **intent**, *pay for A-1*, not the attempt: then three
# calls are two charges. With too wide a key, the second order is taken for a
# repetition, and nobody pays for it. Had it another price, the provider would
# refuse:

# %%
provider = SimulatedGateway()
provider.charge("Ada", 400, idempotency_key="Ada")
try:
    provider.charge("Ada", 450, idempotency_key="Ada")
except IdempotencyKeyReused as error:
    print(error)

# %% [markdown]
# Providers have a window, too: Stripe may forget a key after
# [24 hours](https://docs.stripe.com/api/idempotent_requests). So write down
# the outcome on your side, and after a day of silence ask before you try
# again. And where nobody takes a key, as with most e-mail, once in a while it
# *is* twice. Better say so than promise the opposite.

# %% [markdown]
# ## Doesn't Kafka do that for me?
#
# Two of its features sound like it. First, the idempotent producer. The
# answer to its first request gets lost, and it tries again by itself:

# %%
def on_the_board(idempotent, sessions=1):
    bus = connect()
    topic = bus.create_topic("drinks")
    bus.faults.fail("till", "publish", 1, "response")
    for _ in range(sessions):
        options = {"name": "till", "enable_idempotence": idempotent}
        with bus.producer(**options) as till:
            till.publish(topic, DrinkSold("Ada", 400), key="Ada")
    return len(bus.consumer(topic, group="you").poll())

print("off                      :", on_the_board(False))
print("on                       :", on_the_board(True))
print("on, and the till restarts:", on_the_board(True, sessions=2))

# %% [markdown]
# It removes the repetitions of
# [one producer session](https://kafka.apache.org/40/javadoc/org/apache/kafka/clients/producer/KafkaProducer.html),
# and that is worth having. A till that restarts, doesn't know, and sells once
# more is a new session. (Worse, its copy has a new id, which no inbox can
# know. The id has to be stored with the sale: lesson 08.) And it saw nothing
# of the crash above, where one record was handled twice.
#
# Second, *exactly-once*: what billing publishes and what it commits become one
# transaction.

# %%
predict("03-e")

# %%
@dataclass(frozen=True)
class DrinkBilled(Event):
    guest: str

# %%
bus = connect()
drinks, bills = bus.create_topic("drinks"), bus.create_topic("bills")
bus.publish(drinks, DrinkSold("Ada", 400), key="Ada", source="till")
db, mails, power_cuts = Database(), [], ["once"]

def bill_in_kafka(billing, producer):
    for record in billing.poll():
        with producer.transaction():
            producer.publish(bills, DrinkBilled("Ada"), cause=record)
            producer.commit(billing, record)
            db.execute(CHARGE, [400, "Ada"])
            mails.append("Dear Ada, …")
            if power_cuts:
                raise Crashed(power_cuts.pop())

# %% [markdown]
# The power fails once, right before the end of Kafka's transaction. Then a
# new process does it all again. What does everyone see?

# %%
for process in (1, 2):
    with (
        suppress(Crashed),
        bus.producer(transactional_id="billing") as producer,
        bus.consumer(drinks, group="billing") as billing,
    ):
        bill_in_kafka(billing, producer)

strict = {"isolation_level": "read_committed"}
found = bus.consumer(bills, group="you", **strict).poll()
print("bills, for readers of committed records:", len(found))
print("on the tab in our database             :", db.tab())
print("mails                                  :", len(mails))

# %% [markdown]
# Inside Kafka: one bill. The first attempt was aborted, and readers of
# committed records never see it. In the database and in Ada's mailbox: two.
# Kafka's transaction covers
# [what is read from Kafka and written to Kafka](https://kafka.apache.org/documentation/#semantics),
# and nothing else.
#
# So don't say *exactly once*. The event is delivered once or more often, and
# its effect is there once: **effectively once**. And that is your reader's
# doing.

# %% [markdown]
# ## Your turn
#
# In [exercises/03_idempotent_consumers.ipynb](../exercises/03_idempotent_consumers.ipynb):
#
# - **03.1** One stamp for each drink, whatever kind of copy comes.
# - **03.2** The same with crashes, and with two processes at once.
# - **03.3** Charge a card once, when the provider doesn't answer.
# - **03.4** Added, removed, added again, in any order.

# %% [markdown]
# ## On real Kafka
#
# Start Kafka with `make kafka`, set `SANDBOX_BUS=kafka://localhost:9092`, and
# run everything again: the same tabs, cups and bills.
#
# | | simulated | Kafka |
# |---|---|---|
# | which copies come, and what they do | the same | the same |
# | a process that dies | missed at once | missed after [`session.timeout.ms`](https://kafka.apache.org/documentation/#consumerconfigs_session.timeout.ms), 45 s |
# | a copy by a retry | made by our fault | made by our fault; in real life rare, until the day it isn't |

# %% [markdown]
# ## What you can now say
#
# A sender that gets no answer can lose or repeat, so brokers repeat. A reader
# is idempotent if the mark (source and id, under a unique key) and the effect
# are one transaction. Where no transaction reaches, a key that names the
# intent travels with the call. Test it with *late* copies, and with crashes.
#
# | the effect is | use | its limit |
# |---|---|---|
# | a row in your database | inbox, same transaction | the ids have to be kept |
# | to set a state | nothing, or a version | late copies undo; so: a version |
# | a record in Kafka | Kafka's transaction | nothing outside of Kafka |
# | at a provider | idempotency key of the intent | the provider forgets keys |
# | at somebody who knows no keys | hope, and an apology | sometimes it is twice |

# %% [markdown]
# ## What we left out
#
# The position instead of the ids, stored with the state: exercise 02.4. The
# copy that comes from your own producer: lesson 08, where the inbox meets its
# outbox. Dead letters that come back: lesson 09. All words are in the
# [glossary](../docs/glossary.md).
#
# **Read on:** Gregor Hohpe and Bobby Woolf,
# [Idempotent Receiver](https://www.enterpriseintegrationpatterns.com/patterns/messaging/IdempotentReceiver.html)
# (2003). Pat Helland,
# [Idempotence Is Not a Medical Condition](https://queue.acm.org/detail.cfm?id=2187821)
# (2012). Jim Gray,
# [Notes on Data Base Operating Systems](https://jimgray.azurewebsites.net/papers/dbos.pdf)
# (1978), who tells of the two generals.
