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
    not_yet: str = "(?!)"  # hoped for, but it hasn't happened: no name of the fact may claim it
    but: str = ""  # the same, told to who has claimed it
    whose: str = ""  # what its owner asks, if the fields name neither order nor guest
    state: str = "(?!)"  # a state that says it as well as a verb: OutOfStock
    only: str = "(?!)"  # whole names that can't be meant for any other sentence


SENTENCES = {
    1: Sentence(
        "event",
        "Table 4 has ordered two flat whites. The till calls it A-1.",
        asked=True,
        only="OrderPlaced|(?:Drinks?|Coffees?|FlatWhites?)Ordered",
    ),
    2: Sentence(
        "command",
        "“Barista, two flat whites for A-1, please!”",
        whose="which order are the cups for?",
        only="(?:Make|Prepare|Brew)(?:Drinks?|Coffees?|(?:Two)?FlatWhites?)",
    ),
    3: Sentence(
        "event",
        "The cups of A-1 stand on the counter, and the barista has rung the bell.",
        not_yet="(?<!ToBe)(?:Collected|PickedUp|Fetched|Drunk)",
        but="the cups still stand on the counter.",
        state="Ready",
        only="(?:Order|Drinks?|Cups|Coffees?|FlatWhites?)(?:Ready|Served)|BellRung",
    ),
    4: Sentence(
        "event",
        "The terminal has taken 7.40 for A-1. Somebody should send a receipt.",
        not_yet="Receipt|[Mm]ail|(?:Invoice|Bill|Slip)(?:Was|HasBeen)?"
        "(?:Sent|Issued|Printed|Created|Written|Delivered|Dispatched|Generated)",
        but="nobody has sent anything yet.",
        only="Payment(?:Captured|Received|Taken|Made|Succeeded|Completed)|OrderPaid|CardCharged",
    ),
    5: Sentence(
        "document",
        "For the new branch: all that we know about the guest C-7.",
        only="(?:Guest|Customer)(?:Profile|Record|File|Dossier)",
    ),
    6: Sentence(
        "command",
        "“Billing, give the guest of A-3 her 3.90 back!”",
        whose="who gets the money?",
        only="(?:Refund|Reimburse)(?:Guest|Customer|Payment|Order|Money)|(?:Make|Issue)Refund",
    ),
    7: Sentence(
        "event",
        "The guest of A-4 has asked for her money back. Nobody has decided yet.",
        asked=True,
        not_yet="Refunded|Approved|Granted|Returned|Reimbursed|Accepted|Repaid|Authori[sz]ed|Rejected|Denied"
        "|Declined|Refused|Promised|GivenBack|PaidBack|SentBack|HandedBack"
        "|Compensated|(?:Refund|Money|MoneyBack|Payment|Charge|Cash)(?:Was|HasBeen)?"
        "(?:Given|Paid|Payed|Confirmed|Sent|Issued|Made|Done|Completed|Received|Transferred|Credited|Reversed|Agreed|Decided)",
        but="nobody has decided yet, and no money has gone back.",
        only="(?:Refund|Reimbursement|MoneyBack)(?:Requested|AskedFor|Claimed|Demanded)",
    ),
    8: Sentence(
        "document",
        "For the screens on the wall: tomorrow's menu, with all prices.",
        only="(?:Daily|Tomorrows?)?(?:Menu|MenuOfTomorrow|PriceList)",
    ),
    9: Sentence(
        "event",
        "At the till, A-5 has been switched from cow's milk to oat milk.",
        asked=True,
        only="(?:Order)?Milk(?:Type|Kind)?(?:Replaced|Changed|Switched|Swapped|Substituted)",
    ),
    10: Sentence(
        "event",
        "The last cinnamon roll is sold. The bakers will have to bake again.",
        not_yet="Bak(e|ing|ers?)(?![a-z])|Baked$|Restock|Refill|Replenish|Reorder|NewBatch"
        "|(?:Batch|Production)(?:Was|HasBeen)?(?:Started|Begun|Planned|Scheduled)"
        "|(?:Kitchen|Bakery|Staff|Team)(?:Was|HasBeen)?(?:Notified|Informed|Alerted|Warned|Called)",
        but="the bakers know of nothing, and nothing is in the oven.",
        state="OutOf|Empty|Unavailable",
        only="(?:Cinnamon)?Rolls?(?:SoldOut|RanOut)|Last(?:Cinnamon)?RollSold",
    ),
    11: Sentence(
        "command",
        "“Bakers, twelve cinnamon rolls by nine o'clock!”",
        only="Bake(?:Twelve)?(?:Cinnamon)?Rolls?",
    ),
    12: Sentence(
        "document",
        "For the bookkeeper: today's takings, a line for each order.",
        only="(?:Daily|Todays?)?(?:Takings|Revenue|Sales)(?:Report|OfToday)?",
    ),
}
OTHERS = {  # the two that are done in the text, as names
    "OrderCancell?ed": "The guest of A-6 has cancelled.",
    "CancelOrder": "The guest of A-6 has cancelled.",
    "CleanOven": "“Cleaners, the oven at noon, please!”",
}


