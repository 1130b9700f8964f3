# %% [markdown]
# # 00 · Exercise: the board in the café
#
# One small exercise, to see how all of them work. The lesson is in
# [notebooks/00_welcome.ipynb](../notebooks/00_welcome.ipynb).

# %%
import sandbox  # from here on, this notebook knows %%exercise

# %% [markdown]
# ## 00.1 The drink that nobody made
#
# `serve(record, consumer, shelf)` is called for each order on the board. It
# commits the record ("this one is done, for my group") and puts the drink on
# the shelf. Then comes the next one. It is written below, and on a calm day
# it works.
#
# **Run the cell as it is.** The grader runs it again and again, and once at
# each step it has the barista drop everything and go: a crash. Somebody else
# takes over at the board. Look at the picture: which drink is missing, and
# why did nobody make it?
#
# **Then mend it**, and run the cell again. It takes no new line.

# %% [markdown]
# - Every order has to be on the shelf in the end.
# - To put an order on the shelf a second time does no harm: it has one place.
# - On a calm day, each order is put there once: who reads the board again
#   must not begin at the first order.

# %% exercise="00.1"
def serve(record, consumer, shelf):
    ### STUB: consumer.commit(record)
    ### STUB: shelf.put(record.event.order_id)
    ### BEGIN SOLUTION: put the drink on the shelf, then commit
    shelf.put(record.event.order_id)
    consumer.commit(record)
    ### END SOLUTION

# %% [markdown]
# That is how every exercise goes: run it, read the picture, mend it. A FAIL
# is no mark, it is information. There are three hints beneath it, folded
# into each other. The third nearly gives it away, and nobody counts how many
# you open.
#
# To walk through the failing story step by step, put `sandbox.replay()` into
# a new cell. To see how far you are in the whole course, `sandbox.progress()`.
