"""The attacks on the exercises of lesson 04."""

from collections.abc import Callable
from dataclasses import replace

from sandbox.errors import GatewayTimeout
from sandbox.explore import MemoryDatabase, Process, Scenario, World
from sandbox.explore.checkers import Invariant, no_plaintext
from sandbox.grading import Finding, Grader, Submission
from sandbox.sim import SimulatedBus

# ---------------------------------------------------------------- 04.1 the feature both ways

CARDS = "CREATE TABLE cards (guest TEXT, address TEXT, PRIMARY KEY (guest, address));"
MOVES = (("Ada", "L'Aquila"), ("Bo", "Oslo"), ("Ada", "Oslo"))  # two homes, and two guests in one town
CLOSED_FOR = 30  # questions: nobody gives up so late


class GuestBook:
    """Knows where each guest lives now, and nothing of before."""

    def __init__(self) -> None:
        self.addresses: dict[str, str] = {}
        self.closed_for = 0  # so many questions

    def address_of(self, guest: str) -> str | None:
        """The newest address; `None` for a guest whom it doesn't know. Raises `GatewayTimeout` while closed."""
        if self.closed_for:
            self.closed_for -= 1
            raise GatewayTimeout("no answer: the guest book is closed.")
        return self.addresses.get(guest)


def cafe(seed: int) -> World:
    """The board, the guest book, and the card service's database."""
    bus = SimulatedBus(seed)
    bus.create_topic("pings")
    bus.create_topic("changes")
    return World(bus=bus, db=MemoryDatabase(CARDS, "cards"), book=GuestBook())


def reads(topic: str, handle: Callable[[Process, object], object]) -> Callable[[Process], None]:
    """The card service: commits each record once it was handled; an error has it delivered again."""

    def read(cards: Process) -> None:
        with cards.bus.consumer(topic, group="cards") as consumer:
            for record in consumer.poll():
                try:
                    handle(cards, record)
                except GatewayTimeout:
                    return  # nothing is committed, so it comes again
                consumer.commit(record)

    return read


READS_PINGS = reads("pings", lambda cards, record: cards.code.on_ping(record, cards.book, cards.db))
READS_CHANGES = reads("changes", lambda cards, record: cards.code.on_change(record, cards.db))


def moves_are_told(tell: str, read: Callable[[Process], None]) -> Callable[[World, tuple], None]:
    """All guests but the last one move before the card service reads anything."""

    def story(world: World, moves: tuple) -> None:
        for number, move in enumerate(moves):
            if 0 < number == len(moves) - 1:
                world.request("cards", read)
            _move(world, tell, *move)
        world.service("cards", read)

    return story


def the_book_is_closed(world: World, moves: tuple) -> None:
    """The card service reads while nobody answers, for long; and again once the guest book is open."""
    for move in moves:
        _move(world, "ping", *move)
    world.book.closed_for = CLOSED_FOR
    world.request("cards", READS_PINGS)
    world.book.closed_for = 0
    world.service("cards", READS_PINGS)


def _move(world: World, tell: str, guest: str, address: str) -> None:
    world.book.addresses[guest] = address
    world.request(
        "owner", lambda owner: getattr(owner.code, tell)(guest, address, owner.bus), (guest, address)
    )


def sent(world: World) -> list[tuple]:
    """The cards, as (guest, address)."""
    return [(row["guest"], row["address"]) for row in world.db.execute("SELECT * FROM cards ORDER BY rowid")]


def told(world: World) -> list[tuple]:
    """The moves of which the owner was told that they are on the board."""
    return _moves(world, "ok")


def _moves(world: World, status: str) -> list[tuple]:
    return [move for move in world.told(status) if move]  # the card service's turns are about no move


def _never_lived_there(world: World) -> str | None:
    known = {move for status in ("ok", "unknown", "failed") for move in _moves(world, status)}
    for guest, address in sent(world):
        if (guest, address) not in known:
            return f"A card was sent to {guest}, {address}, where {guest} has never lived."
    return None


def _no_card_at_home(world: World) -> str | None:
    for guest, address in told(world):
        if address == world.book.addresses[guest] and (guest, address) not in sent(world):
            return f"{guest} lives in {address} now, and has got no card there."
    return None


def _move_without_card(world: World) -> str | None:
    for guest, address in told(world):
        if (guest, address) not in sent(world):
            return f"{guest} has moved to {address}, and has got no card there."
    return None


def _as_written(world: World) -> list[str]:
    """The addresses in every case: somebody may shout."""
    return [form for _, address in MOVES for form in (address, address.lower(), address.upper())]


def _in_pings(world: World) -> dict[str, bytes]:
    """All that a ping carries, by where it stands."""
    found = [record.stored for record in world.records("pings")]
    return {
        "a ping": b" ".join(it.value or b"" for it in found),
        "a ping's key": b" ".join(it.key or b"" for it in found),
        "a ping's headers": b" ".join(value for it in found for value in it.headers.values()),
        "a ping's envelope": " ".join(repr(it.envelope) for it in found).encode(),
    }


