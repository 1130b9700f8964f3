"""What a live lab says in words: why there is no way back, and what is there now."""

from datetime import UTC, datetime

WHY_NOT = (
    "A real broker has only its present: what others have read, nobody takes back, and nobody makes a step "
    "of theirs fail. To rewind, to branch and to strike with faults takes the simulator: Lab(build). Here "
    "you can pause, resume and crash consumers of this kernel, and redrive dead letters; with seek, a group "
    "reads its records again."
)


def facts(data: dict) -> str:
    """The broker as text."""
    live, lines = data["live"], [f"The lab: {data['lab']['title']}"]
    moment = datetime.fromtimestamp(live["ms"] / 1000, UTC)
    lines[0] += f", as of {moment:%H:%M:%S} UTC{', run ' + live['run'] if live['run'] else ''}"
    if live["status"]:
        lines.append(f"  {live['status']}")
    first = 0
    for name, count in data["topics"]:
        places = range(first, first + count)
        held = sum(live["ends"][p] - live["starts"][p] for p in places)
        lines.append(f"  {name:<18} {_many(count, 'partition')}, {_many(held, 'offset')}")
        first += count
    for (name, _), state, lag in zip(data["groups"], live["states"], lags(data), strict=True):
        there = sum(len(deal[3]) for deal in data["deals"] if data["groups"][deal[1]][0] == name)
        lines.append(f"  group {name:<12} lag {lag}, {_many(there, 'member')}, {state}")
    lines += [f"  {box['title']}: {len(box['rows'])} open" for box in live["letters"]]
    if out := left_out(live):
        lines.append(f"  {out}")
    return "\n".join(lines)


def lags(data: dict) -> list[int]:
    """Of each group: the offsets of its topics that it has yet to commit."""
    live, first = data["live"], []
    for _, count in data["topics"]:
        first.append((first[-1][1] if first else 0, (first[-1][1] if first else 0) + count))
    width = len(live["ends"])
    return [
        sum(max(0, live["ends"][p] - live["done"][g * width + p]) for t in read for p in range(*first[t]))
        for g, (_, read) in enumerate(data["groups"])
    ]


def left_out(live: dict) -> str:
    """What is there and not shown, as a sentence; nothing where all is."""
    out = live["left_out"]
    parts = [_many(out[what], what[:-1]) for what in ("topics", "groups") if out[what]]
    if out["records"]:
        older = _many(out["records"], "older offset")
        parts.insert(0, f"{older} (the newest {live['keep']} of each partition are kept)")
    return f"Left out: {', '.join(parts)}." if parts else ""


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
