# %% [markdown]
# # 07 · Exercises: sagas
#
# An order touches several partners, and no transaction reaches them all. First
# you let the services find the way by themselves; then you lead them; then
# you take an order back; then two orders meet. In the end you break somebody
# else's saga. The lesson is in
# [notebooks/07_sagas.ipynb](../notebooks/07_sagas.ipynb).

# %%
import sandbox  # from here on, this notebook knows %%exercise

# %% [markdown]
# ## 07.1 Nobody leads, and every order ends
#
# A choreography of three services. The café has five cups.
#
# - **inventory** hears `OrderPlaced`: where there are enough cups, they are set
#   aside, and it says `CupsReserved` on the topic `cups`. Where not, the order
#   waits, and smaller ones may pass it. It hears `PaymentFailed`: that order is
#   over, its cups are free again, and whoever waits and fits gets them.
# - **payments** hears `CupsReserved` and charges `"guest of A-1"` for the
#   order `A-1`. It says `PaymentCaptured` or, where the money isn't there,
#   `PaymentFailed`, on the topic `payments`.
# - **kitchen** hears `PaymentCaptured` and makes the order: one row in `made`.

# %% [markdown]
# Each function is called for each record of its topics. Where it raises an
# error or its process dies, at any step, the same record comes again. And any
# event may come once more, **late**, after everything else.
#
# | | |
# |---|---|
# | inventory's `db` | `shelf (free)`, one row: 5 at first |
# | | `orders (order_id, cups, cents, state)`: the first is unique, `state` is a text of yours |
# | kitchen's `db` | `made (order_id)`: nothing is unique |
# | `provider.charge(account, cents, idempotency_key=…)` | raises `PaymentDeclined`; the same key again has no second effect |
#
# In the end each order that could be paid and served is made, once; `free` is
# right; nobody is charged twice; and there is an end.

# %% exercise="07.1"
from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import PaymentDeclined

@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cups: int
    cents: int

@dataclass(frozen=True)
class CupsReserved(Event):
    order_id: str
    cents: int

@dataclass(frozen=True)
class PaymentCaptured(Event):
    order_id: str

@dataclass(frozen=True)
class PaymentFailed(Event):
    order_id: str

def inventory(record, db, bus):
    ### BEGIN SOLUTION: react to what you hear
    event = record.event
    with db.transaction():
        if isinstance(event, OrderPlaced):
            new = [event.order_id, event.cups, event.cents]
            db.execute(
                "INSERT OR IGNORE INTO orders VALUES (?, ?, ?, 'waiting')", new
            )
        elif isinstance(event, PaymentFailed):
            over = "UPDATE orders SET state = 'over' WHERE order_id = ? "
            held = "AND state IN ('reserved', 'told') RETURNING cups"
            for row in db.execute(over + held, [event.order_id]):
                take(db, -row["cups"])
        for row in with_state(db, "waiting"):
            if db.execute("SELECT free FROM shelf")[0]["free"] >= row["cups"]:
                take(db, row["cups"])
                set_state(db, row["order_id"], "reserved")
    for row in with_state(db, "reserved"):
        said = CupsReserved(row["order_id"], row["cents"])
        bus.publish("cups", said, key=said.order_id)
        set_state(db, said.order_id, "told")
    ### END SOLUTION

def payments(record, provider, bus):
    ### BEGIN SOLUTION: charge, and say what came of it
    order_id = record.event.order_id
    account, key = f"guest of {order_id}", f"charge {order_id}"
    try:
        provider.charge(account, record.event.cents, idempotency_key=key)
        said = PaymentCaptured(order_id)
    except PaymentDeclined:
        said = PaymentFailed(order_id)
    bus.publish("payments", said, key=order_id)
    ### END SOLUTION

def kitchen(record, db):
    ### BEGIN SOLUTION: make it
    order_id = record.event.order_id
    once = "WHERE NOT EXISTS (SELECT 1 FROM made WHERE order_id = ?)"
    db.execute(f"INSERT INTO made SELECT ? {once}", [order_id, order_id])
    ### END SOLUTION

### STUB: # more functions, if you like
### BEGIN SOLUTION: more functions
def with_state(db, state):
    asked = "SELECT * FROM orders WHERE state = ? ORDER BY rowid"
    return db.execute(asked, [state])

