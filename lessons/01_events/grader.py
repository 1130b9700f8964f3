"""The attacks on the exercises of lesson 01."""

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log2
from typing import NamedTuple
from uuid import UUID

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import strategies as st

from sandbox import Event
from sandbox.grading import Finding, Grader, Submission, for_all
from sandbox.grading.submission import CodeRaised, NotAttempted

# ---------------------------------------------------------------- 01.1 names and shapes


@dataclass(frozen=True)
class Sentence:
    """One of the twelve, and what is particular about it."""

    kind: str
    text: str
    asked: bool = False  # somebody did ask: a name with Requested tells the truth
    not_yet: str = ""  # hoped for, but it hasn't happened: no name of the fact may claim it
    state: str = "(?!)"  # a state that says it as well as a verb: OutOfStock


SENTENCES = {
    1: Sentence("event", "Table 4 has ordered two flat whites. The till calls it A-1.", asked=True),
    2: Sentence("command", "“Barista, two flat whites for A-1, please!”"),
    3: Sentence(
        "event",
        "The cups of A-1 stand on the counter, and the barista has rung the bell.",
        state="Ready",
    ),
    4: Sentence(
        "event",
        "The terminal has taken 7.40 for A-1. Somebody should send a receipt.",
        not_yet="Receipt|Mail",
    ),
    5: Sentence("document", "For the new branch: all that we know about the guest C-7."),
    6: Sentence("command", "“Billing, give the guest of A-3 her 3.90 back!”"),
    7: Sentence(
        "event",
        "The guest of A-4 has asked for her money back. Nobody has decided yet.",
        asked=True,
        not_yet="Refunded|Approved|Granted|Returned|Reimbursed|Accepted",
    ),
    8: Sentence("document", "For the screens on the wall: tomorrow's menu, with all prices."),
    9: Sentence("event", "At the till, A-5 has been switched from cow's milk to oat milk."),
    10: Sentence(
        "event",
        "The last cinnamon roll is sold. The bakers will have to bake again.",
        not_yet="Bak(e|ing|ers?)(?![a-z])|Baked$|Restock|Refill|Replenish|Reorder",
        state="OutOf|Empty|Unavailable",
    ),
    11: Sentence("command", "“Bakers, twelve cinnamon rolls by nine o'clock!”"),
    12: Sentence("document", "For the bookkeeper: today's takings, a line for each order."),
}

