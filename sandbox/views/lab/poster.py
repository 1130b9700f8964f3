"""What stands where the lab can't run: a picture of how it ended, as an image."""


def poster(data: dict) -> str:
    """An image with an alternative text."""
    return f"<p>The lab: {len(data['actor'])} steps. Run the cell to play them.</p>"