def set_state(db, order_id, state):
    change = "UPDATE orders SET state = ? WHERE order_id = ?"
    db.execute(change, [state, order_id])

def take(db, cups):
    db.execute("UPDATE shelf SET free = free - ?", [cups])
### END SOLUTION

# %% [markdown]
# ## 07.2 The orchestrator that remembers
#
# Now one leads. `handle` hears `OrderPlaced` and the partners' answers, and
# decides what to ask for next:
#
# | hears | asks for |
# |---|---|
# | `OrderPlaced` | `ReserveCups` |
# | `CupsReserved` | `ChargeGuest` |
# | `GuestCharged` | nothing: the order is `'served'` |
# | `ChargeRefused` | `ReleaseCups` |
# | `CupsReleased` | nothing: the order is `'cancelled'` |
#
# Commands go to the topic `commands`. `relay` is another process, which is
# run again and again; leave it empty if you don't need it.

# %% [markdown]
# - A partner knows a command by its **id**: `bus.publish(…, id="…")`. The same
#   id again: it does nothing, and **answers again**. Another id: it does it
#   again.
# - `handle` may be called twice for a record, at once or late, and your
#   process may die at any step.
# - Guests click twice: `OrderPlaced` for one order may come as two events,
#   with two ids.
#
# | table | columns |
# |---|---|
# | `sagas` | `order_id` (unique), `step` (a text of yours, in the end `'served'` or `'cancelled'`) |
# | `outbox` | `number` (counts by itself), `command`, `order_id`, `sent` (0 at first) |
#
# In the end each order is served, or cancelled where its charge was refused,
# and each partner has done its part once, whoever died when.

# %% exercise="07.2"
from dataclasses import dataclass

from sandbox import Command

@dataclass(frozen=True)
class ReserveCups(Command):
    order_id: str

@dataclass(frozen=True)
class ChargeGuest(Command):
    order_id: str

@dataclass(frozen=True)
class ReleaseCups(Command):
    order_id: str

def handle(record, db, bus):
    heard, order_id = record.envelope.type, record.key
    ### BEGIN SOLUTION: take the order one step on
    with db.transaction():
        known = "SELECT step FROM sagas WHERE order_id = ?"
        rows = db.execute(known, [order_id])
        step = rows[0]["step"] if rows else None
        if (step, heard) not in ON:
            return  # said before, or too late
        step, command = ON[step, heard]
        keep = "INSERT OR REPLACE INTO sagas VALUES (?, ?)"
        db.execute(keep, [order_id, step])
        if command:
            ask = "INSERT INTO outbox (command, order_id) VALUES (?, ?)"
            db.execute(ask, [command, order_id])
    ### END SOLUTION

def relay(db, bus):
    ### STUB: pass  # perhaps you don't need it
    ### BEGIN SOLUTION: send what waits
    waiting = "SELECT * FROM outbox WHERE sent = 0 ORDER BY number"
    done = "UPDATE outbox SET sent = 1 WHERE number = ?"
    for row in db.execute(waiting):
        command = KINDS[row["command"]](row["order_id"])
        bus.publish("commands", command, id=f"command {row['number']}")
        db.execute(done, [row["number"]])
    ### END SOLUTION

### STUB: # more, if you like
### BEGIN SOLUTION: more
KINDS = {c.__name__: c for c in (ReserveCups, ChargeGuest, ReleaseCups)}
ON = {
    (None, "OrderPlaced"): ("reserving", "ReserveCups"),
    ("reserving", "CupsReserved"): ("charging", "ChargeGuest"),
    ("charging", "GuestCharged"): ("served", None),
    ("charging", "ChargeRefused"): ("releasing", "ReleaseCups"),
    ("releasing", "CupsReleased"): ("cancelled", None),
}
### END SOLUTION

# %% [markdown]
# ## 07.3 Undo what was done, and nothing else
#
# An order needs three things, in this order: cups, money, and a kitchen that
# says yes. Each partner may refuse. Then what was done before has to be
# undone: the cups go back, and so does the money.
#
# `begin` is called once for each order. It writes it down, no more. `drive`
# is another process: it takes every order that is not finished as far as it
# can. It is run again and again, and started anew whenever it dies.

