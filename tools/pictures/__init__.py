"""The pictures in docs/pictures: taken in Chromium, light and dark, by `python -m tools.pictures`."""

from pathlib import Path

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
