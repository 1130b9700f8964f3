"""`python -m sandbox check 01.2 FILE`: the grader from a terminal."""

import argparse
import sys
from pathlib import Path

from sandbox.errors import UsageError
from sandbox.grading import grade
from sandbox.grading.cells import source_for

EXIT = {"PASS": 0, "FAIL": 1, "UNKNOWN": 2}
BAD_USAGE = 3


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # argparse would exit with 2, our UNKNOWN
        self.print_usage(sys.stderr)
        self.exit(BAD_USAGE, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit status."""
    parser = _Parser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    check = commands.add_parser(
        "check",
        help="grade one exercise of a notebook or a Python file",
        epilog="Exit status: 0 PASS, 1 FAIL, 2 UNKNOWN (nothing could be tested), 3 bad usage.",
    )
    check.add_argument("exercise", metavar="EXERCISE", help="its number, as in 01.2")
    check.add_argument("file", metavar="FILE", type=Path, help="a notebook, or a Python file")
    check.add_argument("--hints", type=int, default=1, metavar="N", help="show N hints (1)")
    options = parser.parse_args(arguments)
    try:
        verdict = grade(options.exercise, source_for(options.exercise, options.file))
    except UsageError as error:
        print(f"sandbox check: {error}", file=sys.stderr)
        return BAD_USAGE
    print(verdict.text(hints=options.hints))
    return EXIT[verdict.result]


if __name__ == "__main__":
    sys.exit(main())