# Verbs of a café and of software, as far as they can hardly be taken for a thing.
IMPERATIVES = set(
    """Accept Add Apply Approve Ask Authorize Bake Begin Brew Bring Build Calculate Call Cancel Capture
    Check Clean Collect Complete Confirm Create Debit Decline Delete Deliver Dispatch Display Do Email
    Export Fetch Fill Finish Fulfil Fulfill Generate Get Give Grind Handle Import Inform Issue Keep
    Load Make Notify Pay Perform Place Prepare Print Process Produce Provide Publish Pull Push Put
    Receive Register Reimburse Reject Release Remove Repay Replace Replenish Reserve Restock Reverse
    Save Sell Send Serve Ship Show Start Store Submit Supply Switch Sync Take Tell Trigger Update
    Upload Use Warm""".split()
)
# Things: a command can't begin with one, whatever else the word may mean.
THINGS = set(
    """A Account All Amount An Bag Baker Bakers Bakery Bakes Barista Bell Billing Bread Bun Buns Card Cash Cinnamon
    Coffee Coffees Counter Cow Croissant Croissants Cup Cups Customer Daily Document Drink Drinks Event
    Flat Food Guest Guests Item Items Last Latte Line Menu Message Milk Money More New Oat Oven Payment
    Pastry Pastries Receipt Roll Rolls Shop Stock Table Takings Terminal The Till Today Tomorrow Twelve
    Two White Whites Order Orders""".split()
)
ACTIONS = r"(?:[a-z](?:tion|sion|ment|ance|ing|ery)|Request|Order|Wish|Task|Job|Demand|Instruction|Need)$"
POLITE = set(
    """Awaiting Be Being Can Could Due Expected Expecting Had Has Have I Lets May Might Must Need Needed
    Needing Needs Ought Outstanding Pending Please Require Required Requires Shall Should ToDo Todo Wanted
    Wanting Wants Want We Will Would You""".split()
)
ORDERS = {"Requested", "Ordered", "Asked", "Demanded", "Commanded", "Instructed", "Told", "Triggered"}
VAGUE = set(
    """Updated Modified Edited Altered Processed Handled Saved Persisted Stored Inserted Deleted Happened
    Occurred Affected Touched Executed Performed""".split()
)
COARSE = set(
    """Order Orders Line Item Items Status State Data Detail Details Info Customer Guest Record Entity
    Object Something Thing Drink""".split()
)
IRREGULAR = set(
    """Become Been Begun Bought Broken Brought Built Burnt Caught Chosen Done Drawn Drunk Driven Eaten
    Fallen Fed Felt Forgotten Found Frozen Given Gone Ground Grown Heard Held Hidden Kept Known Laid Led
    Left Lent Lost Made Meant Met Paid Proven Ridden Risen Rung Said Seen Sent Shown Sold Spent Split
    Spoken Spoilt Spilt Stolen Stood Stuck Sworn Swept Taken Taught Thought Thrown Told Torn Understood
    Undone Withdrawn Withheld Won Worn Woken Written Overdrawn Oversold Repaid Resent Rebuilt Undertaken
    Ran Went Came Broke Fell Began Rose Took Gave Chose Rang Drank Ate Grew Knew Spoke Withdrew Got
    Gotten Overrun Overflown Dealt Sought Bound Wound Shut Put Cut Set Hit Let Read Run Come Quit""".split()
)
UNCHANGED = {"Shut", "Put", "Cut", "Set", "Hit", "Let", "Read", "Run", "Come", "Quit", "Become", "Split"}
NOT_PAST = {"Need", "Feed", "Seed", "Red", "Bed", "Speed", "Shed", "Wed", "Exceed", "Proceed", "Succeed"}
PARTICLES = {"Out", "Up", "Off", "Over", "Down", "In", "On", "Away", "Back", "Through", "Again", "Early", "Late"}
PREPOSITIONS = set(
    "At To From By For With Without On In Into Of As Against After Before Because Until Via Per Instead".split()
)
KINDS = ("event", "command", "document")
BAGS = set(
    """order customer guest cart basket everything all data payload details info object entity menu
    history body content contents""".split()
)
PRIVATE = re.compile(r"name$|mail$|phone|address|birth|card_?num|iban|password|^card$|^pan$|cvc")


class Message(NamedTuple):
    """One answer, taken apart."""

    number: int
    kind: str
    name: str
    fields: list[str]

    @property
    def words(self) -> list[str]:
        return re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[0-9]+", self.name)

    @property
    def sentence(self) -> Sentence:
        return SENTENCES[self.number]

    def __str__(self) -> str:
        return f"{self.name}, for number {self.number} ({self.sentence.text})"


names = Grader(
    "01.1",
    "Name and shape twelve messages",
    hints=(
        "Ask of each sentence: has it happened (nobody can refuse it), does somebody want it from one "
        "owner (who may refuse), or does it only hand data over?",
        "Of a sentence that says two things, only what has already happened goes into the name. What "
        "others should do about it is theirs to know.",
        "Read the name aloud. An event goes on after “I have just heard:” and sounds like news. A command "
        "goes on after “Would you, please,”. A document goes on after “Here is the”.",
    ),
)