def _words(text: str) -> set[str]:
    return set(text.split())


# Verbs of a café and of software, as far as they can hardly be taken for a thing.
IMPERATIVES = _words("""
    Accept Add Apply Approve Ask Authorize Bake Begin Brew Bring Build Calculate Cancel Capture Collect
    Confirm Create Debit Decline Delete Deliver Dispatch Display Do Email Export Fetch Fill Finish Fulfil
    Fulfill Generate Get Give Grind Handle Import Inform Keep Load Make Notify Pay Perform Place Prepare
    Print Process Produce Provide Publish Pull Push Put Receive Register Reimburse Reject Release Remove
    Repay Replace Replenish Reserve Restock Reverse Save Sell Send Serve Ship Show Start Submit Switch Sync
    Take Tell Trigger Update Upload Use
""")
# Things: a command can't begin with one, whatever else the word may mean.
THINGS = _words("""
    A Account All Amount An Bag Baker Bakers Bakery Barista Bell Billing Bread Bun Buns Card Cash
    Cinnamon Coffee Coffees Counter Cow Croissant Croissants Cup Cups Customer Daily Document Drink Drinks
    Event Flat Food Guest Guests Item Items Last Latte Line Menu Message Milk Money More New Oat Oven
    Payment Pastry Pastries Receipt Roll Rolls Shop Stock Table Takings Terminal The Till Today Tomorrow
    Twelve Two White Whites Order Orders
""")
ACTIVITY = re.compile(r"[a-z](?:tion|sion|ment|ance|ery|[^r]ing)$")  # but: Bring
WISH = re.compile(r"(?:[a-z](?:tion|sion|ance|ing)|Request|Wish|Task|Job|Demand|Need)$")
POLITE = _words("""
    Awaiting Be Being Can Could Due Expected Expecting Had Has Have I Lets May Might Must Need Needed
    Needing Needs Ought Outstanding Pending Please Require Required Requires Shall Should ToDo Todo Wanted
    Wanting Wants Want We Will Would You
""")
ORDERS = {"Requested", "Ordered", "Asked", "Demanded", "Commanded", "Instructed", "Told", "Triggered"}
VAGUE = _words("""
    Updated Modified Edited Altered Processed Handled Saved Persisted Stored Inserted Deleted Happened
    Occurred Affected Touched Executed Performed
""")
NOTHING = _words("""
    Thing Things Something Stuff Sentence Number Action Activity Foo Test Example Xyz It That This
""")
COARSE = _words("""
    Order Orders Line Item Items Status State Data Detail Details Info Customer Guest Record Entity Object
    Something Thing Drink
""")
CHANGES = {"Changed": COARSE, "Amended": COARSE, "Adjusted": COARSE, "Revised": COARSE} | {
    "Set": {"Status", "State"},
    "Advanced": {"Status", "State"},
}
IRREGULAR = _words("""
    Become Been Begun Bought Broken Brought Built Burnt Caught Chosen Done Drawn Drunk Driven Eaten Fallen
    Fed Felt Forgotten Found Frozen Given Gone Ground Grown Heard Held Hidden Kept Known Laid Led Left Lent
    Lost Made Meant Met Paid Proven Ridden Risen Rung Said Seen Sent Shown Sold Spent Split Spoken Spoilt
    Spilt Stolen Stood Stuck Sworn Swept Taken Taught Thought Thrown Told Torn Understood Undone Withdrawn
    Withheld Won Worn Woken Written Overdrawn Oversold Repaid Resent Rebuilt Undertaken Ran Went Came Broke
    Fell Began Rose Took Gave Chose Rang Drank Ate Grew Knew Spoke Withdrew Got Gotten Overrun Overflown
    Dealt Sought Bound Wound Shut Put Cut Set Hit Let Read Run Come Quit
""")
UNCHANGED = {"Shut", "Put", "Cut", "Set", "Hit", "Let", "Read", "Run", "Come", "Quit", "Become", "Split"}
NOT_PAST = {"Need", "Feed", "Seed", "Red", "Bed", "Speed", "Shed", "Wed", "Exceed", "Proceed", "Succeed"}
PARTICLES = _words("Out Up Off Over Down In On Away Back Through Again Early Late")
PREPOSITIONS = _words("""
    At To From By For With Without On In Into Of As Against After Before Because Until Via Per Instead
""")
KINDS = ("event", "command", "document")
KIND_WORDS = {"Event", "Evt", "Command", "Cmd", "Document", "Doc", "Message", "Msg"}
BAGS = _words("""
    order customer guest cart basket everything all data payload details info object entity menu history
    body content contents
""")
WHOSE = re.compile(
    r"id|n(?:o|r|um|umber)$|code|key|ref|order|guest|customer|client|table|ticket|payment|transaction|charge"
    r"|account|card|bill|receipt|sale|to$|for$|who|name|recipient|payee",
    re.IGNORECASE,
)
WRAPPING = re.compile(r"^(?:whole|full|entire|complete)_|_(?:json|blob|object|dict|details|data|info)$")
PRIVATE = re.compile(
    r"(?:guest|customer|user|first|last|full|holder|given|family|sur)_?name$|mail$|phone|address|birth"
    r"|(?:^|_)mobile(?:$|_?n)|card_?(?:num|no$)|iban|password|^card$|^pan$|(?:^|_)pin$|cvc|cvv",
    re.IGNORECASE,
)


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
    if not callable(submission.messages):
        raise NotAttempted("messages has to stay a function, which returns the dict.")
    answers = submission.messages()
    if answers is None or answers is ...:
        raise NotAttempted("messages() has no answers yet.")
    if not isinstance(answers, dict):
        raise Finding(
            f"messages() gives a {type(answers).__name__}; the shop expects a dict: number to message."
        )
    filled = {
        number: answer for number, answer in answers.items() if answer is not ... and answer is not None
    }
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
    if not isinstance(fields, tuple | list) or not all(
        isinstance(f, str) and f.isidentifier() for f in fields
    ):
        raise Finding(f"{name} has the fields {fields!r}; write their names in one text: 'order_id cents'.")
    if len(set(fields)) < len(fields):
        raise Finding(f"{name} has a field twice: {_list(list(fields))}.")
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
        if message.sentence.whose and not any(WHOSE.search(field) for field in message.fields):
            raise Finding(
                f"{message} has the fields {_list(message.fields)}: {message.sentence.whose} Nobody can tell."
            )


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
        ends = [message.words[0], message.words[-1]]
        extra = [word for word in ends if word in KIND_WORDS] + re.findall(
            "Fact$|(?<=[a-z])Event(?![a-z])", message.name
        )
        if len(message.words) > 1 and extra:
            raise Finding(f"{message}: leave out {extra[0]}, and see whether the rest still says it.")


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
        if words[0] in IMPERATIVES and not (len(words) > 1 and _is_past(words, 1)):  # DisplayEmptied is news
            raise Finding(f"{message}: it begins with an imperative, so it tells somebody to do something.")
        if re.search(sentence.not_yet, message.name):
            raise Finding(
                f"{message}: but {sentence.but} A consumer who believes the name will tell the "
                "guest something untrue; one who doesn't will take it as an order."
            )
        verbs = _verbs(words)
        if verbs and verbs[-1] in ORDERS and not sentence.asked:
            raise Finding(f"{message}: who has {verbs[-1].lower()} that? It is an order, dressed up as news.")


