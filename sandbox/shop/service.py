"""A service: a database of its own, and a table that says what it does at which message.

What it writes, what it says (its outbox) and the mark that it has seen the message (its
inbox) are one transaction. A call to somebody outside comes before that, since no
transaction reaches there: it may be made twice, and so needs an idempotency key.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sandbox.clock import Clock
from sandbox.messages import Command, Event, Record
from sandbox.patterns import Inbox, Outbox, Relay
from sandbox.ports import Bus, Database

Message = Event | Command
Rule = Callable[[Database, Message], Iterable[Message]]


@dataclass(frozen=True)
class Outside:
    """A rule that first calls somebody outside, by whose answer `then` goes on."""

    call: Callable[[Database, Message], object]
    then: Callable[[Database, Message, object], Iterable[Message]]


Rules = Mapping[type[Message], Rule | Outside]


class Service:
    """One of the shop's services. What it says goes to the topic of its name."""

    def __init__(self, name: str, db: Database, clock: Clock, tables: Iterable[str], rules: Rules) -> None:
        self.name = name
        self.db = db
        self.inbox = Inbox(db, name)
        self.outbox = Outbox(db, clock)
        self._rules = {message.type_name: rule for message, rule in rules.items()}
        for table in tables:
            db.execute(table)

    def __repr__(self) -> str:
        return f"Service {self.name}, reads {', '.join(self._rules)}"

    def handle(self, record: Record) -> None:
        """Do what the rules say, once for each message, however often it comes."""
        rule = self._rules.get(record.envelope.type)
        if rule is None:
            return
        message, outside = record.event, isinstance(rule, Outside)
        answer = rule.call(self.db, message) if outside else None
        with self.db.transaction():
            if self.inbox.first_time(record):
                says = rule.then(self.db, message, answer) if outside else rule(self.db, message)
                for said in says:
                    id = said.order_id
                    self.outbox.add(self.name, said, key=id, subject=id, cause=record)

    def relay(self, bus: Bus) -> Relay:
        """Who publishes what the service has to say."""
        return Relay(self.outbox, bus, name=f"{self.name} relay")
