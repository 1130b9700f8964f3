"""Damaged, hostile and renamed files: each is taken in or set aside with its reason. No other is stopped."""

import io
import json
import os
import struct
import zipfile
import zlib
from datetime import UTC, datetime

import pytest

from sandbox.__main__ import main
from sandbox.workshop import Gradebook, Office, find
from sandbox.workshop.events import FileSetAside, SubmissionReceived
from tests.workshop.conftest import RIGHT, notebook

GOOD = notebook(e08_2=RIGHT)
HALF = "\ud800"  # half a character: JSON can write it, UTF-8 can't


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path / "office")
    yield office
    office.close()


def zipped(**files: str | bytes) -> bytes:
    """A zip of these files; `__` in their names stands for a dot."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return made.getvalue()


def take_in(office, place):
    """Who was taken in, and what was set aside of whom, and why."""
    taken = office.receive(find(place))
    received = [event.learner for event in taken if isinstance(event, SubmissionReceived)]
    return received, {event.learner: event.reason for event in taken if isinstance(event, FileSetAside)}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (notebook(e08_2="x = 1\ny = '" + HALF + "'"), "half a character (a lone surrogate)"),
        (GOOD.replace("08.2", "08." + json.dumps(HALF)[1:-1]), "names no exercise"),
        ("", "it is empty"),
        ("[1, 2]", "no notebook that can be read"),
        ('{"cells": [1]}', "no notebook that can be read"),
        ('{"cells": [{"cell_type": "code", "source": [1]}]}', "no notebook that can be read"),
        ('{"cells": [{"cell_type": "code"}]}', "no cell that begins with %%exercise"),
        ('{"cells": ' * 100_000, "no notebook that can be read"),
        (
            json.dumps(
                {"cells": [{"cell_type": "code", "source": f"%%exercise 77.{n}\n"} for n in range(20_000)]}
            ),
            "and 19,995 more of that kind",
        ),
    ],
    ids=["half", "half in number", "0 bytes", "list", "no cell", "no text", "no source", "deep", "cells"],
)
def test_a_broken_notebook_stops_nobody_else(office, hand_in, text, reason):
    hand_in("bo.ipynb", GOOD)
    received, aside = take_in(office, hand_in("ada.ipynb", text))
    assert received == ["bo"]
    assert reason in aside["ada"]
    assert Gradebook.of(office).marks["ada"] == {}


def test_a_null_in_a_text_is_taken_in_for_the_grader_to_judge(office, hand_in):
    assert take_in(office, hand_in("ada.ipynb", notebook(e08_2="x = 1\x00"))) == (["ada"], {})
    assert office.waiting()[0].source == "x = 1\x00"


def test_half_a_character_in_a_name_is_spelled_out(office, hand_in, capsys):
    folder = hand_in("bo.ipynb", GOOD)
    with open(os.fsencode(folder) + b"/\x1b[31m\xff.ipynb", "wb") as file:
        file.write(GOOD.encode())
    assert take_in(office, folder) == (["\\x1b[31m\\udcff", "bo"], {})


def test_who_may_not_be_read_is_named(office, hand_in, monkeypatch):
    """The tests may run as root, who may read everything: so the reading itself is refused."""
    hand_in("ada.ipynb", GOOD)
    folder = hand_in("bo.ipynb", GOOD)
    os.mkfifo(folder / "cy.ipynb")
    read = type(folder).read_bytes

    def refused(path):
        if path.name == "ada.ipynb":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(type(folder), "read_bytes", refused)
    assert take_in(office, folder) == (
        ["bo"],
        {"ada": "it can't be read: Permission denied", "cy": "it is no ordinary file"},
    )


def test_a_notebook_is_known_by_what_is_in_it(office, hand_in):
    for name in ("ada.ipynb.txt", "bo.json", "cy.IPYNB", "dee"):
        hand_in(name, GOOD)
    hand_in("eve.txt", f"%%exercise 08.2\n{RIGHT}")
    hand_in("fay.pdf", b"%PDF-1.7\xff")
    received, aside = take_in(office, hand_in("gil.md", "# I have nothing"))
    assert received == ["ada", "bo", "cy", "dee", "eve"]
    assert aside == {
        "fay": "it is neither a notebook nor Python: no text in UTF-8",
        "gil": "it is neither a notebook nor Python with %%exercise in it",
    }


def test_a_learners_zip_is_taken_in_and_is_his(office, hand_in):
    """Moodle gives a zip for each learner; the names in it make nobody else of its author."""
    hand_in("Ada_11_assignsubmission_file_/work.zip", zipped(x__ipynb=GOOD, y__ipynb="{"))
    hand_in("bo.zip", zipped(**{"eve/x__ipynb": GOOD, "inner__zip": zipped(x__ipynb=GOOD)}))
    hand_in("cy.zip", zipped(**{"Eve_12_assignsubmission_file_/x__ipynb": GOOD}))
    hand_in("dee.zip", b"PK no zip")
    received, aside = take_in(office, hand_in("fay.zip", zipped()))
    assert received == ["Ada", "bo"]
    assert "no notebook that can be read" in aside["Ada"]
    assert aside["bo"] == "it is a zip inside a zip: unpack it"
    assert "the export of a whole class" in aside["cy"]
    assert "this zip can't be read" in aside["dee"]
    assert aside["fay"] == "there is no file in this zip"


def test_a_learners_zip_has_limits(office, hand_in, monkeypatch):
    monkeypatch.setattr("sandbox.workshop.zips.BYTES_MAX_TOGETHER", 1_000)
    hand_in("ada.zip", zipped(x__ipynb="0" * 900, y__ipynb="0" * 900))
    received, aside = take_in(office, hand_in("bo.ipynb", GOOD))
    assert received == ["bo"]
    assert "holds 2 files of 1,800 bytes together" in aside["ada"]


def test_a_zip_of_a_class_with_damaged_entries(office, tmp_path, capsys):
    """One each: no date, a damaged stream, encrypted, a size that lies, absolute, `..`, twice the same."""
    archive = tmp_path / "class.zip"
    names = ["ada.ipynb", "bo.ipynb", "cy.ipynb", "dee.ipynb", "/eve.ipynb", "../fay.ipynb", "gil.ipynb"]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        for name in names:
            written.writestr(name, "0" * 500_000 if name == "dee.ipynb" else GOOD)
        with pytest.warns(UserWarning, match="Duplicate name"):
            written.writestr("gil.ipynb", GOOD.replace("import sandbox", "import sandbox as s"))
    data = bytearray(archive.read_bytes())
    for name, offset, value in [
        ("ada.ipynb", 14, b"\0\0"),  # no date
        ("cy.ipynb", 8, b"\1\0"),  # the flag: encrypted
        ("dee.ipynb", 24, struct.pack("<L", 900)),  # so many bytes, it says
    ]:
        entry = data.rindex(name.encode()) - 46  # in the directory at the end
        data[entry + offset : entry + offset + len(value)] = value
    start = data.index(b"bo.ipynb") + len(b"bo.ipynb")
    data[start : start + 40] = b"\xff" * 40
    start = data.index(b"cy.ipynb") - 30
    data[start + 6 : start + 8] = b"\1\0"
    archive.write_bytes(data)
    with zipfile.ZipFile(archive) as damaged:
        with pytest.raises(zlib.error):
            damaged.read("bo.ipynb")
        with pytest.raises(RuntimeError, match="encrypted"):
            damaged.read("cy.ipynb")
    received, aside = take_in(office, archive)
    assert sorted(received) == ["ada", "eve", "fay", "gil", "gil"]
    assert set(aside) == {"bo", "cy", "dee"}
    assert all("the zip doesn't give it away" in reason for reason in aside.values())
    marks = Gradebook.of(office).marks
    assert marks["gil"]["08.2"].earlier == 1
    assert marks["ada"]["08.2"].remark == "nothing says when it was handed in: it is taken as on time"


def test_without_a_date_nobody_is_late(office, tmp_path):
    archive = tmp_path / "class.zip"
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("ada.ipynb", GOOD)
    data = bytearray(archive.read_bytes())
    data[data.rindex(b"ada.ipynb") - 32 :][:2] = b"\0\0"
    entry = data.rindex(b"ada.ipynb") - 46
    data[entry + 14 : entry + 16] = b"\0\0"
    archive.write_bytes(data)
    (event,) = office.receive(find(archive), deadline=datetime(2000, 1, 1, tzinfo=UTC))
    assert not event.late and event.remark


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("%%exercise 99.9", "there is no lesson '99'"),
        ("%%exercise 8.22", "Did you mean 08.2"),
        ("%%exercise 08.2 # mine", "alone with its number"),
        ("# my own\n%%exercise 08.2", "alone with its number"),
        ("%%exercise", "alone with its number"),
    ],
)
def test_a_mistyped_number_is_named_and_the_rest_is_taken_in(office, hand_in, line, reason):
    text = notebook(e08_2=RIGHT, e08_3="pass").replace("%%exercise 08.2", json.dumps(line)[1:-1])
    received, aside = take_in(office, hand_in("ada.ipynb", text))
    assert received == ["ada"]
    assert reason in aside["ada"]
    assert [cell.exercise for cell in office.waiting()] == ["08.3"]


def test_a_number_is_the_courses_own(office, hand_in):
    received, aside = take_in(office, hand_in("ada.ipynb", notebook(e8_2=RIGHT)))
    assert (received, aside) == (["ada"], {})
    assert [cell.exercise for cell in office.waiting()] == ["08.2"]


def test_what_fails_unforeseen_is_set_aside_too(office, hand_in, monkeypatch):
    def fails(found):
        raise ZeroDivisionError("unforeseen")

    monkeypatch.setattr("sandbox.workshop.office.exercises_of_file", fails)
    _, aside = take_in(office, hand_in("ada.ipynb", GOOD))
    assert aside == {"ada": "it can't be taken in: ZeroDivisionError('unforeseen')"}


def test_many_files_of_one_learner_are_told_in_one_line(hand_in, tmp_path, capsys):
    for number in range(30):
        hand_in(f"ada/course/{number}.md", "prose")
    assert main(["workshop", "collect", str(hand_in("bo.ipynb", GOOD)), "--folder", str(tmp_path / "o")]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "set aside" in line]
    assert line.startswith("  set aside: ada/course/0.md and 29 more: it is neither")


def test_who_hands_in_the_whole_course_has_handed_in_the_exercises(office, hand_in, monkeypatch):
    """Its environment doesn't count against the limits, and its solutions are nobody's work."""
    monkeypatch.setattr("sandbox.workshop.zips.FILES_MAX", 3)
    files = {f".venv/{number}__py": "" for number in range(9)}
    files |= {"exercises/x__ipynb": notebook(e08_2="mine"), "solutions/x__ipynb": GOOD, "README__md": "-"}
    received, _ = take_in(office, hand_in("ada.zip", zipped(**files)))
    assert received == ["ada"]
    assert [cell.source for cell in office.waiting()] == ["mine"]
    reasons = {aside.file: aside.reason for aside in Gradebook.of(office).set_aside}
    assert (
        reasons["ada.zip/solutions/x.ipynb"]
        == "it lies in a folder solutions/: that is the course's own work"
    )
