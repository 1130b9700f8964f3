# %% [markdown]
# # 07 · Exercises: sagas
#
# An order touches three partners, and no transaction reaches them all. Here
# you write the saga that takes an order through, or takes everything back. It
# is attacked by every crash and every call without an answer.

# %%
import sandbox  # from here on, this notebook knows %%exercise

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
# Each call may raise `GatewayTimeout`: there was no answer. Perhaps the call
# was never heard, perhaps it was done, and perhaps it is **still on its way**
# and will be done later. A call that comes without an answer is no refusal:
# an order is cancelled only where a partner has refused.
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
