"""Runs of one recipe: the first one, and the branches that came of what was done by hand."""

from dataclasses import dataclass

from sandbox.errors import UsageError
from sandbox.views.lab.picture import Run
from sandbox.views.lab.script import Deed, Script
from sandbox.views.lab.world import Now, Pace, Recipe, World

BRANCHES_MAX = 30


@dataclass(frozen=True, slots=True)
class Branch:
    """A script, and where it came from."""

    name: str
    script: Script


class Runs:
    """The world as it is now, and all scripts that it was run with."""

    def __init__(self, recipe: Recipe, script: Script, pace: Pace) -> None:
        self.recipe, self.pace = recipe, pace
        self.world = World(recipe, script, pace)
        self.branches = [
            Branch("as it was" if not script.deeds and not script.plan.faults else "as asked for", script)
        ]
        self.current = 0

    @property
    def script(self) -> Script:
        """What was done in the run that is shown."""
        return self.branches[self.current].script

    def strike(self, now: Now) -> None:
        """From that step on, a fault. Raises `UsageError` where it strikes nothing."""
        world = World(self.recipe, self.script, self.pace, now)
        before = self.world.happened.plan.faults
        struck = [fault for fault in world.happened.plan.faults if fault not in before]
        if not struck:
            raise UsageError(
                f"{now.word} strikes nothing: "
                f"{now.actor} does no {now.action or 'step'} after step {now.step}."
            )
        self._branch(f"{struck[0]}, from step {now.step} on", world.happened, world)

    def deed(self, word: str, target: str, step: int) -> None:
        """From that step on, a deed: it is done before the next beat."""
        beats = self.world.recorder.beats
        beat = (beats[step - 1] if 0 < step <= len(beats) else 0) + 1
        deed = Deed(beat, word, target)
        self.play(self.script.with_deed(deed), f"{word} {target}, from step {step} on")

    def play(self, script: Script, name: str) -> None:
        """Run the world with another script, as a branch."""
        world = World(self.recipe, script, self.pace)
        self._branch(name, script, world)

    def show(self, index: int) -> None:
        """Go back to an earlier branch."""
        self.current = index
        self.world = World(self.recipe, self.script, self.pace)

    def _branch(self, name: str, script: Script, world: World) -> None:
        self.world = world
        if str(self.branches[self.current].script) != str(script):
            self.branches.append(Branch(name, script))
            if len(self.branches) > BRANCHES_MAX:
                del self.branches[1]
        self.current = len(self.branches) - 1


def run_of(world: World) -> Run:
    """What the recorder has seen, for a picture."""
    seen, bus = world.recorder, world.bus
    return Run(
        beats=seen.beats,
        ms=seen.ms,
        topics={topic.name: topic.partitions for topic in bus.topics},
        groups={group.name: sorted(group.topics) for group in bus.groups.values()},
        group_of=dict(seen.group_of),
        messages=seen.messages,
        deals=seen.deals,
        contents=seen.contents,
        asides=seen.asides,
    )
