# %% [markdown]
# # 00 · The board in the café
#
# In the next minutes you will build a café in which nobody waits for anybody,
# send half of its staff to lunch, and lose nothing. Then your first exercise
# is attacked.
#
# **Time:** 10 minutes, and a few more for the exercise. **You need:** Python
# functions; nothing to install.
#
# **You will be able to:** publish an event and read it, say what happens
# while a reader is away, and find your way through this course.

# %% [markdown]
# Click into the next cell and press `Shift+Enter`. It says what this
# machine has. Nothing that it calls missing stops you in this lesson.

# %% tags=["machine"]
from sandbox import check_setup

check_setup()

# %% [markdown]
# ## The situation
#
# Ada stands at the till, Bo makes the drinks. Until yesterday Ada called out
# each order, and while the coffee grinder ran, nobody heard her. Since this
# morning there is a board on the wall. Ada writes each order on it and turns
# to the next guest. Bo looks at the board whenever his hands are free.
#
# Here is the board, and what Ada writes on it.

# %% tags=["bus"]
from dataclasses import dataclass

from sandbox import Event, connect
from sandbox.views import predict, topology

@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    drink: str

bus = connect()
bus

# %% [markdown]
# ## Your first event
#
# The board is a **topic**, and each line on it is an **event**: something
# that has happened. Ada sells an oat latte.

# %%
orders = bus.create_topic("orders", partitions=2)

def sell(order_id, drink):
    event = OrderPlaced(order_id, drink)
    bus.publish(orders, event, key=order_id, source="till")

sell("A-1", "oat latte")
bus.trace

# %% [markdown]
# That is a timeline. Time runs to the right, and everyone who does something
# gets a row. `orders[1]@0` is the place of the event: topic `orders`, part 1,
# position 0. (Why does the board have two parts, called **partitions**? One
# reason comes below, and lesson 02 has the others.)
#
# Now Bo. He opens the board, takes each order that waits, makes it, and ticks
# it off. The tick is called a **commit**. It is kept under the name of his
# **consumer group**, here `barista`.

# %%
made = []

def bo_works():
    with bus.consumer(orders, group="barista") as barista:
        for record in barista.poll():
            made.append(record.event.order_id)
            barista.commit(record)

bo_works()
bus.trace

# %% [markdown]
# ## Bo goes to lunch
#
# Ada goes on selling: three more orders, and nobody makes a drink. Then Bo
# comes back.

# %%
predict("00-a")

# %%
for order_id in ("A-2", "A-3", "A-4"):
    sell(order_id, "espresso")

print("made so far:", made)
print("waiting    :", bus.lag("barista"))

# %% [markdown]
# Ada never noticed that she was alone: no error, no waiting, no second try.
# Three orders wait. Bo is back:

# %%
bo_works()
print("made       :", sorted(made))
print("waiting    :", bus.lag("barista"))

# %% [markdown]
# Four orders, four drinks: none was lost, and `A-1` was not made again. (They
# are `sorted` here, since between two partitions there is no order.) Who has
# remembered all that? Not Ada, and not Bo, whose `bo_works()` has begun
# from nothing. The board keeps the orders, and for each group it keeps how
# far that group has come.
#
# Would that also be true if Bo had dropped a cup and run, in the middle of a
# drink? That depends on one line, and it is your first exercise.

# %% [markdown]
# ## Your turn: how exercises work
#
# Open [exercises/00_welcome.ipynb](../exercises/00_welcome.ipynb), run its
# cells from the top, and mend **00.1** until it says `PASS`. It takes three
# minutes. Then come back.
#
# What happens there happens in every exercise. You write a function, and a
# grader runs it under all kinds of trouble: a crash at each step, records
# that come twice or late, calls that fail. It says
#
# - `FAIL`, with the shortest story in which it goes wrong, as a timeline;
# - `PASS`, with how many stories it has survived;
# - `UNKNOWN`, when there was nothing to test yet.

# %% [markdown]
# ## Why events at all?
#
# People give four reasons. Do they hold? Try each of them here.
#
# **1. Loose coupling.** A stamp card is to be introduced. Ada's code knows
# nothing of stamps, and nobody opens it:

# %%
def reads_all(group):
    with bus.consumer(orders, group=group) as reader:
        return [record.event for record in reader.poll()]

