"""Whose a file is and what is in it, wherever it comes from; nothing is dropped in silence."""

import zipfile
from datetime import UTC, datetime

import pytest

from sandbox.errors import UsageError
from sandbox.workshop import find
from sandbox.workshop.files import whose
from tests.workshop.conftest import RIGHT, notebook


@pytest.mark.parametrize(
    ("name", "learner", "late"),
    [
        ("ada/01_events.ipynb", "ada", False),
        ("ada.ipynb", "ada", False),
        ("ada/lesson/01_events (1).ipynb", "ada", False),
        ("submitted/ada/lesson01/01_events.ipynb", "ada", False),
        ("Ada Lovelace_4711_assignsubmission_file_/x.ipynb", "Ada Lovelace", False),
        ("Ada Lovelace_4711_assignsubmission_file_x.ipynb", "Ada Lovelace", False),
        ("lovelaceada_LATE_4711_99_01_events-1.ipynb", "lovelaceada", True),
        ("lovelaceada_4711_99_01_events.ipynb", "lovelaceada", False),
        ("ada.ipynb.txt", "ada", False),
        ("/ada/x.ipynb", "ada", False),
        ("../../ada/x.ipynb", "ada", False),
    ],
)
def test_its_place_says_whose_a_file_is(name, learner, late):
    assert whose(name) == (learner, late)


def test_a_folder_is_read_with_its_times(hand_in):
    hand_in("ada/x.ipynb", notebook(e08_2=RIGHT))
    hand_in("bo/.DS_Store", "nothing")
    (found,) = find(hand_in("bo/.ipynb_checkpoints/x.ipynb", "{}"))
    assert (found.learner, found.name) == ("ada", "ada/x.ipynb")
    assert found.received == datetime.fromtimestamp(1_000_000_000, UTC)


def test_nbgraders_own_time_counts(hand_in):
    hand_in("submitted/ada/ps1/x.ipynb", notebook(e08_2=RIGHT))
    folder = hand_in("submitted/ada/ps1/timestamp.txt", "2026-11-26 18:00:00.0 UTC")
    (found,) = find(folder)
    assert found.received == datetime(2026, 11, 26, 18, tzinfo=UTC)


def test_a_zip_is_read_as_a_folder(hand_in, tmp_path):
    folder = hand_in("ada/x.ipynb", notebook(e08_2=RIGHT))
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as written:
        written.write(folder / "ada/x.ipynb", "Ada Lovelace_4711_assignsubmission_file_/x.ipynb")
        written.writestr("__MACOSX/x.ipynb", "{}")
    (found,) = find(archive)
    assert found.learner == "Ada Lovelace"
    assert found.data == (folder / "ada/x.ipynb").read_bytes()


def test_what_is_too_big_is_named_and_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("sandbox.workshop.zips.BYTES_MAX", 1_000)
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("ada/x.ipynb", "0" * 1_000_000)
    (found,) = find(archive)
    assert (found.data, found.problem) == (b"", "it has more than 1,000 bytes")


def test_a_link_is_not_followed(hand_in, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_text(notebook(e08_2=RIGHT))
    folder = hand_in("bo/x.ipynb", notebook(e08_2=RIGHT))
    (folder / "ada.ipynb").symlink_to(secret)
    linked, other = find(folder)
    assert (linked.learner, linked.data) == ("ada", b"") and "it is a link" in linked.problem
    assert (other.learner, other.problem) == ("bo", "")


@pytest.mark.parametrize("made", ["nothing", "an empty folder", "no zip"])
def test_where_nothing_is_handed_in_that_is_said(tmp_path, made):
    place = tmp_path / "place"
    if made == "an empty folder":
        place.mkdir()
    elif made == "no zip":
        place.write_text("no zip")
    with pytest.raises(UsageError, match=r"nothing at|nobody has handed in|neither a folder nor a zip"):
        list(find(place))
