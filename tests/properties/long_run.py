"""Many random programs on both buses, in a row: `python -m tests.properties.long_run --programs 2000`.

Goes on after a difference, and ends with how many programs and steps it ran and every
difference that it found. `make kafka` first, or SANDBOX_BUS for another broker.
"""

import argparse
import contextlib
import io
import sys

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from tqdm import tqdm

from tests.properties import test_lockstep
from tests.properties.lockstep import Different
from tools.broker import running_broker

EACH = 10  # programs of one seed


def main() -> int:
    """Run the programs; 1 where there was a difference."""
    parser = argparse.ArgumentParser(description="Random programs on the simulator and on real Kafka.")
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0, help="of the first programs; the next ones count up")
    options = parser.parse_args()
    differences = []
    with running_broker() as address, tqdm(total=options.programs, unit="program") as bar:
        test_lockstep.ADDRESS[0] = address
        for number in range(options.programs // EACH):
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    _run(options.seed + number, options.steps)
            except Exception as difference:  # an error that neither bus should raise is one, too
                kind = "" if isinstance(difference, Different) else f"{type(difference).__name__}: "
                differences.append(f"seed {options.seed + number}\n{kind}{difference}")
                tqdm.write(differences[-1] + "\n")
            bar.update(EACH)
    ran = test_lockstep.ran
    print(f"{ran['programs']} programs, {ran['steps']} steps on both buses, {len(differences)} differences.")
    return bool(differences)


def _run(number: int, steps: int) -> None:
    run_state_machine_as_test(
        seed(number)(test_lockstep.Programs),
        settings=settings(
            max_examples=EACH,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
