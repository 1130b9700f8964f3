"""Apache Kafka through Docker: the service `kafka` of docker-compose.yml."""

import os
import shutil
import subprocess
from pathlib import Path

from tools.broker.problem import Problem
from tools.broker.progress import say
from tools.broker.settings import room_host

ROOT = Path(__file__).resolve().parents[2]
PROBE_SECONDS = 10


def engine_answers() -> bool:
    """Is there a Docker engine, and not only its command?"""
    if not shutil.which("docker"):
        return False
    try:
        answer = subprocess.run(["docker", "info"], capture_output=True, timeout=PROBE_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return answer.returncode == 0


def up(port: int) -> None:
    """Start the service and wait for its health check. Raises `Problem`."""
    say("Starting Kafka through Docker (the first time it fetches the image) ...")
    if _compose("up", "--detach", "--wait", "kafka", port=port).returncode:
        _compose("logs", "--tail", "15", "kafka", port=port)
        raise Problem(
            "Docker could not start Kafka; what it said is above. `docker compose ps` shows its state."
        )


def running_port() -> int | None:
    """The port on which the service runs, or `None`."""
    answer = _compose("port", "kafka", "9092", port=0, quiet=True)
    _, _, port = answer.stdout.strip().rpartition(":")
    return int(port) if answer.returncode == 0 and port.isdigit() and port != "0" else None


def stop() -> None:
    """Stop the service; its volume, with topics and offsets, stays."""
    _compose("stop", "kafka", port=0)


def wipe() -> None:
    """Remove the service and its volume."""
    _compose("rm", "--stop", "--force", "--volumes", "kafka", port=0)
    subprocess.run(["docker", "volume", "rm", "--force", "event-sandbox_kafka-data"], capture_output=True)


def _compose(*words: str, port: int, quiet: bool = False) -> subprocess.CompletedProcess:
    command = ["docker", "compose", "-f", str(ROOT / "docker-compose.yml"), *words]
    environment = {**os.environ, "KAFKA_PORT": str(port or 9092)}
    if room_host():
        environment["KAFKA_BIND"] = "0.0.0.0"
    return subprocess.run(command, env=environment, capture_output=quiet, text=True)
