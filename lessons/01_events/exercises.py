# %% [markdown]
# # 01 · Exercises: messages and their envelopes
#
# Two exercises. Each one is a cell that begins with `%%exercise`: run it, and
# it is attacked at once, beneath itself. It says what a guest or a colleague
# would have seen. Hints are folded away; open one when you want it.
#
# A cell has to stand alone: what it needs, it imports. Run it as often as you
# like. The lesson is in
# [notebooks/01_events.ipynb](../notebooks/01_events.ipynb).

# %%
import sandbox  # from here on, this notebook knows %%exercise

# %% [markdown]
# ## 01.1 Name and shape twelve messages
#
# A name is the first thing that every other team reads, and often the only
# thing. A wish that is written as a fact has misled many of them.
#
# Here are twelve sentences. Numbers 1 to 6:
#
# 1. Table 4 has ordered two flat whites. The till calls it A-1.
# 2. “Barista, two flat whites for A-1, please!”
# 3. The cups of A-1 stand on the counter, and the barista has rung the bell.
# 4. The terminal has taken 7.40 for A-1. Somebody should send a receipt.
# 5. For the new branch: all that we know about the guest C-7.
# 6. “Billing, give the guest of A-3 her 3.90 back!”

# %% [markdown]
# And 7 to 12:
#
# 7. The guest of A-4 has asked for her money back. Nobody has decided yet.
# 8. For the screens on the wall: tomorrow's menu, with all prices.
# 9. At the till, A-5 has been switched from cow's milk to oat milk.
# 10. The last cinnamon roll is sold. The bakers will have to bake again.
# 11. “Bakers, twelve cinnamon rolls by nine o'clock!”
# 12. For the bookkeeper: today's takings, a line for each order.

# %% [markdown]
# For each one, say three things: its kind (`event`, `command` or
# `document`), a name of your own, and its fields. You may fill in some rows,
# leave `...` in the others, and run the cell. Two more sentences, done:
#
# - “The guest of A-6 has cancelled.”
# - “Cleaners, the oven at noon, please!”

# %%
example = {
    "A-6": ("event", "OrderCancelled", "order_id"),
    "oven": ("command", "CleanOven", "oven_id start_at"),
}
example["A-6"]

# %% [markdown]
# **The rules.** Names are written `LikeThis`, say what their own sentence says
# (not what is still hoped for), and don't repeat their kind (no `…Event`). No
# two are the same.
#
# - **Event:** a thing and what happened to it, in the past tense. An event's
#   verb is one of the café's: `Updated`, `Processed` or `Saved` say nothing,
#   and neither does `OrderChanged`. Fields: an id that ends in `_id`, and
#   what changed. Five at most, no whole things (`order`), no private data.
# - **Command:** a verb in the imperative, then its object. Fields: what the
#   owner needs; also for which order, where the sentence names one.
# - **Document:** what it contains. Fields: at least one besides ids, dates and
#   a version.

# %% exercise="01.1"
def messages():
    ### STUB: return {
    ### STUB:     1: ...,  # ("event", "OneTwoThree", "some_id more")
    ### STUB:     2: ...,
    ### STUB:     3: ...,
    ### STUB:     4: ...,
    ### STUB:     5: ...,
    ### STUB:     6: ...,
    ### STUB:     7: ...,
    ### STUB:     8: ...,
    ### STUB:     9: ...,
    ### STUB:     10: ...,
    ### STUB:     11: ...,
    ### STUB:     12: ...,
    ### STUB: }
    ### BEGIN SOLUTION: say kind, name and fields of each
    return {
        1: ("event", "OrderPlaced", "order_id table drinks"),
        2: ("command", "MakeDrinks", "order_id drinks"),
        3: ("event", "DrinksServed", "order_id"),
        4: ("event", "PaymentCaptured", "order_id cents"),
        5: ("document", "GuestProfile", "guest_id favourites stamps"),
        6: ("command", "RefundPayment", "order_id cents"),
        7: ("event", "RefundRequested", "order_id reason"),
        8: ("document", "DailyMenu", "day drinks prices"),
        9: ("event", "MilkReplaced", "order_id old_milk new_milk"),
        10: ("event", "CinnamonRollsSoldOut", "product_id"),
        11: ("command", "BakeRolls", "product_id count ready_by"),
        12: ("document", "DailyTakings", "day lines total_cents"),
    }
    ### END SOLUTION

# %% [markdown]
# ## 01.2 Build the envelope
#
# The payload says *what*. Everything that goes wrong on the way is told apart
# by the envelope: which one, when, because of what. You write two functions.
#
# `seal(event, source, cause=None)` returns a new envelope, a dict with the
# attributes listed below. `event` is a frozen dataclass, as in the
# lesson; `source` is a text; `cause` is the envelope of the message that led
# to this one.

# %% [markdown]
# | attribute | value |
# |---|---|
# | `specversion` | `"1.0"` |
# | `id` | a text that no event of any till ever had |
# | `source` | as given |
# | `type` | the name of the event's class |
# | `time` | now, in UTC, as `2026-05-04T09:59:00.123Z` or finer |
# | `datacontenttype` | `"application/json"` |
# | `correlationid` | the id of the conversation's first message |
# | `causationid` | the id of the cause; absent, or `None`, where there is none |
# | `data` | the event's fields, as a dict |
#
# CloudEvents allows no underscore in a name. What is sealed stays as it is,
# whatever the caller does to its lists and dicts afterwards; so does the cause.

# %% [markdown]
# `send(event, source, publish, cause=None)` seals the event and calls
# `publish(envelope)`. If that raises a `TimeoutError`, nobody knows whether
# the envelope arrived, so `send` tries again: three attempts in all, without
# a pause. After the third, the `TimeoutError` comes out. Any other error
# comes out at once. If all is well, `send` returns the envelope.
#
# A board whose first answer gets lost looks like this:

# %%
arrived = []

def publish(envelope):
    arrived.append(envelope)
    if len(arrived) == 1:
        raise TimeoutError("no answer from the board")

try:
    publish({"id": "evt-1"})
except TimeoutError as error:
    print(error, "- and yet the board has", arrived)

# %% exercise="01.2"
### STUB: # Import here what you need: Python's standard library has it all.
### BEGIN SOLUTION: import what is needed
from dataclasses import asdict
from datetime import UTC, datetime
from uuid import uuid4

### END SOLUTION

def seal(event, source, cause=None):
    ### STUB: raise NotImplementedError("01.2: return the event's envelope")
    ### BEGIN SOLUTION: return the envelope of this event
    id = str(uuid4())
    envelope = {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": type(event).__name__,
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        "correlationid": cause["correlationid"] if cause else id,
        "data": asdict(event),
    }
    if cause:
        envelope["causationid"] = cause["id"]
    return envelope
    ### END SOLUTION

def send(event, source, publish, cause=None):
    ### STUB: raise NotImplementedError("01.2: seal it, publish it")
    ### BEGIN SOLUTION: seal and publish it, three attempts in all
    envelope = seal(event, source, cause)
    for attempts_left in (2, 1, 0):
        try:
            publish(envelope)
            return envelope
        except TimeoutError:
            if not attempts_left:
                raise
    ### END SOLUTION

# %% [markdown]
# ## When both have passed
#
# A pass unfolds other ways to solve it; they are worth a look. Your functions
# stay in this notebook, so you can play with them: seal the same event twice,
# or change a list after it was sealed.
#
# Next: lesson 02, where the board gets parts, and readers share the work.
