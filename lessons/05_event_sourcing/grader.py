"""The attacks on the exercises of lesson 05."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

import msgspec

from sandbox import Event
from sandbox.errors import GatewayTimeout
from sandbox.explore import NO_FAULT, MemoryDatabase, MemoryEventStore, Process, Scenario, World
from sandbox.explore.answers import Answer
from sandbox.explore.checkers import Invariant
from sandbox.grading import Finding, Grader, Submission
from sandbox.grading.submission import CodeRaised, NotAttempted
from sandbox.ports import Charge, StoredEvent
from sandbox.sim import SimulatedGateway

# ---------------------------------------------------------------- 05.1 decide and evolve

TOTAL = "evolve is total"
PURE = "nothing but its arguments"
OUTSIDE = ("evolve has changed", "evolve gave two", "decide has changed", "decide gave two")
FAIL_BY_EVOLVE = "decide allows"  # and evolve fails on it

rules = Grader(
    "05.1",
    "A card with rules",
    hints=(
        "Read the story: given, when, expected, got. Is it about a rule (that is decide), or about what is true "
        "after the events that are given (that is evolve)?",
        "evolve knows no rules: six kinds of events, and each of them has happened, whatever today's rules say. "
        "decide knows no world: the day and the receipt are in the command, the rest is in the state.",
        "Let evolve make a new state each time: the day of opening, the money, whether it is blocked. RanLow "
        "changes nothing, so the state comes back as it was. In decide, refuse first, and then answer with a list.",
    ),
)


class Cell:
    """The names of the cell, and the two questions that are put to it."""

    def __init__(self, submission: Submission) -> None:
        self._submission = submission

    def __getattr__(self, name: str) -> Callable:
        kind = getattr(self._submission, name)

        def make(*values: object) -> object:
            try:
                return kind(*values)
            except TypeError as error:
                raise NotAttempted(f"Leave the class {name} as it is given: {error}.") from error

        return make

    def happens(self, history: Sequence, command: object, *events: object) -> None:
        """Raises `Finding` where something else comes of it."""
        self._put(self._submission.happens, history, command, *events)
        if (answer := self._answer(history, command)) != list(events):
            raise Finding(f"Given {_listed(history)}, when {command!r}, then decide answers {answer!r}.")

    def is_refused(self, history: Sequence, command: object) -> None:
        """Raises `Finding` where it is not."""
        self._put(self._submission.is_refused, history, command)
        answer = self._answer(history, command)
        if not isinstance(answer, Exception) or type(answer).__module__ == "builtins":
            raise Finding(
                f"Given {_listed(history)}, when {command!r}, expected Refused, but decide answers {answer!r}."
            )

    def _put(self, question: Callable, *values: object) -> None:
        """In the words of the course, and where the state lives. The cell could do without that, though."""
        try:
            question(*values)
        except CodeRaised as error:
            told = error.__cause__
            if not isinstance(told, AssertionError):
                story = f"Given {_listed(values[0])}, evolve fails: {told!r}."
                raise Finding(story, TOTAL, MISCONCEPTIONS[TOTAL]) from error
            story = ", ".join(map(str.strip, str(told).splitlines())).replace(":, ", ": ")
            invariant = (
                PURE if story.startswith(OUTSIDE) else TOTAL if story.startswith(FAIL_BY_EVOLVE) else ""
            )
            raise Finding(f"{story}.", invariant, MISCONCEPTIONS.get(invariant, "")) from error

    def _answer(self, history: Sequence, command: object) -> list | Exception:
        """What decide says, asked from here."""
        card = self._submission.START
        for event in history:
            card = self._submission.evolve(card, event)
        try:
            answer = self._submission.decide(command, card)
        except CodeRaised as error:
            return error.__cause__
        if not isinstance(answer, list | tuple):
            raise Finding(f"decide answers {command!r} with {answer!r}. Have it return a list of events.")
        return list(answer)


def _listed(events: Sequence) -> str:
    return ", ".join(map(repr, events)) or "nothing"


MISCONCEPTIONS = {
    TOTAL: "evolve may refuse what is against the rules. (It has happened: a stream that can't be read is lost.)",
    PURE: "Replay is free of effects by itself. (Only where nothing looks at a clock, at chance, or changes what it "
    "was given.)",
}
DAY = date(2026, 5, 4)
# The second day has a year of a day more, and the third one never comes again.
YEARS = (DAY, date(2027, 5, 4), date(2028, 2, 29))


@rules.attack(PURE, MISCONCEPTIONS[PURE])
def the_world_around(submission: Submission) -> None:
    """Long before and long after today; the same question twice, which `Given` asks."""
    c = Cell(submission)
    for year in (2009, 2026, 2043):
        start = date(year, 3, 1)
        history = [c.CardOpened(start), c.ToppedUp(1000)]
        for days in (0, 365):
            pay = c.Pay(300, f"R-{year}", start + timedelta(days))
            c.happens(history, pay, c.Paid(300, f"R-{year}"))
        c.happens([], c.OpenCard(start), c.CardOpened(start))


@rules.attack(
    "given, when, then",
    "A rule is meant roughly. (The table says where each begins and where it ends, and there are no others.)",
)
def what_is_allowed_happens(submission: Submission) -> None:
    """Every command that is legal, up to the last cent."""
    c = Cell(submission)
    opened, full = c.CardOpened(DAY), [c.CardOpened(DAY), c.ToppedUp(1000)]
    c.happens([], c.OpenCard(DAY), opened)
    c.happens([opened], c.TopUp(1), c.ToppedUp(1))
    c.happens(full, c.TopUp(5000), c.ToppedUp(5000))
    c.happens(full, c.TopUp(1_000_000), c.ToppedUp(1_000_000))
    c.happens(full, c.Pay(1, "R-1", DAY), c.Paid(1, "R-1"))
    c.happens(full, c.Pay(800, "R-2", DAY), c.Paid(800, "R-2"))
    c.happens(full, c.Pay(801, "R-3", DAY), c.Paid(801, "R-3"), c.RanLow())
    c.happens(full, c.Pay(1000, "R-4", DAY), c.Paid(1000, "R-4"), c.RanLow())
    c.happens([*full, c.Paid(801, "R-3")], c.Pay(9, "R-5", DAY), c.Paid(9, "R-5"), c.RanLow())
    c.happens([*full, c.Paid(300, "R-1")], c.Pay(300, "R-1", DAY), c.Paid(300, "R-1"))
    c.happens([opened], c.BlockCard(), c.CardBlocked())
    below_zero = [opened, c.Paid(250, "R-1")]
    c.happens(below_zero, c.TopUp(100), c.ToppedUp(100))
    c.happens(below_zero, c.BlockCard(), c.CardBlocked())
    for start in YEARS:
        year = [c.CardOpened(start), c.ToppedUp(1000)]
        c.happens(year, c.Pay(300, "R-1", start + timedelta(365)), c.Paid(300, "R-1"))
    c.happens([*full, c.CardBlocked()], c.BlockCard())


@rules.attack(
    "no illegal command", "A command is an event that will come. (It is a wish, and its owner may say no.)"
)
def what_is_not_allowed_is_refused(submission: Submission) -> None:
    """Every command that is not."""
    c = Cell(submission)
    opened = c.CardOpened(DAY)
    full = [opened, c.ToppedUp(1000)]
    blocked = [*full, c.CardBlocked()]
    for command in (c.TopUp(500), c.Pay(100, "R-1", DAY), c.BlockCard()):
        c.is_refused([], command)
    for history in ([opened], full, blocked, [opened, c.CardBlocked()]):
        c.is_refused(history, c.OpenCard(DAY))
    for history in (full, blocked):
        for cents in (0, -1, -500):
            c.is_refused(history, c.TopUp(cents))
            c.is_refused(history, c.Pay(cents, "R-1", DAY))
    for cents in (1, 500):
        c.is_refused(blocked, c.TopUp(cents))
        c.is_refused(blocked, c.Pay(cents, "R-1", DAY))
    for start in YEARS:
        for days in (366, 4000):
            year = [c.CardOpened(start), c.ToppedUp(1000)]
            c.is_refused(year, c.Pay(100, "R-1", start + timedelta(days)))
    c.is_refused(full, c.Pay(1001, "R-1", DAY))
    c.is_refused([*full, c.Paid(701, "R-1")], c.Pay(300, "R-2", DAY))
    c.is_refused([opened], c.Pay(1, "R-1", DAY))


@rules.attack(TOTAL, MISCONCEPTIONS[TOTAL])
def everything_that_has_happened(submission: Submission) -> None:
    """Each kind of event, and histories that today's rules would not allow."""
    c = Cell(submission)
    opened, top_up = c.CardOpened(DAY), c.ToppedUp(1000)
    pay = c.Pay(300, "R-9", DAY)
    paid = c.Paid(300, "R-9")
    c.happens([opened, c.ToppedUp(1000), c.RanLow()], pay, paid)
    c.happens([opened, c.BonusGranted(500)], pay, paid)
    c.is_refused([opened, c.BonusGranted(299)], pay)
    c.happens([opened, c.Paid(250, "R-1"), top_up], pay, paid)  # it was at -250
    c.is_refused([opened, c.Paid(750, "R-1"), top_up], pay)
    c.is_refused([opened, c.Paid(1, "R-1")], pay)
    blocked = [opened, top_up, c.CardBlocked()]
    for event in (c.Paid(100, "R-1"), c.BonusGranted(5), c.RanLow(), c.CardBlocked(), c.ToppedUp(5)):
        c.happens([*blocked, event], c.BlockCard())
        c.is_refused([*blocked, event], pay)