def _answers(submission: Submission) -> Iterator[Message]:
    """What has been filled in so far, in the order of the sentences."""
    answers = submission.messages()
    if answers is None or answers is ...:
        raise NotAttempted("messages() has no answers yet.")
    if not isinstance(answers, dict):
        raise Finding(f"messages() gives a {type(answers).__name__}; the shop expects a dict: number to message.")
    filled = {number: answer for number, answer in answers.items() if answer is not ... and answer is not None}
    if not filled:
        raise NotAttempted("None of the twelve sentences has a message yet.")
    for number, answer in sorted(filled.items(), key=lambda pair: str(pair[0]).zfill(3)):
        yield _message(number, answer)


def _message(number: object, answer: object) -> Message:
    if number not in SENTENCES:
        raise Finding(f"There is a message for number {number!r}, but the sentences go from 1 to 12.")
    if not isinstance(answer, tuple | list) or len(answer) != 3:
        raise Finding(f"Number {number} is {answer!r}; needed are three things: kind, name, fields.")
    kind, name, fields = answer
    if kind not in KINDS:
        raise Finding(f"Number {number} is of the kind {kind!r}; there are {', '.join(KINDS)}.")
    if not isinstance(name, str) or not re.fullmatch(r"(?:[A-Z][A-Za-z]*[0-9]*)+", name):
        raise Finding(f"Number {number} is called {name!r}; write names as classes are written: OneTwoThree.")
    if isinstance(fields, str):
        fields = fields.replace(",", " ").split()
    if not isinstance(fields, tuple | list) or not all(isinstance(f, str) and f.isidentifier() for f in fields):
        raise Finding(f"{name} has the fields {fields!r}; write their names in one text: 'order_id cents'.")
    return Message(number, kind, name, list(fields))


def _of_kind(submission: Submission, kind: str) -> list[Message]:
    return [message for message in _answers(submission) if message.kind == kind]


def _is_past(words: list[str], at: int) -> bool:
    """Whether the word at this place says that something has happened."""
    word = words[at]
    follows = words[at + 1] if at + 1 < len(words) else None
    if at == 0 and follows not in PARTICLES:  # PaidOrder is an order; SoldOut is news
        return False
    if word in UNCHANGED:
        return follows is None or follows in PARTICLES | PREPOSITIONS
    return word in IRREGULAR or (word.endswith("ed") and len(word) > 3 and word not in NOT_PAST)


def _verbs(words: list[str]) -> list[str]:
    return [word for at, word in enumerate(words) if _is_past(words, at)]


@names.attack(
    "every message has a kind, a name and fields",
    misconception="A name is all that a message needs.",
)
def each_is_complete(submission: Submission) -> None:
    for message in _answers(submission):
        if message.kind != "document" and not message.fields:
            raise Finding(f"{message} has no fields: nobody can tell which one it is about.")


@names.attack(
    "what has happened is an event, what is wanted is a command, mere data is a document",
    misconception="An event is a command in the past tense. (A command has one owner, who may refuse. "
    "An event is a fact: it has no addressee, and nobody can refuse it.)",
)
def the_kinds_are_right(submission: Submission) -> None:
    wrong = [m for m in _answers(submission) if m.kind != m.sentence.kind]
    if not wrong:
        return
    first = wrong[0]
    story = {
        ("event", "command"): "So a consumer may refuse it; but it has happened already, and the till, "
        "the loyalty cards and the statistics all wait in vain for the news.",
        ("event", "document"): "So nobody is told that anything happened: the guest's coffee gets cold.",
        ("command", "event"): "So everyone reads it as done, no one does it, and the guest goes on waiting.",
        ("command", "document"): "So it is filed away, and no one feels asked to do it.",
        ("document", "event"): "So the readers ask what happened just now. Nothing did.",
        ("document", "command"): "So the reader asks what to do. Nothing is asked for.",
    }[first.sentence.kind, first.kind]
    raise Finding(
        f"{len(wrong)} of your messages {'has' if len(wrong) == 1 else 'have'} the wrong kind. Number "
        f"{first.number} ({first.sentence.text}) is sent as {_a(first.kind)}. {story}"
    )