def _harmless(words: list[str], at: int) -> bool:
    """HasBeen and HaveSold are past; ReadyToBeCollected is ready."""
    return (words[at] in {"Has", "Have", "Had"} and at + 1 < len(words) and _is_past(words, at + 1)) or (
        words[at] == "Be" and words[max(0, at - 2) : at] == ["Ready", "To"]
    )


def _says_no_more(words: list[str], at: int) -> bool:
    """OrderChanged leaves open what is different; MilkChanged and OrderChangedToOatMilk don't."""
    return words[at - 1] in CHANGES[words[at]] and words[at + 1 : at + 2] not in (["To"], ["From"], ["Into"])


@names.attack(
    "an event says what happened, not that something is different now",
    misconception="One OrderUpdated serves for everything. (Every consumer has to find out for itself what "
    "happened, and most of them guess.)",
)
def no_vague_verbs(submission: Submission) -> None:
    for message in _of_kind(submission, "event"):
        words = message.words
        verb = (_verbs(words) or [""])[-1]
        changed = verb in CHANGES and _says_no_more(words, words.index(verb))
        if verb in VAGUE or changed or words[0] in NOTHING:
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
            raise Finding(
                f"{message}: it reads as a thing with a property. First the thing, then what happened."
            )
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
        if first in THINGS or (not bare and (ACTIVITY.search(first) or WISH.search(words[-1]))):
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
        if only := re.search(r"(?<![A-Z])[A-Z][0-9]+", message.name):
            raise Finding(
                f"{message}: {only[0]} is one of many; the next one would need a new name, and new readers."
            )
        if other := seen.get(message.name):
            raise Finding(
                f"Numbers {other.number} and {message.number} are both called {message.name}: who waits for "
                "the one gets the other too, and takes it for the same."
            )
        seen[message.name] = message


@names.attack(
    "a name says what its own sentence says",
    misconception="The grammar makes the name. (Nobody reads the sentence; the name is all that the others have.)",
)
def its_own(submission: Submission) -> None:
    for message in _answers(submission):
        rivals = {other.only: other.text for n, other in SENTENCES.items() if n != message.number} | OTHERS
        for name, text in rivals.items():
            if re.fullmatch(name, message.name):
                raise Finding(f"{message}: everyone takes it for another message ({text}), and acts on that.")