# ---------------------------------------------------------------- 05.2 append with expected version

CARD = "card"
START_CENTS = 500
AT_ONCE = (("P-1", 300), ("P-2", 300), ("office", 100))
CROWD = "others are first"  # and how many of them
ALL_DAY = (("P-1", 300), ("office", 500), ("P-2", 600), (CROWD, 3), (CROWD, 9), ("P-3", 50))


class Kept(dict):
    """The fields of a stored event, whatever class the submission made of it, and its type."""

    def __init__(self, type_name: str, data: bytes) -> None:
        super().__init__(msgspec.json.decode(data))
        self.type = type_name

    def __missing__(self, name: str) -> str:
        return f"(no {name})"


def kept(store: MemoryEventStore, stream: str) -> list[Kept]:
    """The events of a stream."""
    return [Kept(event.type, event.data) for event in store.kept if event.stream == stream]


@dataclass(frozen=True)
class ToppedUp(Event):
    """What other cards have, so that a version is no position, and a stream is not all there is."""

    cents: int
    request: str


def with_other_cards(store: MemoryEventStore) -> MemoryEventStore:
    """The store, in which something has happened before."""
    store.append("card-Bo", [ToppedUp(900, "T-1")] * 2, expected_version=0)
    return store


class CrowdedStore(MemoryEventStore):
    """Others may be first: they append right before a payment is, one for each attempt."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.others: list[Event] = []  # what those who are still to come append
        self.others_came: Callable[[str], None] = lambda what: None

    def append(self, stream: str, events: Sequence[Event], **about: object) -> list[StoredEvent]:
        if self.others and stream == CARD and any(event.type_name == "Paid" for event in events):
            version, event = self.version(CARD), self.others.pop()
            super().append(CARD, [event], expected_version=version)
            self.others_came(f"{CARD} at {version}: {event!r}")
        return super().append(stream, events, **about)


def bank(seed: int) -> World:
    """A store."""
    return World(store=with_other_cards(CrowdedStore("cafe")))


def top_up(world: World, cents: int) -> None:
    """The office does it."""

    def append(office: Process) -> None:
        version = world.store.version(CARD)  # it sees the newest one, and nobody comes in between
        office.store.append(CARD, [office.code.ToppedUp(cents)], expected_version=version)

    world.request("office", append)


def pay(world: World, till: str, payment: str, cents: int) -> None:
    """What its till was told, and the versions before and after."""
    start = world.store.version(CARD)
    answer = world.request(till, lambda it: it.code.pay(payment, cents, it.store), (payment, cents))
    world.windows.append((answer, start, world.store.version(CARD)))


def tills_at_once(world: World, calls: Sequence[tuple[str, int]]) -> None:
    """Two tills and the office write to one card."""
    world.windows = []
    top_up(world, START_CENTS)
    world.together(
        {
            name: partial(top_up, world, cents)
            if name == "office"
            else partial(pay, world, name, name, cents)
            for name, cents in calls
        }
    )


def one_till_all_day(world: World, calls: Sequence[tuple[str, int]]) -> None:
    """The same till pays again and again; between its payments the office tops up, and in one a crowd does."""
    world.windows = []

    def others_came(what: str) -> None:
        world.trace.follow("somebody else", "till")
        world.trace.record("somebody else", "append", label=what)
        world.trace.follow("till", "somebody else")

    def crowd(size: int, office: Process) -> None:
        world.store.others += [office.code.ToppedUp(1)] * size

    world.store.others_came = others_came
    top_up(world, START_CENTS)
    for name, cents in calls:
        if name == CROWD:
            world.request("office", partial(crowd, cents))
        elif name == "office":
            top_up(world, cents)
        else:
            pay(world, "till", name, cents)


def _balances(world: World) -> list[int]:
    """The balance at each version, from 0."""
    found = [0]
    for event in kept(world.store, CARD):
        sign = {"ToppedUp": 1, "Paid": -1}.get(event.type, 0)
        found.append(found[-1] + sign * (event["cents"] if sign else 0))
    return found


def _below_zero(world: World) -> str | None:
    for version, cents in enumerate(_balances(world)):
        if cents < 0:
            return f"At version {version}, the card is at {cents} cents."
    return None


def _stored(world: World, kind: str) -> Counter:
    return Counter(event["payment"] for event in kept(world.store, CARD) if event.type == kind)


def _paid_twice(world: World) -> str | None:
    for payment, times in _stored(world, "Paid").items():
        if times > 1:
            return f"{payment} is stored {times} times: the guest pays for one coffee that often."
    return None


def _not_both(world: World) -> str | None:
    paid, stamps = _stored(world, "Paid"), _stored(world, "StampEarned")
    for payment in {**paid, **stamps}:
        if paid[payment] != stamps[payment]:
            return f"Of {payment} there are {paid[payment]} Paid and {stamps[payment]} StampEarned in the stream."
    return None


def _not_stored(world: World) -> str | None:
    paid = _stored(world, "Paid")
    for answer, _, _ in world.windows:
        payment, cents = answer.about
        if answer.status == "ok" and answer.value and not paid[payment]:
            return f"The till was told that {payment} is paid, and there is no such payment."
        amounts = {event["cents"] for event in kept(world.store, CARD) if event["payment"] == payment}
        if paid[payment] and cents not in amounts:
            return f"{payment} is over {cents} cents, and is stored with {amounts}."
    return None


def _no_good_answer(world: World) -> str | None:
    balances, paid = _balances(world), _stored(world, "Paid")
    for answer, start, end in world.windows:
        payment, cents = answer.about
        if answer.status != "ok":
            if answer.value is not None:  # it has raised, and not crashed
                return f"The till asked for {payment}, and got {type(answer.value).__name__} for an answer."
            continue
        if answer.value not in (True, False):
            return f"The till asked for {payment}, and was told {answer.value!r}."
        if not answer.value and paid[payment]:
            return f"The till was told that {payment} is refused, and it is stored."
        least = min(balances[start : end + 1])
        if not answer.value and least >= cents:
            return (
                f"{payment} over {cents} cents was refused; there were never less than {least} on the card."
            )
    return None


two_tills = Grader(
    "05.2",
    "Two tills at once",
    hints=(
        "In the picture, find the append that does the harm. When was what it appends decided, and what has "
        "happened to the stream between that read and this append?",
        "The expected version says: this is what I knew when I decided. So it has to come from the very read that "
        "the decision was made on, and a new version needs a new decision.",
        "A loop: read, count the balance and the version in one go, say no if it is not enough, append both "
        "events in one call, and be done. A ConcurrencyConflict leads back to the top of the loop, the read.",
    ),
)
PAYING = Scenario(
    world=bank,
    story=tills_at_once,
    events=AT_ONCE,
    faults={"switch", "crash"},
    checks=[
        Invariant("never below zero", _below_zero),
        Invariant("no duplicate effect", _paid_twice),
        Invariant("all or none", _not_both),
        Invariant("no lost write", _not_stored),
        Invariant("an answer for everyone", _no_good_answer),
    ],
)
TO_DECIDE = {
    "never below zero": "A conflict is a matter of versions: take the new one, and try again. (The decision is "
    "as old as the read that it was made on.)",
    "no duplicate effect": "If in doubt, once more.",
    "all or none": "Two appends right behind each other are one. (Anybody, or a crash, fits in between.)",
    "no lost write": "A conflict means that it is there already. (It means that nothing was written.)",
    "an answer for everyone": "A conflict is an error, and its guest has bad luck. (It is a call to decide again.)",
}
two_tills.explore(PAYING, TO_DECIDE)
two_tills.explore(
    replace(PAYING, story=one_till_all_day, events=ALL_DAY, faults=frozenset()),
    {
        **TO_DECIDE,
        "an answer for everyone": "What was true at the last look still is, and a few attempts are enough. (Each "
        "payment is decided on what it has read itself, as often as somebody else is first.)",
    },
)

# ---------------------------------------------------------------- 05.3 replay without side effects

ADA, LIMIT = "Ada", 1500  # more than that, her bank declines
ADAM = "Adam"  # another guest, whose requests have the same names
WISHES = ((ADA, "T-1", 500), (ADA, "T-2", 2000), (ADA, "T-3", 500))  # two of them over the same amount
NEW, OUTAGE = "a card that nobody has topped up", "the bank is silent"
QUIET = 12  # so many times it gives no answer then
TWO_GUESTS = (NEW, (ADAM, "T-1", 700), (ADA, "T-1", 500), OUTAGE, (ADA, "T-2", 300))
OUTCOMES = ("ToppedUp", "TopUpDeclined")
WORKS_BEFORE = 2  # the number of a wish: what was not settled by then is tried again later
LATER_MS = 3_600_000


def _events_of(store: MemoryEventStore, guest: str) -> list[Kept]:
    return kept(store, f"card-{guest}")


class Bank(SimulatedGateway):
    """Notes what is asked of it for a wish that is settled already; it may be silent for a while."""

    def __init__(self, store: MemoryEventStore) -> None:
        super().__init__({ADA: LIMIT})
        self._store = store
        self.wished: dict[str, list[tuple[str, int]]] = {}  # by guest: request and cents
        self.again: list[int] = []
        self.silent = 0  # times

    def charge(self, account: str, cents: int, *, idempotency_key: str) -> Charge:
        events = _events_of(self._store, account)
        settled = [event["request"] for event in events if event.type in OUTCOMES]
        if all(request in settled for request, amount in self.wished.get(account, []) if amount == cents):
            self.again.append(cents)
        if self.silent:
            self.silent -= 1
            raise GatewayTimeout("no answer from the bank: whoever called can't tell whether it was done.")
        return super().charge(account, cents, idempotency_key=idempotency_key)


def a_card_and_a_bank(seed: int) -> World:
    """A store, and the bank."""
    store = with_other_cards(MemoryEventStore("cafe"))
    return World(store=store, payments=Bank(store))


def top_ups(world: World, wishes: Sequence[tuple[str, str, int]]) -> None:
    """A guest asks, the cashier works, and much later somebody reads what the card says."""
    world.asked, world.looks = {}, []
    for number, wish in enumerate(wishes):
        if number == WORKS_BEFORE:
            _work(world, ADA)
        _ask(world, *wish)
    _work_until_it_rests(world, ADA)
    _look(world, ADA)


def two_guests(world: World, situations: Sequence[str | tuple[str, str, int]]) -> None:
    """Somebody looks at a new card; two guests ask, and the bank does not always answer."""
    world.asked, world.looks = {}, []
    for situation in situations:
        if situation == NEW:
            _work(world, ADA)
            _look(world, ADA)
        elif situation == OUTAGE:
            world.payments.silent = QUIET
        else:
            _ask(world, *situation)
    for guest in world.payments.wished:
        _work_until_it_rests(world, guest)
        _look(world, guest)


def _ask(world: World, guest: str, request: str, cents: int) -> None:
    world.clock.advance(LATER_MS)
    world.asked[guest, request] = world.clock.now()
    world.payments.wished.setdefault(guest, []).append((request, cents))
    world.request(
        "till",
        lambda till: till.code.ask(guest, request, cents, till.store, till.clock),
        (guest, request, cents),
    )


def _work_until_it_rests(world: World, guest: str) -> None:
    """Once more after each round that has changed something, or that has raised because of a trouble."""
    while True:
        events, troubles = len(world.store.kept), _troubles(world)
        answer = _work(world, guest)
        in_trouble = answer.status != "ok" and _troubles(world) != troubles
        if len(world.store.kept) == events and not in_trouble:
            return


def _troubles(world: World) -> tuple[int, int]:
    return len(world.steps.struck), world.payments.silent


def _work(world: World, guest: str) -> Answer:
    return world.request("cashier", lambda cashier: cashier.code.work(guest, cashier.store, cashier.payments))


def _look(world: World, guest: str) -> None:
    """Note what the card says, and what is true."""
    world.clock.advance(LATER_MS)
    answer = world.request("reader", lambda p: p.code.statement(guest, p.store, p.payments, p.clock))
    paid = [event for event in _events_of(world.store, guest) if event.type == "ToppedUp"]
    times = [world.asked.get((guest, event["request"])) for event in paid]
    true = (sum(event["cents"] for event in paid), max(times, default=None))
    world.looks.append((guest, answer, true))


def _wishes(world: World) -> Iterator[tuple[str, str, int]]:
    """Of whom, which, and over how much: noted or not."""
    for guest, wished in world.payments.wished.items():
        for request, cents in wished:
            yield guest, request, cents


def _charged(world: World) -> Counter:
    return Counter((charge.account, charge.cents) for charge in world.payments.charges)


def _outcomes(world: World, guest: str, request: str) -> list[Kept]:
    events = _events_of(world.store, guest)
    return [event for event in events if event.type in OUTCOMES and event["request"] == request]


def _charged_twice(world: World) -> str | None:
    wished = Counter((guest, cents) for guest, _, cents in _wishes(world))
    for (guest, cents), times in _charged(world).items():
        if times > (wishes := wished[guest, cents]):
            return f"{guest} has wished for {cents} cents {_times(wishes)}, and was charged {_times(times)}."
    return None


def _times(number: int) -> str:
    return ("never", "once", "twice", f"{number} times")[min(number, 3)]


def _wrong_outcome(world: World) -> str | None:
    charged, up = _charged(world), Counter()
    for guest, request, cents in _wishes(world):
        outcomes = _outcomes(world, guest, request)
        if len(outcomes) > 1:
            return f"{request} has {len(outcomes)} ends: {', '.join(outcome.type for outcome in outcomes)}."
        for outcome in outcomes:
            up[guest, cents] += outcome.type == "ToppedUp"
            if outcome.type == "ToppedUp" and outcome["cents"] != cents:
                return f"{request} is over {cents} cents, and noted are {outcome['cents']}."
            if outcome.type == "TopUpDeclined" and not (guest == ADA and cents > LIMIT):
                return f"{request} is noted as TopUpDeclined, and the bank has never declined it."
        if up[guest, cents] > charged[guest, cents]:
            return f"{request} is noted as ToppedUp, and {guest} was not charged for it."
    return None


def _not_done(world: World) -> str | None:
    """Of the wishes of which the till was told that they are noted."""
    for answer in world.answers:
        if answer.process == "till" and answer.status == "ok":
            guest, request, cents = answer.about
            if not _outcomes(world, guest, request):
                wish = f"{guest}'s {request} over {cents} cents"
                return f"Nobody calls work any more, and no event says how {wish} has ended."
    return None


def _touched(world: World) -> str | None:
    for cents in world.payments.again:
        return f"The {cents} cents were settled, and the bank was asked for them once more."
    for step in world.steps.log:
        if step.actor == "reader" and step.action != "read":
            return f"Somebody looks at the card, and the code calls {step.action!r}: a replay only reads."
    return None


def _wrong_statement(world: World) -> str | None:
    for guest, answer, true in world.looks:
        got = tuple(answer.value) if isinstance(answer.value, list | tuple) else answer.value
        if answer.status == "ok" and got != true:
            return f"The statement of {guest} should be {_said(true)}, and is {_said(got)}."
    return None


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%H:%M on %d %B %Y}{'' if value.tzinfo else ', of no time zone'}"
    return " and ".join(map(_said, value)) if isinstance(value, tuple) else repr(value)


replayed = Grader(
    "05.3",
    "Replay, and take nothing twice",
    hints=(
        "Which call in the picture is one too many, or in the wrong place? What did the events say at that moment: "
        "open, or settled?",
        "Two things that look alike: to fold what has happened, and to do something about it. The first happens at "
        "each look, and touches nothing. The second is for what the fold shows to be open.",
        "One function folds a stream into wishes, outcomes and a version, and all others begin with it. Charge with "
        "a key that is made of the guest and the request, and note the outcome after the answer. A time that is "
        "shown later is one that was noted.",
    ),
)
TOPPING_UP = Scenario(
    world=a_card_and_a_bank,
    story=top_ups,
    events=WISHES,
    faults={"crash", "fail charge"},
    checks=[
        Invariant("no duplicate effect", _charged_twice),
        Invariant("consistent output", _wrong_outcome),
        Invariant("no lost message", _not_done),
        Invariant("replay touches nothing", _touched),
        Invariant("rebuild equals incremental", _wrong_statement),
    ],
)
TO_REPLAY = {
    "no duplicate effect": "A process that starts again goes on where it was. (It reads the same events, and "
    "does the same things, unless something tells it that they are done.)",
    "no lost message": "No news is good news. (A decline is an outcome, too, and each wish needs one; without an "
    "answer, somebody has to call again, and for that must hear of it.)",
    "consistent output": "No answer is a no, or a yes. (The money may have been taken or not: ask again.)",
    "replay touches nothing": "Replay is free of effects. (Only where gateways are off, and no clock is read.)",
    "rebuild equals incremental": "Now is now. (On a replay, now is long after it happened: take the time from "
    "the event, and note it there as the clock gives it.)",
    NO_FAULT: "It works once, so it works again. (The second time, there is what the first time has left.)",
}
replayed.explore(TOPPING_UP, TO_REPLAY)
replayed.explore(
    replace(TOPPING_UP, story=two_guests, events=TWO_GUESTS, faults=frozenset()),
    {
        **TO_REPLAY,
        "no lost message": "A name that means one thing to a guest means one thing to the bank. (Another guest "
        "may use the same name: have the key say whose it is.)",
        "rebuild equals incremental": "A card is what it was at the last look. (It is what its own events say: "
        "all of them, and none of another card.)",
        NO_FAULT: "There is always something there. (A new card has no events yet, and is looked at all the same.)",
    },
)

# ---------------------------------------------------------------- 05.4 snapshots

SNAPSHOTS = """
CREATE TABLE snapshots (
    stream TEXT PRIMARY KEY, schema INTEGER, version INTEGER, event_id TEXT, state TEXT, checksum TEXT
);
"""
OHARA = "card-O'Hara"
BEFORE, NOW, AFTER = 1, 2, 3  # schemas
GROWS, SAVED, LOADED = "the stream grows", "a snapshot is saved", "it is loaded"
OLD, NEWER = "an older program saves one", "a newer program saves one"
RESTORED, OTHER = "a backup is restored", "one of another card is saved"
DAMAGES = {  # of a snapshot's row: words, column, and what becomes of its value
    "its version is one more": ("version", lambda value: _digit(value, -1)),
    "its event has another id": ("event_id", lambda value: _digit(value, -1)),
    "a digit of its state is wrong": ("state", lambda value: _digit(value, 0)),
    "the last digit of its state is wrong": ("state", lambda value: _digit(value, -1)),
    "half of its state is gone": ("state", lambda value: value[: len(value) // 2]),
    "its checksum is wrong": ("checksum", lambda value: _digit(value, 0)),
}
LIFE = (GROWS, SAVED, LOADED, GROWS, LOADED, SAVED, LOADED, RESTORED, LOADED)
TROUBLE = (GROWS, NEWER, SAVED, OTHER, LOADED, *DAMAGES, OLD, LOADED, NEWER, LOADED)


class WatchedStore(MemoryEventStore):
    """Counts the events before a version that are handed out."""

    old, older = 0, 0  # what is old, and how many that are older were handed out

    def told(self, read: Callable, stream: str | None, after: int) -> Iterator[StoredEvent]:
        for stored in super().told(read, stream, after):
            self.older += stored.version < self.old
            yield stored


def a_long_stream(seed: int) -> World:
    """A store, and the table of snapshots."""
    return World(store=with_other_cards(WatchedStore("cafe")), db=MemoryDatabase(SNAPSHOTS, "snapshots"))


def a_life(world: World, situations: Sequence[str]) -> None:
    """One situation after the other; whenever it is loaded, note what came of it."""
    world.loads = []  # what was found, what is true, and how many events older than a good snapshot were read
    world.good_at = 0  # the version of a snapshot that was saved, and is good
    for situation in situations:
        ACTS[situation](world)


def _grow(world: World, card: str = OHARA) -> None:
    def append(till: Process) -> None:
        version = world.store.version(card)
        events = [till.code.ToppedUp(1000 + version if version else 700)]  # below zero, at first
        events += [till.code.Paid(200 + version + n) for n in range(2 if version else 4)]
        till.store.append(card, events, expected_version=version)

    world.request("till", append)


def _true(world: World) -> tuple[int, int]:
    """Cents and stamps."""
    events = kept(world.store, OHARA)
    cents = sum(event["cents"] * (1 if event.type == "ToppedUp" else -1) for event in events)
    return cents, sum(event.type == "Paid" for event in events)


def _save(world: World) -> None:
    done = _save_as(world, "program", NOW, _true(world))
    world.good_at = world.store.version(OHARA) if done else 0


def _save_other(world: World) -> None:
    _grow(world, "card-Cy")
    _save_as(world, "program", NOW, (1, 1), "card-Cy")


def _save_by(schema: int, world: World) -> None:
    """Another program, which counts stamps by another rule."""
    cents, stamps = _true(world)
    _save_as(world, "another program", schema, (cents, 2 * stamps))
    world.good_at = 0


def _save_as(world: World, name: str, schema: int, state: tuple[int, int], card: str = OHARA) -> bool:
    def save(process: Process) -> None:
        (last,) = process.store.read(card, after=world.store.version(card) - 1)
        process.code.save(card, process.code.Card(*state), last, schema, process.db)

    return world.store.version(card) > 0 and world.request(name, save).status == "ok"


def _load(world: World) -> None:
    world.store.old, world.store.older = world.good_at, 0
    answer = world.request(
        "program", lambda program: program.code.load(OHARA, NOW, program.store, program.db)
    )
    if answer.status == "ok":
        found = tuple(getattr(answer.value, name, None) for name in ("cents", "stamps"))
        world.loads.append((found, _true(world), world.store.older))
    world.store.old = 0


def _damage(words: str, column: str, wrong: Callable[[object], object], world: World) -> None:
    """It is loaded while something of the row is wrong; then that is as it was."""
    (row,) = world.db.execute("SELECT * FROM snapshots WHERE stream = ?", [OHARA]) or [{}]
    if (value := row.get(column)) is None:
        return
    good, world.good_at = world.good_at, 0
    _befalls(world, "disk", "damage", f"of the snapshot: {words}")
    world.db.execute(f"UPDATE snapshots SET {column} = ? WHERE stream = ?", [wrong(value), OHARA])
    _load(world)
    world.db.execute(f"UPDATE snapshots SET {column} = ? WHERE stream = ?", [value, OHARA])
    world.good_at = good


def _digit(value: int | str | bytes, number: int) -> object:
    """The value with one digit of another size."""
    if isinstance(value, int):
        return value + 1
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    if places := [place for place, letter in enumerate(text) if letter.isdecimal()]:
        place = places[number]
        text = f"{text[:place]}{(int(text[place]) + 1) % 10}{text[place + 1 :]}"
    return text.encode("latin-1") if isinstance(value, bytes) else text


def _restore(world: World) -> None:
    """The card's newest events are gone, and others come in their place, with ids that were never there."""
    events = world.store.kept
    events[-2:] = [event._replace(stream="of somebody else") for event in events[-2:]]
    _befalls(world, "backup", "restore", f"{OHARA}, without its newest events")
    world.good_at = 0
    _load(world)
    _grow(world)