@names.attack(
    "a name does not repeat its kind",
    misconception="The name has to say that it is an event. (Its tense does.)",
)
def no_suffix(submission: Submission) -> None:
    for message in _answers(submission):
        if len(message.words) > 1 and (extra := {message.words[0], message.words[-1]} & {
            "Event", "Message", "Msg", "Command", "Cmd", "Document", "Evt",
        }):  # fmt: skip
            raise Finding(f"{message}: leave out {extra.pop()}, and see whether the rest still says it.")


@names.attack(
    "an event gives no orders",
    misconception="If I write my wish as an event, I am decoupled. (That is the passive-aggressive command: "
    "somebody must react, so it should be a command, openly.)",
)
def no_passive_aggression(submission: Submission) -> None:
    for message in _of_kind(submission, "event"):
        words, sentence = message.words, message.sentence
        if polite := [w for at, w in enumerate(words) if w in POLITE and not _harmless(words, at)]:
            raise Finding(
                f"{message}: {polite[0]!r} says what ought to come. The consumer who ought to do it "
                "isn't named, and if all of them look away, nothing has happened at all."
            )
        if words[0] in IMPERATIVES:
            raise Finding(f"{message}: it begins with an imperative, so it tells somebody to do something.")
        if sentence.not_yet and (found := re.search(sentence.not_yet, message.name)):
            raise Finding(
                f"{message}: {found[0]!r} has not happened. A consumer who believes the name will tell the "
                "guest something untrue; one who doesn't will take it as an order."
            )
        verbs = _verbs(words)
        if verbs and verbs[-1] in ORDERS and not sentence.asked:
            raise Finding(f"{message}: who has {verbs[-1].lower()} that? It is an order, dressed up as news.")


def _harmless(words: list[str], at: int) -> bool:
    """HasBeen and HadBeen are past tense; ReadyToBeCollected is ready."""
    return (words[at] in {"Has", "Have", "Had"} and words[at + 1 : at + 2] == ["Been"]) or (
        words[at] == "Be" and words[max(0, at - 2) : at] == ["Ready", "To"]
    )


@names.attack(
    "an event says what happened, not that something is different now",
    misconception="One OrderUpdated serves for everything. (Every consumer has to find out for itself what "
    "happened, and most of them guess.)",
)
def no_vague_verbs(submission: Submission) -> None:
    for message in _of_kind(submission, "event"):
        words = message.words
        verb = (_verbs(words) or [""])[-1]
        changed = verb in {"Changed", "Amended"} and words[words.index(verb) - 1] in COARSE
        if verb in VAGUE or changed:
            raise Finding(
                f"{message}: the barista reads “{' '.join(words).lower()}” and can't tell whether to make "
                "a new cup, throw one away, or go on. What happened, in the café's words?"
            )


@names.attack(
    "an event is named in the past tense",
    misconception="The name is the name of the action, or of the class that handles it.",
)
def past_tense(submission: Submission) -> None:
    for message in _of_kind(submission, "event"):
        words = message.words
        if {"Is", "Are", "Gets"} & set(words):
            raise Finding(f"{message}: it speaks of now. An event is read later, perhaps next year.")
        if re.search(message.sentence.state, message.name) or _verbs(words):
            continue
        if len(words) == 1:
            raise Finding(f"{message}: one word. What did it happen to, and what happened?")
        if words[0] in IRREGULAR or words[0].endswith("ed"):
            raise Finding(f"{message}: it reads as a thing with a property. First the thing, then what happened.")
        raise Finding(f"{message}: nothing in it says that it is over. It could be starting, or be planned.")