both_ways = Grader(
    "04.1",
    "A card for whoever moves, both ways",
    hints=(
        "Look at the last thing that happened before the dotted line. Which of the two ways is it, and what did "
        "the reader know at that moment: from the event, and from the guest book?",
        "The ping's reader knows only a name. Where the guest book doesn't answer, the record must not count as "
        "done. The change's reader has no guest book: what it needs, the event has to bring.",
        "Let GatewayTimeout out of on_ping: the record comes again. In on_change, make a card of what the event "
        "says. And write each card so that a second time does no harm: INSERT OR IGNORE.",
    ),
)
both_ways.explore(
    Scenario(
        world=cafe,
        story=moves_are_told("ping", READS_PINGS),
        events=MOVES,
        faults={"crash", "duplicate", "fail address_of"},
        checks=[
            no_plaintext(
                _as_written,
                _in_pings,
                "{!r} stands in {}: it should say that somebody has moved, and not where to.",
            ),
            Invariant("no ghost message", _never_lived_there),
            Invariant("no lost message", _no_card_at_home),
        ],
    ),
    misconceptions={
        "no plaintext": "A bit of state in a notification does no harm. (Then everyone reads it, and nobody asks.)",
        "no ghost message": "Where nobody answers, a placeholder will do.",
        "no lost message": "Thin notifications are loosely coupled. (Their reader needs the owner, for each of "
        "them, and has to wait for it.)",
    },
)
both_ways.explore(
    Scenario(
        world=cafe,
        story=the_book_is_closed,
        events=MOVES[:1],
        faults=set(),
        checks=[
            Invariant("no ghost message", _never_lived_there),
            Invariant("no lost message", _no_card_at_home),
        ],
    ),
    misconceptions={
        "no ghost message": "Where nobody answers, a placeholder will do.",
        "no lost message": "After a few tries it has to answer. (A guest book may be closed for hours. Let the error "
        "out, and the record waits as long.)",
    },
)
both_ways.explore(
    Scenario(
        world=cafe,
        story=moves_are_told("tell", READS_CHANGES),
        events=MOVES,
        faults={"crash", "duplicate"},
        checks=[
            Invariant("no ghost message", _never_lived_there),
            Invariant("no lost message", _move_without_card),
        ],
    ),
    misconceptions={
        "no lost message": "Only the newest state counts. (Each event is about its own move: two moves, two cards.)",
        "no ghost message": "What the reader remembers is what the event says.",
    },
)

CASES = (  # readers, events, every, ping, state
    (1, 1, 1, 20, 100),
    (5, 20, 1, 20, 1_000),
    (5, 20, 4, 20, 1_000),
    (3, 10, 3, 50, 10_000),
    (7, 21, 20, 30, 400),
    (4, 0, 3, 20, 100),
)


@both_ways.attack(
    "costs add up", misconception="Thin notifications are cheaper. (Who needs the state gets it anyway.)"
)
def weighed(submission: Submission) -> None:
    """The two sums, against a bus on which every byte is counted."""
    for readers, events, every, ping, state in CASES:
        thin, fat = _weigh(readers, events, every, ping, state)
        got = submission.costs(readers, events, every, ping, state)
        if not isinstance(got, tuple | list) or tuple(got) != (thin, fat):
            raise Finding(
                f"{readers} readers, {events} events, of which one in {every} matters, a ping of {ping} bytes, a "
                f"state of {state}: {thin} bytes by notification and {fat} by state transfer were counted, and "
                f"costs(…) says {got!r}."
            )


def _weigh(readers: int, events: int, every: int, ping: int, state: int) -> tuple[int, int]:
    thin = fat = 0
    for _ in range(readers):
        for number in range(events):
            fat += state
            thin += ping + (state if number % every == 0 else 0)
    return thin, fat


# ---------------------------------------------------------------- 04.2 the copy

COPY = """
CREATE TABLE copy (
    guest TEXT PRIMARY KEY, address TEXT, version INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0
);
"""
CHANGES = (("Ada", "Faro"), ("Bo", None), ("Ada", "Lisbon"), ("Eve", "L'Aquila"))  # None: the guest leaves
BACK = (("Ada", None), ("Ada", "Rome"))  # one who leaves, and comes back
BEFORE = {"Ada": ("Porto", 3), "Bo": ("Oslo", 5)}  # older than the board


class Owner:
    """The guest book with its versions, which can be read as a whole; it may be a little behind the board."""

    def __init__(self) -> None:
        self.guests: dict[str, tuple[str | None, int]] = dict(BEFORE)
        self.loaded = False  # has the copy had its first load?

    def all(self) -> list[tuple[str, str, int]]:
        """Every guest who is here: name, address, version."""
        return [(guest, address, version) for guest, (address, version) in self.guests.items() if address]


