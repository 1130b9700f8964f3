# %% [markdown]
# # 03 · Charged twice
#
# Ada had one coffee, and her tab says two. Nothing is broken: the broker has
# promised no more. You will find out why, and write readers to which it does
# no harm.
#
# **Time:** 30 minutes. **You need:** lessons [01](01_events.ipynb) and
# [02](02_the_log.ipynb), and a little SQL.
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
# response did. Try both, with a till that gives up and one that tries again:

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
# The till can't know which line it is in; it can only choose the column. Give
# up: 0 or 400, **at most once**. Try again: 400 or 800, **at least once**. No
# column says 400 twice. To ask back is one more message whose answer may get
# lost, and the first request may still be on its way. (This is the *two
# generals' problem*.)
#
# A drink that nobody wrote down is lost for good. One that is there twice can
# be recognised. So *at least once* is the contract wherever a loss is too dear.
# Here is its price, the second line with a second try:

# %%
sell("response", tries=2)[1]

# %% [markdown]
# ## Did it finish?
#
# Kafka's producers number their requests, and the broker drops one that comes
# twice
# ([`enable.idempotence`](https://kafka.apache.org/documentation/#producerconfigs_enable.idempotence),
# on by default). Our till repeated its *call*: a new request. But say that all
# went well, and the coffee is on the board once. Billing puts it on the tab,
# and dies before it commits.

# %%
predict("03-a")

# %% [markdown]
# We will do this often, so here is a function: the till sells, billing
# handles, faults strike. Read a fault aloud: *crash billing at commit 1*.

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
# The same record, handled twice, and no producer had a part in it. (Commit
# first, and you lose it instead: lesson 02.)
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
# and skip what is in it": many tutorials say so, and that this is bullet-proof.
# Is it?

# %%
predict("03-b")

# %% [markdown]
# Find out with a database that can fail on demand: right before its statement
# number `dies_at`, the process that uses it dies.

# %%
class Database(SqliteDatabase):
    def __init__(self, dies_at=None):
        super().__init__()
        self.dies_at, self.statement = dies_at, -3  # not these three:
        self.execute("CREATE TABLE tabs (guest TEXT, cents INTEGER)")
        self.execute("INSERT INTO tabs VALUES ('Ada', 0)")
        self.execute("CREATE TABLE processed_event_ids (id TEXT)")

    def execute(self, sql, values=()):
        self.statement += 1
        if self.statement == self.dies_at:
            raise Crashed("the power is off")
        return super().execute(sql, values)

# %%
FIND = "SELECT id FROM processed_event_ids WHERE id = ?"
MARK = "INSERT INTO processed_event_ids VALUES (?)"
CHARGE = "UPDATE tabs SET cents = cents + ? WHERE guest = ?"
TAB = "SELECT cents FROM tabs"

def tabs(bill):
    """The tab, if billing dies before statement 1, 2, 3, or the commit."""
    found = []
    for dies_at in (1, 2, 3, None):
        db = Database(dies_at)
        faults = [] if dies_at else ["crash billing commit 1"]
        cafe(lambda record: bill(record, db), *faults)
        found += [row["cents"] for row in db.execute(TAB)]
    return found

# %% [markdown]
# One coffee, four places to die. Billing can mark the id first and charge
# afterwards, or charge first:

# %%
def mark_first(record, db):
    if not db.execute(FIND, [record.envelope.id]):
        db.execute(MARK, [record.envelope.id])
        db.execute(CHARGE, [record.event.cents, record.event.guest])

def charge_first(record, db):
    if not db.execute(FIND, [record.envelope.id]):
        db.execute(CHARGE, [record.event.cents, record.event.guest])
        db.execute(MARK, [record.envelope.id])

print("mark first  :", tabs(mark_first))
print("charge first:", tabs(charge_first))

# %% [markdown]
# Before statement 3, between the two writes, the coffee is *lost* in the
# first order and charged *twice* in the second. Each is right at three places
# of four, so you can be lucky for years.
#
# There is no third order. But a database can make two writes one:

# %%
def both_or_none(record, db):
    with db.transaction():  # the line that saves us
        mark_first(record, db)

tabs(both_or_none)

# %% [markdown]
# The mark and the effect are in **one transaction**: after a crash both are
# there, or neither.
#
# One hole is left. Billing was slow, its group has given the record to another
# process, and the first one is a zombie (lesson 02). Both *ask* before either
# has *marked*:

# %%
def race(db):
    answers = [db.execute(FIND, ["sale-1"]) for _ in ("old", "new")]
    for known in answers:
        if not known:
            with suppress(ConstraintViolated), db.transaction():
                db.execute(MARK, ["sale-1"])
                db.execute(CHARGE, [400, "Ada"])
    return db.execute(TAB)

loose, strict = Database(), Database()
strict.execute("CREATE UNIQUE INDEX once ON processed_event_ids (id)")
print("no unique key  :", race(loose))
print("with unique key:", race(strict))

