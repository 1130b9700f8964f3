"""`python -m tools.broker up|stop|status|reset|fetch`: what `make kafka` and its kin run."""

import argparse
import os
import shutil
import sys

from tools.broker import docker, jars
from tools.broker.java_broker import JavaBroker
from tools.broker.private import default_home, default_libs, given_address
from tools.broker.problem import Problem
from tools.broker.progress import say
from tools.broker.ready import what_answers
from tools.broker.settings import room_host


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 where it worked (for `status`: where a broker runs), else 1."""
    parser = argparse.ArgumentParser(prog="python -m tools.broker", description="Apache Kafka, here.")
    parser.add_argument("command", choices=["up", "stop", "status", "reset", "fetch"])
    parser.add_argument("--port", type=int, default=9092)
    options = parser.parse_args(arguments)
    broker = JavaBroker(default_home(), default_libs())
    try:
        commands = {"up": up, "stop": stop, "status": status, "reset": reset, "fetch": fetch}
        return commands[options.command](broker, options.port)
    except Problem as problem:
        print(f"kafka: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def up(broker: JavaBroker, port: int) -> int:
    """An address that is given, else Docker, else Java."""
    address = given_address()
    if address and not _is_here(address, port):
        host, _, given = address.rpartition(":")
        if what_answers(int(given), host or "localhost") == "kafka":
            say(f"Kafka answers at {address} already, the address in SANDBOX_BUS.")
            return 0
        raise Problem(
            f"no Kafka answers at {address}, the address in SANDBOX_BUS. Unset it to start one here."
        )
    if running := broker.running():
        return _tell(running, "on Java, already running")
    engine = docker.engine_answers()
    if engine and (running := docker.running_port()):
        return _tell(running, "through Docker, already running")
    if there := what_answers(port):
        who = "another Kafka" if there == "kafka" else "another program"
        raise Problem(f"port {port} is taken by {who}. Choose a free one: make kafka PORT={port + 1}")
    if engine:
        docker.up(port)
        return _tell(port, "through Docker")
    say("No Docker engine answers, so Kafka runs on Java.")
    try:
        broker.start(port, room_host())
    except Problem as problem:
        if shutil.which("java"):
            raise
        raise Problem("there is neither a Docker engine nor Java 17. Install one of them.") from problem
    return _tell(port, f"on Java; its data and its log are in {os.path.relpath(broker.home)}")


def stop(broker: JavaBroker, port: int) -> int:
    """Stop what `up` has started, whichever way; topics and offsets stay."""
    stopped = broker.stop()
    if docker.engine_answers() and docker.running_port():
        docker.stop()
        stopped = True
    say("Kafka has stopped. Its topics and offsets stay." if stopped else "No Kafka of ours was running.")
    return 0


def status(broker: JavaBroker, port: int) -> int:
    """Say whether it runs, and where."""
    if running := broker.running():
        return _tell(running, "on Java")
    if docker.engine_answers() and (running := docker.running_port()):
        return _tell(running, "through Docker")
    say("No Kafka of ours is running. Start it: make kafka")
    return 1


def reset(broker: JavaBroker, port: int) -> int:
    """Stop it and throw its data away; Kafka's jars stay."""
    stop(broker, port)
    shutil.rmtree(broker.home / "data", ignore_errors=True)
    if docker.engine_answers():
        docker.wipe()
    say("Its topics and offsets are gone.")
    return 0


def fetch(broker: JavaBroker, port: int) -> int:
    """Only get Kafka's jars, so that `up` needs no network later."""
    jars.resolve(broker.libs)
    say("Kafka's jars are here.")
    return 0


def _is_here(address: str, port: int) -> bool:
    return address in (f"localhost:{port}", f"127.0.0.1:{port}")


def _tell(port: int, way: str) -> int:
    """Say where it is. Raises `Problem` where other machines were to reach it, and can't."""
    say(f"Kafka answers at localhost:{port} ({way}).")
    say(f"  Use it:   SANDBOX_BUS=kafka://localhost:{port} make lab")
    say(f'            or, in a notebook, connect("kafka://localhost:{port}")')
    host = room_host()
    if host and what_answers(port, host) != "kafka":
        raise Problem(
            f"but not at {host}:{port}. Either KAFKA_HOST={host} is not what other machines call this one, "
            "or this Kafka was started for this machine alone: make kafka-stop, then "
            f"KAFKA_HOST={host} make kafka"
        )
    if host:
        say(f"  From other machines, without a password:  kafka://{host}:{port}")
    say("  Stop it:  make kafka-stop")
    return 0


if __name__ == "__main__":
    sys.exit(main())
