"""The course from a terminal: grade an exercise, look at your progress, grade the graders, run the shop."""

import argparse
import os
import sys
from pathlib import Path

from sandbox.connect import connect
from sandbox.errors import BrokerUnreachable, CacheUnreachable, NotSupportedHere, UsageError
from sandbox.grading import Verdict, audit, grade, progress
from sandbox.grading.cells import exercises_in, source_for

EXIT = {"PASS": 0, "FAIL": 1, "UNKNOWN": 2}
BAD_USAGE = 3


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # argparse would exit with 2, our UNKNOWN
        self.print_usage(sys.stderr)
        self.exit(BAD_USAGE, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (UsageError, NotSupportedHere, BrokerUnreachable, CacheUnreachable) as error:
        print(f"sandbox {options.command}: {error}", file=sys.stderr)
        return BAD_USAGE
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return BAD_USAGE


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    check = commands.add_parser(
        "check",
        help="grade one exercise, or all, of a notebook or a Python file",
        epilog="Exit status: 0 PASS, 1 FAIL, 2 UNKNOWN (nothing could be tested), 3 bad usage; of several, "
        "the highest.",
    )
    check.add_argument("exercise", metavar="EXERCISE", help="its number, as in 01.2, or: all")
    check.add_argument("file", metavar="FILE", type=Path, help="a notebook, or a Python file")
    check.add_argument("--hints", type=int, default=1, metavar="N", help="show N hints (1)")
    check.add_argument(
        "--isolated",
        action="store_true",
        help="somebody else's code: run it in confined processes of its own",
    )
    check.add_argument(
        "--without-confinement",
        action="store_true",
        help="with --isolated, where this machine can't confine it: code that you trust, limits only",
    )
    check.set_defaults(run=_check)
    shown = commands.add_parser("progress", help="what you have tried and solved so far")
    shown.set_defaults(run=_progress)
    graders = commands.add_parser(
        "audit",
        help="grade every kept solution, right or wrong: does it get what it deserves?",
        epilog="Exit status: 0 where all do, 1 where one does not.",
    )
    graders.add_argument("exercises", nargs="*", metavar="EXERCISE", help="their numbers; all, if none")
    graders.add_argument("--times", type=int, default=1, metavar="N", help="grade each N times (1)")
    graders.set_defaults(run=_audit)
    shop = commands.add_parser(
        "shop",
        help="run the café's web shop on the bus of SANDBOX_BUS, under faults, and audit its books",
        epilog="Exit status: 0 where the books balance, 1 where they don't. SANDBOX_BUS and SANDBOX_REDIS "
        "name a real Kafka and a real Redis. A dropped record is not among the faults: what a broker has "
        "acknowledged and lost can't be mended from outside.",
    )
    shop.add_argument("--orders", type=int, default=1_000, metavar="N", help="how many orders come in (1000)")
    shop.add_argument("--faults", type=float, default=0.05, metavar="RATE", help="of each step (0.05)")
    shop.add_argument("--style", choices=("choreography", "orchestration"), default="choreography")
    shop.add_argument("--seed", type=int, default=0, help="of the customers and of the faults (0)")
    shop.add_argument("--folder", type=Path, help="keep the databases there, as SQLite files")
    shop.set_defaults(run=_shop)
    if hasattr(os, "fork"):  # the referee needs processes that fork
        from sandbox.workshop import commands as workshop

        desk = commands.add_parser("workshop", help="collect, grade and give back a class's submissions")
        workshop.add_commands(desk, _Parser)
    return parser


def _shop(options: argparse.Namespace) -> int:
    from sandbox.shop.run import run_day

    bus = connect(seed=options.seed)
    _say(f"{bus!r}; {options.style}")
    day = run_day(
        bus,
        options.style,
        options.orders,
        faults=options.faults,
        seed=options.seed,
        folder=options.folder,
    )
    bus.close()
    print(day)
    return 0 if day.books.balance else 1


def _check(options: argparse.Namespace) -> int:
    if options.exercise != "all":
        sources = {options.exercise: source_for(options.exercise, options.file)}
    elif not (sources := exercises_in(options.file)):
        raise UsageError(f"{options.file} has no cell that begins with %%exercise.")
    worst = 0
    for exercise, source in sources.items():
        verdict = _grade(options, exercise, source)
        print(_printable(verdict.text(hints=options.hints)))
        worst = max(worst, EXIT[verdict.result])
    return worst


def _grade(options: argparse.Namespace, exercise: str, source: str) -> Verdict:
    if not options.isolated:
        return grade(exercise, source, say=_say)
    if not hasattr(os, "fork"):
        raise NotSupportedHere("--isolated needs processes that fork: Linux, macOS, or Windows with WSL.")
    from sandbox import referee  # which can't be imported elsewhere

    levels = referee.LEVELS if options.without_confinement else referee.CONFINED
    return referee.grade_isolated(exercise, source, say=_say, levels=levels)


def _printable(text: str) -> str:
    """The text without what would move the cursor or colour the terminal: it quotes the submission."""
    return "".join(
        letter if letter.isprintable() or letter == "\n" else repr(letter)[1:-1] for letter in text
    )


def _progress(options: argparse.Namespace) -> int:
    print(progress())
    return 0


def _audit(options: argparse.Namespace) -> int:
    entries = []
    for entry in audit.audit(set(options.exercises), options.times):
        print(entry, flush=True)
        entries.append(entry)
    if not entries:
        raise UsageError(f"there is no exercise {', '.join(options.exercises)}.")
    print(audit.summary(entries))
    return 0 if all(entry.as_deserved for entry in entries) else 1


def _say(words: str) -> None:
    print(words, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