# %% [markdown]
# With a **unique key** the second mark is refused, and with it the whole
# transaction. (Asking inside it is enough in SQLite, which lets one writer in
# at a time. PostgreSQL, by
# [default](https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED),
# lets both in, and both hear no.)
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
# Hohpe and Woolf call a reader with such an inbox an **idempotent receiver**.
#
# ## A test that proves nothing
#
# A colleague finds the table too big: "I keep the last few ids in memory.
# Look, I have a test that sends each drink twice."

# %%
def cups(size, fault, drinks=3):
    """Cups are sold. How many get charged, with `size` ids kept?"""
    ids, charged = deque(maxlen=size), []
    def bill(record):
        if record.envelope.id not in ids:
            ids.append(record.envelope.id)
            charged.append(record)
    cafe(bill, fault, drinks=drinks, memory=ids)
    return len(charged)

[cups(size, "duplicate till publish 2") for size in (0, 1, 2)]

# %% [markdown]
# Without memory, four cups of three are charged. With one id, three: green.

# %%
predict("03-c")

# %% [markdown]
# A duplicate can come in more than one way. Attack every memory with each of
# them, and our inbox, too.

# %%
def cups_by_inbox(fault):
    db = Database()
    inbox = Inbox(db, "billing")
    def bill(record):
        with db.transaction():
            if inbox.first_time(record):
                db.execute(CHARGE, [400, "Ada"])
    cafe(bill, fault, drinks=3)
    return db.execute(TAB)[0]["cents"] // 400

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
# Our colleague's test is the first column. The others:
#
# - *late*: the copy comes after all else, as from a dead letter queue that
#   somebody empties on Monday;
# - *suffix*: the group goes back, and a whole stretch comes again;
# - *second*: a second consumer takes over, gets what the first one has done
#   and not committed, and has a memory of its own.
#
# Only the inbox says 3 everywhere. Test with *late* copies, and with crashes.
#
# From here on we import it:
# [`sandbox.patterns.Inbox`](../sandbox/patterns/inbox.py) is these lines and
# its error checks. It insists on a transaction, for example.

# %% [markdown]
# ## How long do you keep the ids?
#
# The inbox grows with each event. May old lines go? Sell 50 cups, and let the
# copy of the first one come late:

# %%
late = "duplicate till publish 1 late"
for size in (10, 49, 50):
    print(f"{size} ids kept:", cups(size, late, drinks=50), "cups charged")

# %% [markdown]
# A window of 49 is worth as little as one of 10. It has to be longer than the
# *longest way on which an event can come back*: the board's retention (Kafka:
# [a week](https://kafka.apache.org/documentation/#topicconfigs_retention.ms) by
# default), plus its time in a dead letter queue. A board that is kept for ever
# needs its ids for ever.
#
# Beware of short windows that sound like a promise: FIFO queues of Amazon SQS
# know an id for
# [5 minutes](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html),
# and keep messages for up to
# [14 days](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html).

# %% [markdown]
# ## Effects that don't add up
#
# Some effects can be repeated without any memory. *Add 400* can't. *Set* can:
# a light that is switched on twice is on. So perhaps you can do without ids?
# The light in the café is on while somebody is inside. Ada comes, and goes,
# and the copy of her coming is late.

# %%
@dataclass(frozen=True)
class GuestPassed(Event):
    guest: str
    to: str

predict("03-d")

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
# The light stays on all night for a guest who has gone. `add` and `discard`
# are idempotent, each of them. But something else had happened in between, and
# the late copy undid it.
#
# An inbox helps against the copy. Against two *different* events in the wrong
# order no id helps, only a version does: lesson 04, and exercise 03.4.

# %% [markdown]
# ## The money is elsewhere
#
# Now billing charges Ada's card as well, at a provider. Put that call into the
# transaction. The process dies after the call, before the transaction's end
# (statement 3 here).

# %%
from sandbox.patterns import Inbox

db, provider = Database(dies_at=3), SimulatedGateway()

def settle(record):
    with db.transaction():
        if Inbox(db, "billing").first_time(record):
            attempt = f"attempt {len(provider.ledger) + 1}"
            provider.charge("Ada", 400, idempotency_key=attempt)
            db.execute(CHARGE, [400, "Ada"])

cafe(settle)
print("in our database:", db.execute(TAB))
print("on the card    :", sum(made.cents for made in provider.ledger))

# %% [markdown]
# Our books are right, and Ada has paid twice. The rollback took back the mark
# and the tab. It can't take back what another company has done.
#
# And if the provider doesn't answer in time? A timeout doesn't say that nothing
# was done (remember the till). So providers take an **idempotency key**: the
# same key has its effect once, and a repetition gets the first answer. What do
# you put into it? Ada has *two* orders over 400 cents, and the first answer
# gets lost:

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
# The key names the **intent**, *pay for A-1*, and not the attempt: then three
# calls are two charges. If the key is too wide, the second order is taken for
# a repetition, and nobody pays for it. Had it another price, it would be
# refused:

