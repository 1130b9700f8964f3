"""Apache Kafka on Java, as a process that outlives the shell that started it."""

import base64
import contextlib
import socket
import subprocess
import uuid
from pathlib import Path

import psutil

from tools.broker import jars, settings
from tools.broker.problem import Problem
from tools.broker.progress import say, wait_until
from tools.broker.ready import what_answers

START_SECONDS = 90
STOP_SECONDS = 30
HEAP = ["-Xms96m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]


class JavaBroker:
    """One broker whose settings, data and logs live in the folder `home`."""

    def __init__(self, home: Path, libs: Path) -> None:
        self.home = home.resolve()
        self.libs = libs.resolve()
        self._pid_file = self.home / "pid"

    def start(self, port: int, host: str = "") -> None:
        """Start it and wait until it answers on `port`; with `host`, for other machines as well.

        Raises `Problem` where it can't.
        """
        java = jars.java()
        jars.resolve(self.libs)
        properties = settings.write(self.home, port=port, controller=free_port(), host=host)
        base = [java, *HEAP, f"-Dsandbox.home={self.home}", "-cp", str(self.libs / "*")]
        base.insert(1, f"-Dlog4j2.configurationFile=file:{self.home / 'log4j2.properties'}")
        if not (self.home / "data" / "meta.properties").exists():
            self._format(base, properties)
        console = (self.home / "console.log").open("wb")
        process = subprocess.Popen(
            [*base, "kafka.Kafka", str(properties)],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the shell is not meant for the broker
        )
        console.close()
        self._pid_file.write_text(f"{process.pid} {port}")

        def still_alive() -> None:
            if process.poll() is not None:
                self._pid_file.unlink(missing_ok=True)
                raise Problem(f"Kafka died while starting. The end of its log:\n{self.log_end()}")

        try:
            wait_until(
                lambda: what_answers(port, timeout=1) == "kafka", "Starting Kafka", START_SECONDS, still_alive
            )
        except BaseException:
            if process.poll() is None:
                self.stop()
            raise

    def running(self) -> int | None:
        """The port on which it runs, or `None`."""
        return self._port() if self._process() else None

    def stop(self) -> bool:
        """Shut it down in an orderly way; say whether it ran at all."""
        process = self._process()
        if process:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except psutil.TimeoutExpired:
                say(f"Kafka has not stopped within {STOP_SECONDS} seconds and is killed.")
                process.kill()
                process.wait()
        self._pid_file.unlink(missing_ok=True)
        return process is not None

    def log_end(self, lines: int = 15) -> str:
        """The end of what the broker said: its log, and what never reached the log."""
        text = ""
        for name in ("server.log", "console.log"):
            with contextlib.suppress(OSError):
                text += (self.home / name).read_text(errors="replace")
        return "\n".join(text.strip().splitlines()[-lines:]) or "(it said nothing)"

    def _format(self, base: list[str], properties: Path) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        tool = [*base, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", str(properties)]
        answer = subprocess.run(tool, capture_output=True, text=True)
        if answer.returncode:
            end = "\n".join((answer.stdout + answer.stderr).strip().splitlines()[-15:])
            raise Problem(f"Kafka could not prepare its data folder {self.home / 'data'}. It said:\n{end}")

    def _process(self) -> psutil.Process | None:
        """Our broker, where it lives: not a stranger who has got its number since."""
        try:
            process = psutil.Process(int(self._pid_file.read_text().split()[0]))
            ours = f"-Dsandbox.home={self.home}" in process.cmdline()
            return process if ours and process.status() != psutil.STATUS_ZOMBIE else None
        except (OSError, ValueError, IndexError, psutil.Error):
            return None

    def _port(self) -> int:
        return int(self._pid_file.read_text().split()[1])


def free_port() -> int:
    """A port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