@names.attack(
    "an event is skinny: which one, and what changed",
    misconception="The more an event carries, the more useful it is. (Everyone reads it, for ever, and depends "
    "on every field of it.)",
)
def skinny(submission: Submission) -> None:
    for message in _of_kind(submission, "event"):
        fields = message.fields
        if not any(re.search(r"(^|_)ids?$|[a-z]Ids?$|(^|_)(sku|number|no|code)$", field) for field in fields):
            raise Finding(
                f"{message}, has the fields {_list(fields)}: which one is it? Nobody can look it up."
            )
        if private := [field for field in fields if PRIVATE.search(field)]:
            raise Finding(
                f"{message}, carries {private[0]!r}: now every reader has it, and it can't be taken back."
            )
        if bags := [field for field in fields if WRAPPING.sub("", field) in BAGS]:
            raise Finding(
                f"{message}, carries {bags[0]!r}, a whole thing: when that gets one more field, every reader "
                "of this event has to cope with it."
            )
        if len(fields) > 5:
            raise Finding(
                f"{message}, carries {len(fields)} fields ({_list(fields)}). Which of them changed?"
            )


@names.attack(
    "a document brings its contents along",
    misconception="An id is enough, the reader can ask back. (Then it is a notification.)",
)
def document_has_contents(submission: Submission) -> None:
    for message in _of_kind(submission, "document"):
        contents = [
            field
            for field in message.fields
            if not re.search(r"(^|_)(ids?|date|day|time|timestamp|at|on|version)$|Id$", field)
        ]
        if not contents:
            raise Finding(
                f"{message}, has the fields {_list(message.fields)}: the page is empty but for its title."
            )


@names.attack("no sentence is left without a message", misconception="")
def complete(submission: Submission) -> None:
    missing = [str(n) for n in sorted(SENTENCES.keys() - {m.number for m in _answers(submission)})]
    if missing:
        raise Finding(f"What you have is sound. Still without a message: {', '.join(missing)}.")


def _a(kind: str) -> str:
    return f"an {kind}" if kind == "event" else f"a {kind}"


def _list(fields: list[str]) -> str:
    return ", ".join(fields) or "none"


# ---------------------------------------------------------------- 01.2 the envelope


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    drinks: list[dict]
    cents: int


@dataclass(frozen=True)
class DrinkMade(Event):
    order_id: str


@dataclass(frozen=True)
class GuestCalled(Event):
    order_id: str


@dataclass(frozen=True)
class PartyBooked(Event):
    order_id: str
    tables: dict


CHAIN = (OrderPlaced, DrinkMade, GuestCalled)
ATTRIBUTES = ("specversion", "id", "source", "type", "time", "datacontenttype", "correlationid", "data")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?P<fraction>\.\d+)?(Z|[+-]\d\d:\d\d)")
ATTEMPTS = 3
CLOCK_TOLERANCE = timedelta(milliseconds=50)  # a text of milliseconds is cut or rounded
BITS_MIN = 56  # of chance in an id that is no UUID: a billion of them, and hardly ever two alike
IDS = 1000

DRINKS = st.lists(
    st.fixed_dictionaries(
        {
            "drink": st.sampled_from(["flat white", "espresso", "oat latte"]),
            "extras": st.lists(st.sampled_from(["sugar", "oat milk"]), max_size=2),
        }
    ),
    max_size=3,
)

envelopes = Grader(
    "01.2",
    "Build the envelope",
    hints=(
        "Walk through seal line by line and ask: if this till stood in another country, were switched off "
        "and on, or had a twin beside it, would this line still be right?",
        "Two things have a life of their own. What the guest still holds in her hands must not be what lies "
        "in the envelope, at any depth. And a letter that you post twice is put into one envelope, once.",
        "In every envelope, the conversation's id is copied from the cause as it is; only a message without "
        "a cause names itself. The direct parent is another matter: that is always the cause's own id.",
    ),
)


def _order(drinks: list[dict] | None = None) -> OrderPlaced:
    if drinks is None:
        drinks = [{"drink": "flat white", "extras": ["oat milk"]}]
    return OrderPlaced("A-1", drinks=drinks, cents=420)


def _seal(submission: Submission, event: Event, cause: dict | None = None, source: str = "till") -> dict:
    """The submission's envelope, once it is clear that it is one."""
    envelope = submission.seal(event, source) if cause is None else submission.seal(event, source, cause)
    return _checked(envelope, "seal")


def _send(
    submission: Submission, event: Event, board: "Board", cause: dict | None = None, source: str = "till"
) -> dict:
    """What the submission's send gives back, once it is clear that something was published."""
    further = () if cause is None else (cause,)
    returned = submission.send(event, source, board, *further)
    if board.answer and returned == board.answer:
        raise Finding(
            f"The board answered {returned!r}, its place there, and send gave that back, not the envelope: who wants "
            "to say “because of this one” has no id."
        )
    envelope = _checked(returned, "send")
    if not board.seen:
        raise Finding("send came back, and the board is empty: A-1 was never published.")
    return envelope


