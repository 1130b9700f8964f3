"""What a cache promises: Redis's answers, as texts; a clear error where nobody answers."""

import socket
import threading

import pytest

from sandbox.errors import CacheUnreachable, UsageError
from sandbox.store import connect_cache


def test_it_is_redis():
    cache = connect_cache()
    cache.zadd("best-sellers", {"oat latte": 3, "espresso": 5})
    cache.zincrby("best-sellers", 4, "oat latte")
    assert cache.zrange("best-sellers", 0, -1, desc=True, withscores=True) == [
        ("oat latte", 7.0),
        ("espresso", 5.0),
    ]
    cache.set("seen", 1)
    assert (cache.get("seen"), cache.incrby("seen", 2), cache.get("none")) == ("1", 3, None)
    assert (cache.delete("seen", "none"), repr(cache)) == (1, "Redis in this process")


def test_two_of_them_share_nothing():
    one, other = connect_cache(), connect_cache()
    one.set("a", "1")
    assert other.get("a") is None


@pytest.mark.parametrize("url", ["localhost:6379", "http://localhost", "kafka://localhost:9092"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(UsageError, match="redis://localhost:6379"):
        connect_cache(url)


def test_the_environment_says_which(monkeypatch):
    monkeypatch.setenv("SANDBOX_REDIS", "nowhere")
    with pytest.raises(UsageError, match="nowhere"):
        connect_cache()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_no_redis_there_is_a_clear_error():
    port = free_port()
    with pytest.raises(CacheUnreachable, match=f"at 127.0.0.1:{port} to PING.*fake://") as error:
        connect_cache(f"redis://:secret@127.0.0.1:{port}")
    assert "secret" not in str(error.value)
    assert (error.value.definite, error.value.retriable) == (False, True)


def test_a_redis_that_goes_away_is_a_clear_error():
    """A server that answers twice (hello and ping), and is gone."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = server.accept()
        with connection:
            while request := connection.recv(4096):
                if b"SET" in request and b"CLIENT" not in request:
                    break
                answers = request.count(b"*")
                connection.sendall(b"+PONG\r\n" if b"PING" in request else b"+OK\r\n" * answers)
        server.close()

    thread = threading.Thread(target=serve)
    thread.start()
    cache = connect_cache(f"redis://127.0.0.1:{server.getsockname()[1]}?protocol=2")
    with pytest.raises(CacheUnreachable, match="to SET"):
        cache.set("a", "1")
    thread.join()