def _befalls(world: World, actor: str, action: str, what: str) -> None:
    """Show in the picture what nobody has asked for: after all that was done, and before all that is to come."""
    for other in ("till", "program"):
        world.trace.follow(actor, other)
    world.trace.record(actor, action, label=what)
    for other in ("till", "program"):
        world.trace.follow(other, actor)


ACTS = {
    GROWS: _grow,
    SAVED: _save,
    LOADED: _load,
    OTHER: _save_other,
    OLD: partial(_save_by, BEFORE),
    NEWER: partial(_save_by, AFTER),
    RESTORED: _restore,
    **{words: partial(_damage, words, *damage) for words, damage in DAMAGES.items()},
}


def _differs(world: World) -> str | None:
    for found, true, _ in world.loads:
        if found != true:
            return (
                f"By all events there are {true[0]} cents and {true[1]} stamps on the card. It was loaded with "
                f"{found[0]} cents and {found[1]} stamps."
            )
    return None


def _not_used(world: World) -> str | None:
    for _, _, older in world.loads:
        if older:
            return (
                f"There is a good snapshot, and {older} events that are older than it were read all the same."
            )
    return None


CHECKS = [
    Invariant("rebuild equals incremental", _differs),
    Invariant("a good snapshot is used", _not_used),
]
BELIEFS = {
    "rebuild equals incremental": "A snapshot is the state. (It is a copy of an old one: which program made it, of "
    "which history, and is it whole?)",
    "a good snapshot is used": "If in doubt, read everything, or leave the one that is there. (Then there need be "
    "no snapshot.)",
    NO_FAULT: "An error is an answer, too. (Whoever looks at a card gets a card, and whoever saves has it saved, "
    "whatever was there before.)",
}
trusted = Grader(
    "05.4",
    "A snapshot that can be trusted",
    hints=(
        "Compare the two states in the story. What did the snapshot say, and what has happened to it, or to the "
        "stream, since it was saved?",
        "Four questions before it may be used: is the row whole, is it of my schema, is the event that it was taken "
        "after still at that version, and what came after? If one answer is wrong: replay everything.",
        "Save a checksum over all that you keep (hashlib), the schema and the id of the last event. When loading, "
        "read from after=version - 1: the first event you get must have that id, and the others are the rest.",
    ),
)
trusted.explore(
    Scenario(world=a_long_stream, story=a_life, events=TROUBLE, faults=set(), checks=CHECKS),
    misconceptions=BELIEFS,
)
trusted.explore(
    Scenario(world=a_long_stream, story=a_life, events=LIFE, faults={"crash"}, checks=CHECKS),
    misconceptions=BELIEFS,
)