def _checked(envelope: object, maker: str) -> dict:
    if envelope is None or envelope is ...:
        if maker == "seal":
            raise NotAttempted("seal makes nothing yet.")
        raise Finding("send gives back None: who wants to say “because of this one” has nothing to point at.")
    if not isinstance(envelope, dict):
        raise Finding(
            f"{maker} gives back a {type(envelope).__name__}, {envelope!r}; an envelope is a dict here."
        )
    if missing := [name for name in ATTRIBUTES if envelope.get(name) is None]:
        raise Finding(f"The envelope has no {' and no '.join(missing)}: {_shown(envelope)}.")
    return envelope


def _shown(envelope: dict) -> str:
    return "{" + ", ".join(f"{key}: {value!r}" for key, value in envelope.items()) + "}"


@envelopes.attack(
    "an envelope says what it is, who wrote it, and which one it is",
    misconception="The payload explains itself. (A reader needs the type before it can read the payload.)",
)
def plain_example(submission: Submission) -> None:
    for event, source in ((_order(), "till"), (DrinkMade("A-2"), "barista")):
        envelope = _seal(submission, event, source=source)
        wanted = {
            "specversion": "1.0",
            "source": source,
            "type": type(event).__name__,
            "datacontenttype": "application/json",
        }
        for name, value in wanted.items():
            if envelope[name] != value:
                raise Finding(f"{event!r} by the {source} is in an envelope with {name} {envelope[name]!r}.")
        fields = json.loads(event.to_json())
        if envelope["data"] != fields:
            raise Finding(f"{event!r} went in; the reader takes out {envelope['data']!r}, not {fields!r}.")
        _check_cloudevent(envelope)


def _check_cloudevent(envelope: dict) -> None:
    """Read it as the other team does, with the standard's library; times have their own attack."""
    given = {name: value for name, value in envelope.items() if value is not None and name != "time"}
    try:
        text = json.dumps(given)
    except TypeError as error:
        raise Finding(
            f"It can't be sent, for it can't be written as JSON: {error} in {_shown(envelope)}."
        ) from error
    try:
        JSONFormat().read(CloudEvent, text)
    except Exception as error:
        reason = str(error).rpartition("\n")[2].rpartition("errors:: ")[2]
        raise Finding(f"A CloudEvents reader throws it away: {reason}. It is {_shown(envelope)}.") from error


@envelopes.attack(
    "two events never share an id",
    misconception="Equal content is the same event. (Two guests may order the same in the same second.)",
)
def ids_are_unique(submission: Submission) -> None:
    first, second = _seal(submission, _order())["id"], _seal(submission, _order())["id"]
    if first == second:
        raise Finding(
            "Two guests each ordered a flat white. The barista took the second for a repeat of the first and "
            f"made one cup: both events have the id {first!r}."
        )
    ids = [_seal(submission, DrinkMade("A-1"))["id"] for _ in range(IDS)]
    if lost := IDS - len(set(ids)):
        raise Finding(
            f"Of {IDS} sealed in a rush, {lost} were thrown away as repeats: ids such as {ids[0]!r} came twice."
        )
    if not all(map(_is_uuid, ids)) and (bits := _bits(ids)) < BITS_MIN:
        raise Finding(
            f"In a rush, ids such as {ids[0]!r} and {ids[1]!r} differ in few places: there is room for about "
            f"{2 ** int(bits):,}. The shop has many tills. Two of them will use the same id, and an order vanishes."
        )


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _bits(ids: list[str]) -> float:
    """How much chance is in an id at most, judged by the letters seen at each place."""
    return sum(log2(len(set(letters))) for letters in zip(*ids, strict=False))


@envelopes.attack(
    "an id doesn't come back after a restart",
    misconception="A counter makes ids unique. (It begins again with the program, and every till has its own.)",
)
def ids_survive_a_restart(submission: Submission) -> None:
    submission.restart()
    yesterday = [_seal(submission, DrinkMade(f"A-{n}"))["id"] for n in range(20)]
    submission.restart()
    today = [_seal(submission, DrinkMade(f"B-{n}"))["id"] for n in range(20)]
    if both := [id for id in today if id in yesterday]:
        raise Finding(
            f"The till was switched off and on. B-{today.index(both[0])} of today has the id {both[0]!r}, as "
            f"A-{yesterday.index(both[0])} had yesterday: it is taken for a repeat, and nobody makes it."
        )


