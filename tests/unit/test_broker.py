"""`make kafka` where things are missing, taken or broken. Programs are faked by small scripts."""

import re
import socket
import sys
import threading
from pathlib import Path

import pytest

from tools.broker import Problem, available, jars, settings
from tools.broker.__main__ import main
from tools.broker.java_broker import JavaBroker
from tools.broker.ready import what_answers

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A machine of its own: no programs but those that a test puts there."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("SANDBOX_KAFKA_HOME", str(tmp_path / "kafka"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("SANDBOX_BUS", raising=False)
    return tmp_path


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program(home, name, body):
    """Put a program on the PATH."""
    path = home / "bin" / name
    path.write_text(f"#!{sys.executable}\nimport sys\n{body}\n")
    path.chmod(0o755)


JAVA_17 = "print('openjdk version \"17.0.1\"', file=sys.stderr)"


def test_neither_docker_nor_java(home, free_port, capsys):
    assert main(["up", "--port", str(free_port)]) == 1
    assert "neither a Docker engine nor Java 17" in capsys.readouterr().err
    with pytest.raises(Problem, match="there is no Java"):
        available()


def test_java_is_too_old(home, free_port, capsys):
    program(home, "java", "print('java version \"1.8.0\"', file=sys.stderr)")
    assert main(["up", "--port", str(free_port)]) == 1
    assert "needs Java 17 or newer" in capsys.readouterr().err


def test_no_maven_to_fetch_the_jars_with(home, free_port, capsys):
    program(home, "java", JAVA_17)
    assert main(["up", "--port", str(free_port)]) == 1
    assert "no Maven to fetch them" in capsys.readouterr().err


def test_maven_fails_and_leaves_nothing_half_done(home, free_port, capsys):
    program(home, "java", JAVA_17)
    program(home, "mvn", "print('[ERROR] Unknown host'); sys.exit(1)")
    assert main(["up", "--port", str(free_port)]) == 1
    said = capsys.readouterr().err
    assert "Unknown host" in said and "Are you online?" in said
    assert list((home / "kafka").glob("libs*")) == []


def test_the_port_is_taken(home, capsys):
    program(home, "java", JAVA_17)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["up", "--port", str(port)]) == 1
    assert f"port {port} is taken by another program" in capsys.readouterr().err


def test_a_broker_that_dies_while_starting_shows_the_end_of_its_log(home, free_port, capsys):
    program(
        home,
        "java",
        f"{JAVA_17}\nif 'kafka.Kafka' in sys.argv:\n    print('FATAL out of coffee')\n    sys.exit(1)",
    )
    libs = home / "kafka" / "libs"
    libs.mkdir(parents=True)
    import hashlib

    (libs / "made-from").write_text(hashlib.sha256(jars.POM.read_bytes()).hexdigest())
    assert main(["up", "--port", str(free_port)]) == 1
    said = capsys.readouterr().err
    assert "Kafka died while starting" in said and "FATAL out of coffee" in said


def test_a_stale_pid_is_nobody(tmp_path):
    broker = JavaBroker(tmp_path, tmp_path / "libs")
    (tmp_path / "pid").write_text("1 9092")  # a process that lives, and is not ours
    assert broker.running() is None
    assert broker.stop() is False


def test_docker_is_used_where_its_engine_answers(home, free_port, capsys, tmp_path):
    log = tmp_path / "docker.log"
    program(
        home,
        "docker",
        f"open({str(log)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\nsys.exit('port' in sys.argv)",
    )
    assert main(["up", "--port", str(free_port)]) == 0
    assert "through Docker" in capsys.readouterr().out
    assert re.search(r"compose -f \S+docker-compose.yml up --detach --wait kafka", log.read_text())


def test_nothing_is_running(home, capsys):
    assert main(["status"]) == 1
    assert main(["stop"]) == 0
    assert "No Kafka of ours was running." in capsys.readouterr().out


def test_a_given_address_that_does_not_answer_is_named(home, free_port, monkeypatch, capsys):
    monkeypatch.setenv("SANDBOX_BUS", f"kafka://localhost:{free_port}")
    assert main(["up", "--port", "1"]) == 1
    assert f"no Kafka answers at localhost:{free_port}" in capsys.readouterr().err


def test_a_web_server_is_not_taken_for_kafka():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def answer():
            connection, _ = server.accept()
            connection.recv(100)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        assert what_answers(server.getsockname()[1], "127.0.0.1") == "other"
        thread.join()


def test_docker_and_java_start_the_same_version():
    image = re.search(r"image: apache/kafka:(\S+)", (ROOT / "docker-compose.yml").read_text())[1]
    assert image == re.search(r"<kafka.version>(.*?)</kafka.version>", jars.POM.read_text())[1]


def test_everything_in_the_compose_file_listens_on_loopback_unless_told_otherwise():
    ports = re.findall(r'- "([^"]*:\d+)"', (ROOT / "docker-compose.yml").read_text())
    assert ports and all(re.match(r"(127.0.0.1|\$\{KAFKA_BIND:-127.0.0.1\}):", port) for port in ports)


def test_a_broker_is_for_this_machine_alone_unless_it_has_a_name_for_others(tmp_path, monkeypatch):
    alone = settings.write(tmp_path, port=9092, controller=9093).read_text()
    assert (
        "PLAINTEXT://127.0.0.1:9092" in alone and "advertised.listeners = PLAINTEXT://localhost:9092" in alone
    )
    monkeypatch.setenv("KAFKA_HOST", "192.168.1.20")
    shared = settings.write(tmp_path, port=9092, controller=9093, host=settings.room_host()).read_text()
    assert "PLAINTEXT://0.0.0.0:9092" in shared
    assert "advertised.listeners = PLAINTEXT://192.168.1.20:9092" in shared
    assert "CONTROLLER://127.0.0.1:9093" in shared
    monkeypatch.setenv("KAFKA_HOST", "a\nlog.dirs = /")
    with pytest.raises(Problem, match="KAFKA_HOST"):
        settings.room_host()


@pytest.mark.parametrize(
    ("answers", "status", "says"), [("kafka", 0, "kafka://10.9.0.1:"), ("", 1, "not at 10.9.0.1:")]
)
def test_who_wants_a_broker_for_others_hears_whether_they_reach_it(
    home, free_port, monkeypatch, capsys, answers, status, says
):
    program(home, "docker", "sys.exit('port' in sys.argv)")
    monkeypatch.setenv("KAFKA_HOST", "10.9.0.1")
    answer = lambda port, host="localhost": answers if host == "10.9.0.1" else ""  # noqa: E731
    monkeypatch.setattr("tools.broker.__main__.what_answers", answer)
    assert main(["up", "--port", str(free_port)]) == status
    told = capsys.readouterr()
    assert says in (told.err if status else told.out)