# %% [markdown]
# | call | answer |
# |---|---|
# | `stock.reserve(order_id, cups)` | `True`, or `False`: not enough cups |
# | `stock.release(order_id)` | none |
# | `payments.charge(account, cents, idempotency_key=…)` | the charge, with its `id`; raises `PaymentDeclined` |
# | `payments.refund(charge_id, idempotency_key=…)` | the refund |
# | `kitchen.accept(order_id, cups)` | `True`, or `False`: too much for it |
#
# The account is `"guest of A-1"` for the order `A-1`. The partners know what
# they were asked before: the same call again has no second effect. Once the
# kitchen has said yes there is no way back.

# %% [markdown]
# Each call may raise `GatewayTimeout`, many times in a row: there was no
# answer. Perhaps the call was never heard, perhaps it was done, and perhaps it
# is **still on its way** and will be done later. A call that comes without an
# answer is no refusal: an order is cancelled only where a partner has refused.
#
# The table `sagas` has the columns `order_id`, `cups`, `cents`, `step` (a
# text of yours, `'new'` at first) and `charge_id` (empty at first). In the
# end `step` is `'served'` or `'cancelled'`.

# %% exercise="07.3"
from sandbox.errors import GatewayTimeout, PaymentDeclined

def begin(order_id, cups, cents, db):
    ### BEGIN SOLUTION: write the order down
    db.execute(
        "INSERT INTO sagas (order_id, cups, cents) VALUES (?, ?, ?)",
        [order_id, cups, cents],
    )
    ### END SOLUTION

def drive(db, stock, payments, kitchen):
    ### BEGIN SOLUTION: take each order on
    open_ones = "step NOT IN ('served', 'cancelled')"
    for saga in db.execute(f"SELECT * FROM sagas WHERE {open_ones}"):
        try:
            take_on(saga, db, stock, payments, kitchen)
        except GatewayTimeout:
            continue  # asked again in the next run
    ### END SOLUTION

### STUB: # more functions, if you like
### BEGIN SOLUTION: more functions
def take_on(saga, db, stock, payments, kitchen):
    order_id = saga["order_id"]
    while saga["step"] not in ("served", "cancelled"):
        saga = STEPS[saga["step"]](saga, stock, payments, kitchen)
        db.execute(
            "UPDATE sagas SET step = ?, charge_id = ? WHERE order_id = ?",
            [saga["step"], saga["charge_id"], order_id],
        )

def reserve(saga, stock, payments, kitchen):
    enough = stock.reserve(saga["order_id"], saga["cups"])
    return saga | {"step": "reserved" if enough else "releasing"}

def charge(saga, stock, payments, kitchen):
    order_id = saga["order_id"]
    account, key = f"guest of {order_id}", f"charge {order_id}"
    try:
        made = payments.charge(account, saga["cents"], idempotency_key=key)
    except PaymentDeclined:
        return saga | {"step": "releasing"}
    return saga | {"step": "charged", "charge_id": made.id}

def accept(saga, stock, payments, kitchen):
    yes = kitchen.accept(saga["order_id"], saga["cups"])
    return saga | {"step": "served" if yes else "refunding"}

def refund(saga, stock, payments, kitchen):
    key = f"refund {saga['order_id']}"
    payments.refund(saga["charge_id"], idempotency_key=key)
    return saga | {"step": "releasing"}

def release(saga, stock, payments, kitchen):
    stock.release(saga["order_id"])
    return saga | {"step": "cancelled"}

STEPS = {
    "new": reserve,
    "reserved": charge,
    "charged": accept,
    "refunding": refund,
    "releasing": release,
}
### END SOLUTION

# %% [markdown]
# ## 07.4 Two orders and one gift card
#
# Two guests pay with the same gift card, at the same time. Each order is a
# saga: is there enough money on the card? Does the kitchen accept the order?
# Then the money is taken; where the kitchen refuses, the card is as before.
#
# `drive(order_id, db, kitchen)` takes one order as far as it can. Each order
# has a process of its own that calls it again and again, as long as anything
# changes anywhere. The two take turns **at every step, in any order**.

# %% [markdown]
# | table | columns |
# |---|---|
# | `sagas` | `order_id` (unique), `card`, `cents`, `step` (a text of yours, `'new'` at first) |
# | `cards` | all gift cards: `card` (unique), `cents`, `used_by` (empty at first; use it as you like) |
#
# - `kitchen.accept(order_id)` returns `True` or `False`. It may raise
#   `GatewayTimeout`, many times in a row: perhaps it has accepted by then.
#   Asked again it says the same. Once it has accepted, it makes the drink: ask
#   only when the money is sure.
# - It takes its time. No transaction may be open while you ask.
# - Your process may die at any step.

