"""The first thing that runs in the other process: everything is loaded, then the doors are shut."""

from socket import socket

from sandbox.confined.nursery import be_nursery


def boot(descriptor: str) -> None:
    """Be the nursery; `descriptor` is that of its control socket."""
    be_nursery(socket(fileno=int(descriptor)))
