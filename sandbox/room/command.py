"""`python -m sandbox workshop watch`: the room in a terminal, and as a page for a projector."""

import argparse
import os
import sys
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.room import page, words
from sandbox.room.board import Rules
from sandbox.room.buses import check_address
from sandbox.room.watching import Watch

HOME = "\x1b[H\x1b[J"  # the cursor to the corner, and nothing behind it


def watch(options: argparse.Namespace) -> int:
    """Show the room until Ctrl-C; with `--once`, as it is now."""
    rules = Rules(options.failures, options.minutes, options.silent, options.k)
    url = check_address(options.bus)
    if "://" not in url:
        _make(Path(url))
    watching = Watch(url, options.folder, rules)
    try:
        if options.rebuild:
            watching.intake.rebuild()
        for board in watching.boards(options.every):
            text = words.text(board, for_class=options.for_class, status=watching.status)
            print((HOME if sys.stdout.isatty() and not options.once else "") + text, flush=True)
            if options.page:
                _write(
                    options.page,
                    page.page(
                        board, for_class=options.for_class, status=watching.status, every=options.every
                    ),
                )
            if options.once:
                return 1 if watching.status else 0
    except KeyboardInterrupt:
        print("\nWhat came in is kept: started again, it goes on from there.")
    finally:
        watching.close()
    return 0


def add_command(commands: argparse._SubParsersAction, parser_class: type) -> argparse.ArgumentParser:
    """`watch`, with its options; the caller adds `--folder`."""
    made = commands.add_parser(
        "watch", help="who is where, what is believed, who is stuck: a room that has joined"
    )
    made.add_argument(
        "--bus", required=True, metavar="ADDRESS", help="kafka://host:port, or a folder for one machine"
    )
    made.add_argument(
        "--for-class", action="store_true", help="what may be projected: nobody's row, no small numbers"
    )
    made.add_argument("--page", type=Path, metavar="FILE", help="write it as a page as well, again and again")
    made.add_argument("--every", type=int, default=3, metavar="SECONDS", help="how often to look (3)")
    made.add_argument("--once", action="store_true", help="show it once, as it is now")
    made.add_argument(
        "--rebuild", action="store_true", help="build the read models anew from the events first"
    )
    rules = Rules()
    made.add_argument(
        "--failures", type=int, default=rules.failures, metavar="N", help="stuck after N tries (3)"
    )
    made.add_argument(
        "--minutes", type=int, default=rules.minutes, metavar="N", help="stuck after N minutes (10)"
    )
    made.add_argument(
        "--silent", type=int, default=rules.silent, metavar="N", help="silent after N minutes (45)"
    )
    made.add_argument(
        "--k", type=int, default=rules.k, metavar="N", help="people behind a number for the class (5)"
    )
    made.set_defaults(run=watch)
    return made


def _make(folder: Path) -> None:
    """A folder that all on this machine can write to, and nobody but its owner can delete from."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(0o1777)


def _write(path: Path, text: str) -> None:
    half = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        half.write_text(text, encoding="utf-8")
        os.replace(half, path)
    except OSError as error:
        raise SandboxError(f"{path} can't be written: {error.strerror}.") from error
