"""`python -m sandbox workshop release`: make the package that is handed out."""

import argparse
from pathlib import Path

from sandbox.workshop.nbgrading import make_course
from sandbox.workshop.release.chosen import choose
from sandbox.workshop.release.package import Order, make
from sandbox.workshop.release.wheels import PLATFORMS, PYTHONS, Target, this_machine


def release(options: argparse.Namespace) -> int:
    """Make the package, and say where it is."""
    chosen = choose(options.path, options.lessons)
    if options.nbgrader:
        made = make_course(chosen, options.nbgrader)
        print(f"{chosen.name}: {len(made)} assignments for nbgrader in {options.nbgrader}. Next, in there:")
        print(f"  nbgrader generate_assignment {made[0].stem}")
        return 0
    order = Order(_targets(options), options.repository, options.branch, options.hub, options.with_solutions)
    made = make(chosen, options.to, order)
    size = made.archive.stat().st_size / 1e6
    print(f"{chosen.name}: {made.files} files in {made.folder}, and all in {made.archive} ({size:.1f} MB).")
    for problem in made.missing:
        print(f"  look at: {problem}")
    for place, link in made.links.items():
        print(f"  {place}: {link}")
    return 0


def _targets(options: argparse.Namespace) -> tuple[Target, ...]:
    if options.without_wheels:
        return ()
    if not options.platform and not options.python:
        return (this_machine(),)
    platforms = options.platform or [this_machine().platform]
    pythons = options.python or [this_machine().python]
    return tuple(Target(platform, python) for platform in platforms for python in pythons)


def add_release(commands: argparse._SubParsersAction) -> None:
    """The command itself."""
    one = commands.add_parser("release", help="make the package that is handed out, without the solutions")
    one.add_argument("--path", metavar="NAME", help='a path of lessons/paths.toml: "Half a day"')
    one.add_argument("--lessons", nargs="+", default=[], metavar="NN", help="or lessons by number: 00 01")
    one.add_argument("--to", type=Path, default=Path("build/release"), help="where (build/release)")
    one.add_argument(
        "--platform",
        action="append",
        metavar="NAME",
        help=f"of the room's machines (this one's): {', '.join(PLATFORMS)}; may be repeated",
    )
    one.add_argument(
        "--python",
        action="append",
        metavar="X.Y",
        help=f"their Python ({', '.join(PYTHONS)}); may be repeated",
    )
    one.add_argument("--without-wheels", action="store_true", help="the room has network")
    one.add_argument("--with-solutions", action="store_true", help="solutions as well: no marks are given")
    one.add_argument("--repository", default="", metavar="URL", help="where you will publish it: makes links")
    one.add_argument("--branch", default="main", help="of that repository (main)")
    one.add_argument("--hub", default="", metavar="URL", help="a JupyterHub that has nbgitpuller")
    one.add_argument(
        "--nbgrader",
        type=Path,
        metavar="FOLDER",
        help="instead of a package: an nbgrader course, there",
    )
    one.set_defaults(run=release)