def with_a_copy(seed: int) -> World:
    """The board, the owner, and the database of whoever keeps a copy."""
    bus = SimulatedBus(seed)
    bus.create_topic("guests")
    return World(bus=bus, db=MemoryDatabase(COPY, "copy"), book=Owner())


def changes_and_a_first_load(world: World, changes: tuple) -> None:
    """The copy is loaded from the owner's list, while the last three changes come in on the board."""

    def keep(copy: Process) -> None:
        with copy.bus.consumer("guests", group="copy") as consumer:
            for record in consumer.poll():
                copy.code.take_in(record, copy.db)
                consumer.commit(record)

    early, meanwhile = changes[:-3], changes[-3:]
    for change in early:
        _change(world, *change)

    def load(loader: Process) -> None:
        if not world.book.loaded:  # after a crash, once more
            loader.code.load(loader.book, loader.db)
            world.book.loaded = True

    world.together(
        {
            "loader": lambda: world.request("loader", load),
            "keeper": lambda: world.request("keeper", keep),
            "owner": lambda: [_change(world, *change) for change in meanwhile],
        }
    )
    world.service("keeper", keep)
    world.service("loader", load)


def _change(world: World, guest: str, address: str | None) -> None:
    def publish(owner: Process) -> None:
        version = _newest(world).get(guest, (None, 0))[1] + 1
        if address is None:
            event = owner.code.GuestLeft(guest, version)
        else:
            event = owner.code.AddressChanged(guest, address, version)
        owner.bus.publish("guests", event, key=guest)
        world.book.guests[guest] = (address, version)

    world.request("owner", publish, (guest, address))


def _newest(world: World) -> dict[str, tuple[str | None, int]]:
    """Each guest's newest address and version, from the book and from the board."""
    newest = dict(world.book.guests)
    for said in [*world.said("guests", "AddressChanged"), *world.said("guests", "GuestLeft")]:
        if said["version"] > newest.get(said["guest"], (None, 0))[1]:
            newest[said["guest"]] = (said.get("address"), said["version"])
    return newest


def _copied(world: World) -> dict[str, str]:
    rows = world.db.execute("SELECT * FROM copy")
    return {row["guest"]: row["address"] for row in rows if not row["gone"]}


def _true(world: World) -> dict[str, str]:
    return {guest: address for guest, (address, _) in _newest(world).items() if address}


def _missing(world: World) -> str | None:
    copied = _copied(world)
    for guest in _true(world):
        if guest not in copied:
            return f"{guest} is a guest, and the copy doesn't know it: a parcel can't be sent."
    return None


def _back(world: World) -> str | None:
    true = _true(world)
    for guest, address in _copied(world).items():
        if guest not in true:
            return f"{guest} has left, and is in the copy again, in {address}."
    return None


def _still_gone(world: World) -> str | None:
    copied, left = _copied(world), {said["guest"] for said in world.said("guests", "GuestLeft")}
    for guest, address in _true(world).items():
        if guest in left and guest not in copied:
            return f"{guest} has come back and lives in {address}, and for the copy {guest} is still gone."
    return None


def _out_of_date(world: World) -> str | None:
    copied = _copied(world)
    for guest, address in _true(world).items():
        if copied.get(guest) != address:
            return f"{guest} lives in {address}, and parcels go to {copied.get(guest)}."
    return None


copy = Grader(
    "04.2",
    "A copy that stays right",
    hints=(
        "Which guest is wrong in the end? Go through all that was heard of that guest, and all that was written, one "
        "after the other. Which of these writes should not have counted, or which one is missing?",
        "Three things may arrive too late: a change, a departure, and a line of the first load. One rule settles "
        "all of them, if each line of the copy says how new it is.",
        "Write only where the version is greater than the one that is there, in one statement, an upsert with a "
        "condition: ON CONFLICT (guest) DO UPDATE SET … WHERE the new version is the greater one. A guest who "
        "leaves stays as a line with gone = 1, until something newer comes: a line that is deleted has forgotten its "
        "version.",
    ),
)
COPYING = Scenario(
    world=with_a_copy,
    story=changes_and_a_first_load,
    events=CHANGES,
    faults={"duplicate publish late", "switch"},
    checks=[
        Invariant("no ghost message", _back),
        Invariant("no lost message", _still_gone),
        Invariant("no lost write", _missing),
        Invariant("consistent output", _out_of_date),
    ],
)
BELIEFS = {
    "consistent output": "Upserts are idempotent, so their order doesn't matter. (A late one undoes what came "
    "in between.)",
    "no ghost message": "What is deleted is gone. (A late event, or an old list, brings it back.)",
    "no lost message": "Whoever has left stays away. (Guests come back; and a departure, too, may come late.)",
    "no lost write": "The first load brings all guests. (It may die half way, and new guests come while it runs.)",
}
copy.explore(COPYING, BELIEFS)
copy.explore(replace(COPYING, events=BACK, faults={"crash", "duplicate publish late"}), BELIEFS)
