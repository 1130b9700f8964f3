"""The settings of one small broker: a single KRaft node, on loopback, in little memory."""

from pathlib import Path

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
listeners = PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners = PLAINTEXT://localhost:{port}
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


def write(folder: Path, *, port: int, controller: int) -> Path:
    """Write the settings into `folder`; return the path of server.properties."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "server.log"
    (folder / "log4j2.properties").write_text(LOG4J.format(log=log.as_posix()))
    path = folder / "server.properties"
    path.write_text(SERVER.format(port=port, controller=controller, data=(folder / "data").as_posix()))
    return path