@envelopes.attack(
    "times are in UTC, on every machine",
    misconception="The machine's time is the time. (A second machine stands in another zone, and twice a year "
    "even one machine jumps.)",
)
def times_are_utc(submission: Submission) -> None:
    for city, zone in (("London", "GMT0"), ("Kathmandu", "NPT-5:45"), ("St. John's", "NST3:30")):
        with _machine_in(zone):
            before = datetime.now(UTC)
            text = _seal(submission, DrinkMade("A-1"))["time"]
            moment = _moment(text, city)
            if moment.utcoffset():
                raise Finding(
                    f"A till in {city} wrote {text!r}. Sorted as text beside London's {before:%H:%M} UTC, "
                    "it stands hours from where it belongs."
                )
            wrong = moment - before
            if abs(wrong) > timedelta(minutes=5):
                raise Finding(
                    f"A till in {city} wrote {text!r} when it was {before:%H:%M} UTC: "
                    f"{abs(wrong.total_seconds()) / 3600:.2f} hours {'early' if wrong < timedelta() else 'late'}."
                )


def _moment(text: object, city: str = "London") -> datetime:
    if not isinstance(text, str) or not RFC3339.fullmatch(text):
        zone = (
            isinstance(text, str)
            and re.search(r"\d:\d\d(\.\d+)?$", text)
            and not re.search(r"[+-]\d\d:\d\d$", text)
        )
        if zone:
            raise Finding(
                f"A till in {city} wrote {text!r}. Whose clock is that? The reader in Lima can't tell."
            )
        raise Finding(
            f"The time is {text!r}; ISO 8601, as CloudEvents wants it, is like 2026-05-04T09:59:00.123Z."
        )
    return datetime.fromisoformat(text)


