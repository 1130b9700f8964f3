"""The settings of one small broker: one KRaft node in little memory, for this machine or for a room."""

import os
import re
from pathlib import Path

from tools.broker.problem import Problem

LOG4J = """\
status = error
appender.file.type = File
appender.file.name = file
appender.file.fileName = {log}
appender.file.append = false
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = [%d] %p %m (%c)%n%throwable
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
"""

# A single node can't replicate; and the log cleaner's default buffer (128 MiB) would not
# fit into our heap.
SERVER = """\
process.roles = broker,controller
node.id = 1
controller.quorum.voters = 1@127.0.0.1:{controller}
controller.listener.names = CONTROLLER
listeners = PLAINTEXT://{bind}:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners = PLAINTEXT://{host}:{port}
listener.security.protocol.map = CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
inter.broker.listener.name = PLAINTEXT
log.dirs = {data}
offsets.topic.replication.factor = 1
offsets.topic.num.partitions = 5
transaction.state.log.replication.factor = 1
transaction.state.log.min.isr = 1
transaction.state.log.num.partitions = 5
share.coordinator.state.topic.replication.factor = 1
share.coordinator.state.topic.min.isr = 1
share.coordinator.state.topic.num.partitions = 5
group.initial.rebalance.delay.ms = 0
group.min.session.timeout.ms = 1000
auto.create.topics.enable = false
log.cleaner.dedupe.buffer.size = 16777216
num.network.threads = 2
num.io.threads = 4
"""


def room_host() -> str:
    """KAFKA_HOST: what other machines call this one; empty where the broker is for this one alone.

    Raises `Problem` for what can be no machine's name.
    """
    host = os.environ.get("KAFKA_HOST", "")
    if host and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", host):
        raise Problem(f"KAFKA_HOST={host!r} is no machine's name or address. Write it as in 192.168.1.20.")
    return host


def write(folder: Path, *, port: int, controller: int, host: str = "") -> Path:
    """Write the settings into `folder`; return the path of server.properties.

    `host` is what other machines call this one; without it, nobody else can reach the broker.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "server.log"
    (folder / "log4j2.properties").write_text(LOG4J.format(log=log.as_posix()))
    path = folder / "server.properties"
    where = {"bind": "0.0.0.0", "host": host} if host else {"bind": "127.0.0.1", "host": "localhost"}
    data = (folder / "data").as_posix()
    path.write_text(SERVER.format(port=port, controller=controller, data=data, **where))
    return path