# %% [markdown]
# In the end `step` is `'served'` (the kitchen has accepted), `'cancelled'` (it
# has refused) or `'refused'` (too little on the card). Both orders have to end
# **as if one of them had come after the other**: nobody is refused because of
# money that comes back later, and no money is lost.

# %% exercise="07.4"
from sandbox.errors import GatewayTimeout

def drive(order_id, db, kitchen):
    ### BEGIN SOLUTION: take the order on
    known = "SELECT * FROM sagas WHERE order_id = ?"
    (saga,) = db.execute(known, [order_id])
    step = take(saga, db) if saga["step"] == "new" else saga["step"]
    if step != "taken":
        return  # ended, or somebody else uses the card
    try:
        accepted = kitchen.accept(order_id)
    except GatewayTimeout:
        return  # asked again in the next run
    back = 0 if accepted else saga["cents"]
    with db.transaction():
        end(saga, "served" if accepted else "cancelled", db)
        free = "UPDATE cards SET used_by = NULL, cents = cents + ? "
        db.execute(free + "WHERE card = ?", [back, saga["card"]])
    ### END SOLUTION

### STUB: # more functions, if you like
### BEGIN SOLUTION: more functions
def take(saga, db):
    """Put the mark on the card and take the money; the step that it is at."""
    card, cents = saga["card"], saga["cents"]
    with db.transaction():
        (found,) = db.execute("SELECT * FROM cards WHERE card = ?", [card])
        if found["used_by"]:
            return "new"
        if found["cents"] < cents:
            return end(saga, "refused", db)
        mark = "UPDATE cards SET used_by = ?, cents = cents - ? WHERE card = ?"
        db.execute(mark, [saga["order_id"], cents, card])
        return end(saga, "taken", db)

def end(saga, step, db):
    change = "UPDATE sagas SET step = ? WHERE order_id = ?"
    db.execute(change, [step, saga["order_id"]])
    return step
### END SOLUTION

# %% [markdown]
# ## 07.5 Break the saga that looks right
#
# Somebody has read exercise 07.3 and written this. It has been reviewed and
# tested: **no single fault does it any harm.** Where the stock has not
# answered twice, the order is given up, and the cups are put back, in case
# they were set aside after all.

# %% tags=["build"]
from contextlib import suppress
from sandbox.errors import GatewayTimeout

def drive(db, stock, payments):
    done = "UPDATE sagas SET step = ? WHERE order_id = ?"
    for saga in db.execute("SELECT * FROM sagas WHERE step = 'new'"):
        with suppress(GatewayTimeout):  # no answer: the next run asks again
            step = outcome(saga, stock, payments)
            db.execute(done, [step, saga["order_id"]])

def outcome(saga, stock, payments):
    order_id, reserved = saga["order_id"], False
    for _ in range(2):
        with suppress(GatewayTimeout):
            reserved = reserved or stock.reserve(order_id, saga["cups"])
    if not reserved:
        stock.release(order_id)  # it may have been done all the same
        return "cancelled"
    payments.charge(order_id, saga["cents"], idempotency_key=order_id)
    return "served"

# %% [markdown]
# The stock and the provider are those of 07.3, with one difference: this stock
# doesn't remember what it was asked to put back. There is one order, `A-1`,
# for two cups, and `drive` is run again and again by the process `saga`.

# %% [markdown]
# Write the schedule that breaks **conservation**: in the end cups are set
# aside for an order that is cancelled, or somebody has paid for it. One fault a
# line; the number says which of these calls it is, counted over all runs:
#
# | fault | |
# |---|---|
# | `crash saga reserve 1 after` | dies after its first `reserve`; or `before` |
# | `fail saga reserve 1 request` | no answer, and it was never heard |
# | `fail saga charge 1 response` | it was done, and the answer is lost |
# | `fail saga charge 1 late` | no answer now, and it will be done later |
#
# The shortest schedule wins. (There is more than one way.)

# %% exercise="07.5"
def break_it():
    ### STUB: return """
    ### STUB: """  # one fault a line, such as: crash saga reserve 1 after
    ### BEGIN SOLUTION: write the schedule
    return """
        fail saga reserve 1 late
        fail saga reserve 2 request
    """
    ### END SOLUTION