@names.attack(
    "a command tells its owner what to do",
    misconception="A command is named after the thing, or after the state that I want to see.",
)
def imperative(submission: Submission) -> None:
    for message in _of_kind(submission, "command"):
        words = message.words
        first = words[0]
        if first in POLITE or first == "To":
            raise Finding(f"{message}: begin with what is to be done; {first!r} isn't it.")
        if len(words) == 1:
            raise Finding(f"{message}: one word. Do what, and with what?")
        if _verbs(words) or first in IRREGULAR - UNCHANGED or re.search(r"[a-z]ed$", first):
            raise Finding(f"{message}: it reads as if it were done. The owner leans back, the guest waits.")
        bare = first in IMPERATIVES
        if first in THINGS or (not bare and re.search(ACTIONS, message.name)) or re.search(ACTIONS, first) and not bare:
            raise Finding(f"{message}: it names a thing, or an activity. Who reads it isn't told to do it.")
        if not bare and re.search(r"[^s]s$", first):
            raise Finding(f"{message}: {first!r} tells what somebody does. Speak to the owner.")


@names.attack(
    "a document is named after what it contains",
    misconception="Every message is about an action.",
)
def noun_phrase(submission: Submission) -> None:
    for message in _of_kind(submission, "document"):
        words = message.words
        ends = [at for at in range(len(words)) if at + 1 == len(words) or words[at + 1] in PREPOSITIONS]
        if words[0] in IMPERATIVES or words[0] in POLITE or words[-1] in {"Request", "Query"}:
            raise Finding(f"{message}: it asks for something to be done; the paper itself can't be done.")
        if any(_is_past(words, at) for at in ends):
            raise Finding(f"{message}: it announces that something happened. What is on the paper?")


@names.attack(
    "one name means one thing",
    misconception="A general name can be used again; the fields tell the difference.",
)
def distinct(submission: Submission) -> None:
    seen: dict[str, Message] = {}
    for message in _answers(submission):
        if other := seen.get(message.name):
            raise Finding(
                f"Numbers {other.number} and {message.number} are both called {message.name}: who waits for "
                "the one gets the other too, and takes it for the same."
            )
        seen[message.name] = message


@names.attack(
    "an event is skinny: which one, and what changed",
    misconception="The more an event carries, the more useful it is. (Everyone reads it, for ever, and depends "
    "on every field of it.)",
)
def skinny(submission: Submission) -> None:
    for message in _of_kind(submission, "event"):
        fields = message.fields
        if not any(re.search(r"(^|_)ids?$|[a-z]Ids?$|(^|_)(sku|number|no|code)$", field) for field in fields):
            raise Finding(f"{message}, has the fields {_list(fields)}: which one is it? Nobody can look it up.")
        if private := [field for field in fields if PRIVATE.search(field)]:
            raise Finding(f"{message}, carries {private[0]!r}: now every reader has it, and it can't be taken back.")
        if bags := [field for field in fields if field in BAGS]:
            raise Finding(
                f"{message}, carries {bags[0]!r}, a whole thing: when that gets one more field, every reader "
                "of this event has to cope with it."
            )
        if len(fields) > 5:
            raise Finding(f"{message}, carries {len(fields)} fields ({_list(fields)}). Which of them changed?")


@names.attack(
    "a document brings its contents along",
    misconception="An id is enough, the reader can ask back. (Then it is a notification.)",
)
def document_has_contents(submission: Submission) -> None:
    for message in _of_kind(submission, "document"):
        contents = [field for field in message.fields if not re.search(r"(^|_)(id|date|day|time)$|Id$", field)]
        if not contents:
            raise Finding(f"{message}, has the fields {_list(message.fields)}: the page is empty but for its title.")


@names.attack("no sentence is left without a message", misconception="")
def complete(submission: Submission) -> None:
    missing = [str(n) for n in sorted(SENTENCES.keys() - {m.number for m in _answers(submission)})]
    if missing:
        raise Finding(f"What you have is sound. Still without a message: {', '.join(missing)}.")


def _a(kind: str) -> str:
    return f"an {kind}" if kind == "event" else f"a {kind}"


def _list(fields: list[str]) -> str:
    return ", ".join(fields) or "none"