# %%
provider = SimulatedGateway()
provider.charge("Ada", 400, idempotency_key="Ada")
try:
    provider.charge("Ada", 450, idempotency_key="Ada")
except IdempotencyKeyReused as error:
    print(error)

# %% [markdown]
# Providers have a window, too: Stripe (API v1) may forget a key after
# [24 hours](https://docs.stripe.com/api/idempotent_requests). So write down the
# outcome on your side, and after a day of silence, ask before you try again.
# Where nobody takes a key, as with most e-mail, once in a while it *is* twice.

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
# and that is worth having. A till that restarts, and sends its last sale once
# more, is a new session. (With a new id, too, which no inbox recognises. So
# the id is stored with the sale: lesson 08.) And it has no part in what billing
# does twice, as the crash has shown.
#
# Second, *exactly-once*: what billing publishes and what it commits become one
# transaction.

# %%
@dataclass(frozen=True)
class DrinkBilled(Event):
    guest: str

bus = connect()
drinks, bills = bus.create_topic("drinks"), bus.create_topic("bills")
bus.publish(drinks, DrinkSold("Ada", 400), key="Ada", source="till")
db, mails, power_cuts = Database(), [], ["once"]

# %%
predict("03-e")

# %% [markdown]
# The power fails once, right before the end of Kafka's transaction; then a new
# process does it all again.

# %%
def bill_in_kafka(billing, producer):
    for record in billing.poll():
        with producer.transaction():
            producer.publish(bills, DrinkBilled("Ada"), cause=record)
            producer.commit(billing, record)
            db.execute(CHARGE, [400, "Ada"])
            mails.append("Dear Ada, …")
            if power_cuts:
                raise Crashed(power_cuts.pop())

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
print("on the tab in our database             :", db.execute(TAB))
print("mails                                  :", len(mails))

# %% [markdown]
# Inside Kafka: one bill. The first attempt was aborted, and readers of
# committed records never see it. On the tab and in Ada's mailbox: two.
# Kafka's transaction covers
# [what is read from Kafka and written to Kafka](https://kafka.apache.org/documentation/#semantics),
# and nothing else.
#
# So don't say *exactly once*. The event is delivered once or more often, its
# effect is there once: **effectively once**. And that is your reader's work.

# %% [markdown]
# ## Your turn
#
# In [exercises/03_idempotent_consumers.ipynb](../exercises/03_idempotent_consumers.ipynb):
#
# - **03.1** One stamp for each drink, whatever kind of copy comes.
# - **03.2** The same with crashes, and with two processes at once.
# - **03.3** Charge a card once, when the provider doesn't answer.
# - **03.4** Added, removed, added again, in any order.
# - **03.5** Now you attack: a reader that survives every single fault. Find the
#   two that it doesn't.

# %% [markdown]
# ## On real Kafka
#
# Start Kafka with `make kafka`, set `SANDBOX_BUS=kafka://localhost:9092`, and
# run everything again: the same tabs, cups and bills.
#
# | | simulated | Kafka |
# |---|---|---|
# | which copies come, and what they do | the same | the same |
# | a process that dies | is missed at once | our crash leaves the group; a real one is missed after [45 s](https://kafka.apache.org/documentation/#consumerconfigs_session.timeout.ms) |
# | lost responses, late copies | made by our faults | made by our faults; by themselves, rare |
# | the repeated request, dropped | by the bus | by our adapter: no client repeats one when told to |

# %% [markdown]
# ## What you can now say
#
# Who gets no answer can lose or repeat; at least once means: repeat. A reader
# is idempotent if the mark, under a unique key, and the effect are one
# transaction. Where no transaction reaches, a key that names the intent goes
# along.
#
# | the effect is | use | its limit |
# |---|---|---|
# | a row in your database | inbox, same transaction | the ids have to be kept |
# | a state that is set | its version | the sender has to count |
# | a record in Kafka | Kafka's transaction | nothing outside of Kafka |
# | at a provider | idempotency key of the intent | the provider forgets keys |
# | at somebody who takes no key | an apology | now and then it is twice |

# %% [markdown]
# ## What we left out
#
# The position instead of the ids, stored with the state: exercise 02.4. Where
# the inbox meets the outbox: lesson 08. Dead letters that come back: lesson 09.
# All words are in the [glossary](../docs/glossary.md).
#
# **Read on:** Gregor Hohpe and Bobby Woolf,
# [Idempotent Receiver](https://www.enterpriseintegrationpatterns.com/patterns/messaging/IdempotentReceiver.html)
# (2003). Pat Helland,
# [Idempotence Is Not a Medical Condition](https://queue.acm.org/detail.cfm?id=2187821)
# (2012). Jim Gray,
# [Notes on Data Base Operating Systems](https://jimgray.azurewebsites.net/papers/dbos.pdf)
# (1978), who tells of the two generals.