@contextmanager
def _machine_in(zone: str) -> Iterator[None]:
    """Set this machine's time zone, where the system can (Windows can't)."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    _read_zone()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        _read_zone()


def _read_zone() -> None:
    if hasattr(time, "tzset"):
        time.tzset()


@envelopes.attack(
    "the time is the moment of sealing",
    misconception="A default argument, or a line at the top of the cell, is computed at each call. (Once, when "
    "the cell is run.)",
)
def time_goes_on(submission: Submission) -> None:
    start = _moment(_seal(submission, DrinkMade("A-1"))["time"])
    began = time.perf_counter()
    while time.perf_counter() - began < 0.02:  # longer than any clock's tick
        pass
    texts = [_seal(submission, DrinkMade(f"A-{n}"))["time"] for n in range(2, 6)]
    if not any(RFC3339.fullmatch(text) and RFC3339.fullmatch(text)["fraction"] for text in texts):
        raise Finding(
            f"The time ends with the second, {texts[0]!r}: a till in a rush seals a hundred in that."
        )
    if _moment(texts[0]) <= start:
        raise Finding(f"Twenty milliseconds later the time is still {texts[0]!r}. The clock has stopped.")
    before = datetime.now(UTC)
    text = _seal(submission, DrinkMade("A-6"))["time"]
    after, moment = datetime.now(UTC), _moment(text)
    tolerance = CLOCK_TOLERANCE if "." in text else timedelta(seconds=1)
    if not before - tolerance <= moment <= after + tolerance:
        wrong = (before - moment if moment < before else moment - after).total_seconds()
        raise Finding(
            f"A till wrote {text!r} when it was {before:%H:%M:%S.%f} UTC: {wrong:.2f} seconds "
            f"{'early' if moment < before else 'late'}."
        )


@envelopes.attack(
    "what is sealed stays as it was",
    misconception="frozen=True freezes what is inside, too. (It freezes the names of the fields; a list in one "
    "of them stays a list.)",
)
def snapshot(submission: Submission) -> None:
    def check(drinks: list[dict], late: str) -> None:
        event = _order(drinks)
        sealed = deepcopy(drinks)
        envelope = _seal(submission, event)
        if drinks != sealed:
            raise Finding(
                f"seal was handed {sealed!r} and left it as {drinks!r}: the order was changed by posting it."
            )
        if late == "drink":
            drinks.append({"drink": "espresso", "extras": []})
        elif drinks:
            drinks[-1]["extras"].append("cinnamon")
        if envelope["data"].get("drinks") != sealed:
            raise Finding(
                f"Sealed with {sealed!r}. Then the guest changed her mind at the till, and the sealed envelope reads "
                f"{envelope['data'].get('drinks')!r}: history was rewritten, and nobody knows."
            )

    for_all(check, drinks=DRINKS, late=st.sampled_from(["drink", "extra"]))
    _deep_inside(submission)
    _the_cause_too(submission)


def _deep_inside(submission: Submission) -> None:
    tables = {"window": [{"seats": 2, "drinks": ["flat white"]}]}
    sealed = deepcopy(tables)
    envelope = _seal(submission, PartyBooked("A-1", tables))
    tables["window"][0]["drinks"].append("espresso")
    if envelope["data"].get("tables") != sealed:
        raise Finding(
            f"Sealed with the tables {sealed!r}. Then the party wanted an espresso more, and the sealed envelope "
            f"reads {envelope['data'].get('tables')!r}: history was rewritten, and nobody knows."
        )


def _the_cause_too(submission: Submission) -> None:
    placed = _seal(submission, _order())
    before = deepcopy(placed)
    _seal(submission, DrinkMade("A-1"), placed)
    if placed != before:
        name = next(name for name in before | placed if before.get(name) != placed.get(name))
        raise Finding(
            f"OrderPlaced led to DrinkMade, and sealing DrinkMade changed the envelope of OrderPlaced: its {name} "
            f"was {before.get(name)!r} and is now {placed.get(name)!r}. One id, two contents: which of them is true?"
        )


@envelopes.attack(
    "every message of a conversation carries the id of its first message",
    misconception="The correlation id is the id of the message before. (That is the causation id. The correlation "
    "id stays the same from beginning to end.)",
)
def correlation(submission: Submission) -> None:
    for story, messages, roots, _ in _conversations(submission):
        for n, message in enumerate(messages):
            if message["correlationid"] != messages[roots[n]]["id"]:
                raise Finding(
                    f"{story}. Asked for all that belongs to number {roots[n] + 1}, the board leaves out number "
                    f"{n + 1}: its correlationid is {_name(message['correlationid'], messages)}."
                )


@envelopes.attack(
    "every effect points at its direct cause, and a first message at none",
    misconception="Causation and correlation are two words for one thing.",
)
def causation(submission: Submission) -> None:
    for story, messages, _, parents in _conversations(submission):
        for n, message in enumerate(messages):
            wanted = messages[parents[n]]["id"] if parents[n] is not None else None
            if message.get("causationid") != wanted:
                cause = "nothing" if wanted is None else f"number {parents[n] + 1}"
                raise Finding(
                    f"{story}. Number {n + 1} came of {cause}, but its causationid is "
                    f"{_name(message.get('causationid'), messages)}. Who looks for the fault looks in the wrong place."
                )


def _conversations(submission: Submission) -> Iterator[tuple[str, list[dict], list[int], list[int | None]]]:
    """Every way in which up to five messages can have led to each other, the small ones first."""
    for shape in _shapes(5):
        messages: list[dict] = []
        roots: list[int] = []
        for n, parent in enumerate(shape):
            event = CHAIN[min(n, 2)]("A-1", [], 420) if n == 0 else CHAIN[min(n, 2)]("A-1")
            messages.append(_seal(submission, event, None if parent is None else messages[parent]))
            roots.append(n if parent is None else roots[parent])
        links = (
            f"{p + 1} led to {n + 1}" if p is not None else f"{n + 1} came first" for n, p in enumerate(shape)
        )
        yield f"Messages: {', '.join(links)}", messages, roots, list(shape)


def _shapes(longest: int) -> Iterator[tuple[int | None, ...]]:
    level: list[tuple[int | None, ...]] = [(None,)]
    for _ in range(longest):
        yield from level
        level = [(*shape, parent) for shape in level for parent in (None, *range(len(shape)))]


def _name(id: object, messages: list[dict]) -> str:
    if id is None:
        return "missing"
    found = [n + 1 for n, message in enumerate(messages) if message["id"] == id]
    return f"the id of number {found[0]}" if found else f"{id!r}, which is none of theirs"


class GaveUpWaiting(BaseException):
    """Ends a send that never ends. No `Exception`: `except Exception` must not eat it."""


class Board:
    """The board that `send` publishes on; the first `failures` times, its answer gets lost.

    What it was handed is written down all the same, as with a timeout whose request
    went through. After that it raises `then`, if given, and else gives back `answer`.
    """

    def __init__(self, failures: int = 0, then: Exception | None = None, answer: str | None = None) -> None:
        self.failures = failures
        self.then = then
        self.answer = answer
        self.seen: list[dict] = []
        self.kept: list[dict] = []  # the objects themselves

    def __repr__(self) -> str:
        return "publish"

    def __call__(self, envelope: dict) -> str | None:
        self.seen.append(deepcopy(envelope))
        self.kept.append(envelope)
        if len(self.seen) > 20 * ATTEMPTS:
            raise GaveUpWaiting
        if len(self.seen) <= self.failures:
            raise TimeoutError("no answer from the board")
        if self.then:
            raise self.then
        return self.answer


@envelopes.attack(
    "an event that is sent again keeps its id",
    misconception="Every attempt is a new message. (The first one may have arrived: only its answer was lost. With "
    "a new id, nobody can tell that the second is the same.)",
)
def retry_keeps_the_id(submission: Submission) -> None:
    for failures in range(ATTEMPTS):
        board = Board(failures)
        returned = _send(submission, _order(), board)
        first, *others = board.seen
        for again in others:
            if again.get("id") != first.get("id"):
                raise Finding(
                    f"The answer was lost, so A-1 was sent again, as {again.get('id')!r} after {first.get('id')!r}: "
                    "for the terminal that is a second order. The guest paid twice."
                )
            if again != first:
                name = next(name for name in first | again if first.get(name) != again.get(name))
                raise Finding(
                    f"A-1 was sent again, with the {name} {again.get(name)!r} instead of {first.get(name)!r}. "
                    "One id, two contents: which of them is true?"
                )
        if len(board.seen) != failures + 1:
            raise Finding(
                f"The board failed {failures} times and then said yes, but A-1 was sent {len(board.seen)} times."
            )
        if returned.get("id") != first.get("id"):
            raise Finding(
                f"send published {first['id']!r} and gave back {returned.get('id')!r}: nobody can refer to it."
            )


@envelopes.attack(
    "send posts what seal makes, and gives back the same",
    misconception="On the way, the envelope may be put together anew. (There is one: made by seal, of what send was "
    "handed. The board gets it, the caller gets it back, and it stays as it is.)",
)
def one_envelope(submission: Submission) -> None:
    drinks = [{"drink": "flat white", "extras": []}]
    event = _order(drinks)
    ordered = json.loads(event.to_json())
    board = Board(answer="orders[0]@2")
    returned = _send(submission, event, board, source="web shop")
    posted = board.seen[0]
    if posted.get("source") != "web shop":
        raise Finding(f"The web shop sent A-1; on the board it says that the {posted.get('source')} did.")
    if posted.get("type") != "OrderPlaced" or posted.get("data") != ordered:
        raise Finding(f"{event!r} was sent, and the board got {_shown(posted)}.")
    if returned != posted:
        raise Finding(
            f"The board got {_shown(posted)}, and send gave back {_shown(returned)}: another message."
        )
    drinks[0]["extras"].append("cinnamon")
    for envelope, whose in ((board.kept[0], "on the board"), (returned, "that send gave back")):
        if envelope["data"] != ordered:
            raise Finding(
                f"A-1 was sent with {ordered['drinks']!r}. Then the guest changed her mind, and the envelope {whose} "
                f"reads {envelope['data'].get('drinks')!r}: history was rewritten, and nobody knows."
            )


@envelopes.attack(
    "what is sent belongs to the conversation of its cause",
    misconception="The ids pass themselves on. (Each program hands them to the next call, or they are lost.)",
)
def sent_in_conversation(submission: Submission) -> None:
    first = _seal(submission, _order())
    second = _seal(submission, DrinkMade("A-1"), first)
    board = Board(failures=1)
    _send(submission, GuestCalled("A-1"), board, second)
    for sent in board.seen:
        if (sent.get("correlationid"), sent.get("causationid")) != (first["id"], second["id"]):
            raise Finding(
                "OrderPlaced (1) led to DrinkMade (2), and that to GuestCalled. Once sent, its correlationid is "
                f"{_name(sent.get('correlationid'), [first, second])}, and its causationid is "
                f"{_name(sent.get('causationid'), [first, second])}: the trail of A-1 ends before the guest hears of it."
            )


@envelopes.attack(
    "sending again is bounded, and giving up is said aloud",
    misconception="Sooner or later it will work, and until then nobody needs to know.",
)
def retry_is_bounded(submission: Submission) -> None:
    board = Board(failures=1_000_000)
    try:
        submission.send(_order(), "till", board)
    except GaveUpWaiting:
        raise Finding(
            f"The board is down all day. After {len(board.seen)} attempts the till is still trying, and the queue "
            "in front of it reaches the street."
        ) from None
    except CodeRaised as raised:
        if not isinstance(raised.__cause__, TimeoutError):
            raise
    else:
        raise Finding(
            "The board never answered, yet send came back as if all were well: A-1 is lost, and nobody knows."
        )
    if len(board.seen) != ATTEMPTS:
        raise Finding(
            f"The board is down, and send tried {_times(len(board.seen))}; agreed are {ATTEMPTS} attempts."
        )


@envelopes.attack(
    "only a timeout is tried again",
    misconception="Trying again can't hurt. (A refusal stays a refusal, and the true reason comes late or never.)",
)
def only_timeouts(submission: Submission) -> None:
    for lost in range(ATTEMPTS):
        _refused(submission, lost)


def _refused(submission: Submission, lost: int) -> None:
    """The board loses so many answers, and then refuses."""
    refusal = PermissionError("this till may not write to orders")
    board = Board(failures=lost, then=refusal)
    first = f"The board did not answer {_times(lost)}, then it" if lost else "The board"
    try:
        submission.send(_order(), "till", board)
    except CodeRaised as raised:
        if isinstance(raised.__cause__, TimeoutError):
            raise Finding(
                f"{first} refused: {refusal}. What came out of send is a TimeoutError, so the till waits for an "
                "answer that it has had."
            ) from None
        if raised.__cause__ is not refusal:
            raise
    except GaveUpWaiting:
        pass
    else:
        raise Finding(f"{first} refused: {refusal}. Yet send came back as if all were well.")
    if (again := len(board.seen) - lost) != 1:
        raise Finding(f"{first} refused: {refusal}. The till asked {_times(again)}, with the same answer.")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