len(reads_all("stamps"))

# %%
topology(
    publishes={"till": ["orders"]},
    reads={"barista": ["orders"], "stamps": ["orders"]},
)

# %% [markdown]
# True: a new reader, and the till stays as it is. But look at what they still
# share: the event. Rename `drink`, and every reader breaks. (Lesson 10.)
#
# **2. Scale by adding consumers.** At noon three baristas stand at the board,
# all in one group, and share the work. How many of the two partitions does
# each of them get?

# %%
with (
    bus.consumer(orders, group="noon") as bo,
    bus.consumer(orders, group="noon") as cleo,
    bus.consumer(orders, group="noon") as dan,
):
    team = (bo, cleo, dan)
    shares = [len(barista.assignment) for barista in team]
sorted(shares)

# %% [markdown]
# Two of them work, and the third stands idle. So it is true up to the number
# of partitions, and not beyond. (Lesson 02.)
#
# **3. A history.** The owner asks at night: how much espresso was that?
# Nobody has counted, but the board still has every line:

# %%
drinks = [event.drink for event in reads_all("owner")]
drinks.count("espresso")

# %% [markdown]
# True, for as long as the board keeps its lines: a topic may forget old ones,
# and by default
# [Kafka's forget after seven days](https://kafka.apache.org/documentation/#brokerconfigs_log.retention.hours).
# To make the history your one truth is a decision of its own. (Lesson 05.)
#
# **4. Nobody waits.** You have seen it at lunch: Ada sold three drinks while
# there was nobody to make them. But her guests have no drink yet, only a
# number. The waiting has moved; it is not gone.

# %% [markdown]
# ## And when not?
#
# A guest pays by card. Before Ada hands over the cup, she wants to know
# whether the card was accepted.

# %%
predict("00-b")

# %% [markdown]
# Try both. By events: Ada writes the payment on one board, and the card
# terminal will answer on another one. By a call: she asks, and waits for the
# answer.

# %%
@dataclass(frozen=True)
class CardTapped(Event):
    order_id: str
    cents: int

def accepts(cents):
    return cents <= 500

# %%
taps = bus.create_topic("taps")
answers = bus.create_topic("answers")
bus.publish(taps, CardTapped("A-5", 900), key="A-5")

with bus.consumer(answers, group="till") as till:
    print("by events:", till.poll())
print("by a call:", accepts(900))

# %% [markdown]
# By events there is no answer yet, and Ada can't know when there will be one.
# The call says `False`, at once.
#
# So events are not always looser, or better. Where you need the answer *now*
# in order to go on, *call*. Where you only have to say what has happened,
# publish. A good system does both.

# %% [markdown]
# ## On real Kafka
#
# The board above is simulated, inside this notebook. The same cells run on
# Apache Kafka: start it with `make kafka` in a terminal, change one line to
# `bus = connect("kafka://localhost:9092")`, and choose *Run All Cells*. The
# outputs stay the same; the tests of this course compare them. What differs:
# ids and times, and how long it takes three baristas to share the work.
#
# You don't need it in order to go on. It is there for the day when you want
# to see that we don't lie.

# %% [markdown]
# ## What you can now say
#
# A producer writes events to a topic and knows no reader. Each group of
# readers has its own place, which it commits, and goes on from there. So a
# reader may be away, be slow, or be new, and nothing is lost as long as it
# commits after its work.
#
# | you gain | you pay |
# |---|---|
# | readers may be away, or come later | the answer comes later, too |
# | more readers, up to the partitions | order only inside a partition |
# | a history | a shape that binds everyone who reads it |

# %% [markdown]
# ## What we left out
#
# Nearly everything: what an event is and what it isn't (lesson 01), what
# exactly a commit promises (02), and what to do when a record comes twice
# (03). Where to go, and how long it takes, is in the [index](index.ipynb);
# each word in bold is in the [glossary](glossary.ipynb).
#
# **Read on:** Jay Kreps,
# [The Log](https://engineering.linkedin.com/distributed-systems/log-what-every-software-engineer-should-know-about-real-time-datas-unifying)
# (2013), the essay by one of Kafka's authors. Martin Fowler,
# [What do you mean by "Event-Driven"?](https://martinfowler.com/articles/201701-event-driven.html)
# (2017).
