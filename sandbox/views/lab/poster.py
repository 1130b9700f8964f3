"""What stands where the lab can't run: its logs and groups as they were in the end, as a figure."""

from datetime import UTC, datetime

from sandbox.views import ink
from sandbox.views.figure import Figure

CELL, ROW, HEAD, GAP, TOP = 20, 24, 26, 12, 16
LOG_WIDTH, GROUP_WIDTH, BETWEEN = 380, 220, 90
CELLS = 15  # of a log: its newest records
HINT = "Run the cell to play it."


def poster(data: dict) -> Figure:
    """The end of the run that `data` holds; nothing in it moves."""
    ends, done = _ends(data)
    lags = {name: _lag(topics, ends, done.get(name, {})) for name, topics in _reads(data).items()}
    steps = len(data["actor"])
    when = f"After {steps:,} steps. "
    if live := data.get("live"):
        when = f"At {datetime.fromtimestamp(live['ms'] / 1000, UTC):%H:%M:%S} UTC. "
    said = when + " ".join(f"{name} has lag {lag}." for name, lag in lags.items())
    topics = [(number, name) for number, (name, _) in enumerate(data["topics"]) if _has_records(number, ends)]
    parts, middles, y = [], {}, TOP
    for number, name in topics:
        partitions = [at for at in sorted(ends) if at[0] == number]
        height = HEAD + ROW * len(partitions)
        middles[number] = y + height // 2
        frame = f'x="20" y="{y}" width="{LOG_WIDTH}" height="{height}" rx="8"'
        parts += [f'<rect class="service" {frame}/>', ink.text(32, y + 18, name, "name", "start")]
        for row, at in enumerate(partitions):
            parts += _log(y + HEAD + ROW * row, at[1], ends[at])
        y += height + GAP
    height = y + 14
    step = max(44, (y - TOP) // max(1, len(lags)))
    x = 20 + LOG_WIDTH + BETWEEN
    for row, (name, lag) in enumerate(lags.items()):
        middle = TOP + step * row + 20
        height = max(height, middle + 40)
        for number in _reads(data)[name]:
            if number in middles:
                parts.append(ink.arrow((20 + LOG_WIDTH, middles[number]), (x - 2, middle)))
        parts.append(ink.box(x + GROUP_WIDTH // 2, middle, GROUP_WIDTH, 34, "taken", f"{name}: lag {lag}"))
    if not parts:
        return Figure("The lab", f"{said}{HINT}", "", said)
    title = str(data["lab"]["title"])
    drawn = ink.drawing(x + GROUP_WIDTH + 20, height, title, said, parts)
    return Figure(f"The lab: {title}", f"{said} {HINT}", drawn, said)


def _log(y: int, number: int, end: int) -> list[str]:
    first = max(0, end - CELLS)
    found = [ink.text(34, y + 13, f"{number}", "small", "start")]
    for column, offset in enumerate(range(first, end)):
        x = 60 + column * CELL
        found.append(f'<rect class="published" x="{x}" y="{y}" width="{CELL - 2}" height="17" rx="4"/>')
        found.append(ink.text(x + CELL // 2 - 1, y + 13, str(offset % 100), "small"))
    return found


def _ends(data: dict) -> tuple[dict[tuple[int, int], int], dict[str, dict[tuple[int, int], int]]]:
    """The end of every partition, and what each group has committed."""
    ends = {(topic, n): 0 for topic, (_, count) in enumerate(data["topics"]) for n in range(count)}
    done: dict[str, dict[tuple[int, int], int]] = {}
    if live := data.get("live"):  # a broker's own word
        places, names = list(ends), [name for name, _ in data["groups"]]
        width = len(places)
        for number, name in enumerate(names):
            done[name] = dict(zip(places, live["done"][number * width :][:width], strict=True))
        return dict(zip(places, live["ends"], strict=True)), done
    lost = set(data["lost"])
    columns = zip(*(data[name] for name in ("actor", "action", "topic", "partition", "offset")), strict=True)
    for step, (actor, action, topic, partition, offset) in enumerate(columns):
        if topic < 0:
            continue
        if data["actions"][action] == "publish":
            ends[topic, partition] = offset + (step not in lost)
        elif data["actions"][action] == "commit":
            done.setdefault(data["actors"][actor][1], {})[topic, partition] = offset + 1
    return ends, done


def _reads(data: dict) -> dict[str, list[int]]:
    return {name: topics for name, topics in data["groups"]}


def _lag(topics: list[int], ends: dict[tuple[int, int], int], done: dict[tuple[int, int], int]) -> int:
    return sum(max(0, end - done.get(at, 0)) for at, end in ends.items() if at[0] in topics)


def _has_records(topic: int, ends: dict[tuple[int, int], int]) -> bool:
    return any(end for at, end in ends.items() if at[0] == topic)
