# %% [markdown]
# # The course
#
# Event-driven architecture, one lesson at a time. You run small programs, say
# what will happen, see it go wrong on a timeline, and mend it. Then your own
# code is attacked with every crash, repetition and delay of its kind.
#
# New here? Begin with [lesson 00](00_welcome.ipynb). It takes a few minutes
# and needs nothing.

# %% [markdown]
# ## How to use it
#
# 1. Read and run the lessons here, in `notebooks/`: `Shift+Enter` runs a cell.
# 2. Where a cell asks you to predict, choose before you run on. A wrong guess
#    is what you will remember.
# 3. Change the cells and run them again. *Kernel > Restart Kernel and Run All
#    Cells* puts everything right.
# 4. Write your own code in `exercises/`. Running the cell grades it, as often
#    as you like.
# 5. A failure is drawn as its shortest story. Read that before you open a
#    hint.
# 6. Look into `solutions/` when yours has passed: there is often another way.
# 7. Each lesson has one page to print, for the day before the interview.
# 8. A word that you don't know is in the [glossary](glossary.ipynb).
# 9. Every lesson also runs on real Kafka: `make kafka`, then
#    `SANDBOX_BUS=kafka://localhost:9092 make lab`.
# 10. Come back to this page: below, it says how far you are.

# %% [markdown]
# ## The lessons
#
# {{ lessons }}
#
# The time is for reading and running; the exercises come on top of it.

# %% [markdown]
# ## Three paths
#
# {{ paths }}

# %% [markdown]
# ## How far are you?
#
# Run the next cell. It looks into a file beside your exercises, which never
# leaves this machine. (`sandbox.progress()` alone has a line for each
# exercise, with its title.)

# %%
import sandbox

sandbox.progress().by_lesson
