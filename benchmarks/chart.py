"""Rates as bars, ours among those of others."""

from pathlib import Path

OURS, THEIRS, WORDS = "#2a78b8", "#999999", "#777"  # which stand on light and on dark


def bars(panels: dict[str, dict[str, float]], ours: str, path: Path) -> None:
    """One panel for each title, with the rate of each name, on a logarithmic scale.

    Names that begin with `ours` have a colour of their own.
    """
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "sandbox", "text.color": WORDS, "font.size": 9})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(len(panels), 1, figsize=(8, 2.2 * len(panels)), squeeze=False)
    for panel, (title, rates) in zip(axes[:, 0], panels.items(), strict=True):
        ranked = dict(sorted(rates.items(), key=lambda item: item[1]))
        colours = [OURS if name.startswith(ours) else THEIRS for name in ranked]
        drawn = panel.barh(list(ranked), list(ranked.values()), color=colours)
        panel.bar_label(drawn, labels=[f"{rate:,.0f}" for rate in ranked.values()], padding=3, color=WORDS)
        panel.set_xscale("log")
        panel.set_title(title, loc="left", color=WORDS)
        panel.tick_params(colors=WORDS)
        panel.spines[:].set_visible(False)
        panel.margins(x=0.15)
    figure.tight_layout()
    figure.savefig(path, transparent=True, metadata={"Date": None})
