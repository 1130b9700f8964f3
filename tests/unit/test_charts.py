"""Charts say their numbers in words and as a table, and draw them to scale."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from sandbox.errors import UsageError
from sandbox.views import bars, lines

SVG = "{http://www.w3.org/2000/svg}"


def test_bars_are_as_long_as_their_numbers():
    figure = bars({"notification": 30, "state transfer": 15, "none": 0}, "Calls", "calls")
    widths = [int(rect.get("width")) for rect in ElementTree.fromstring(figure.svg).iter(f"{SVG}rect")][1:]
    assert widths[0] == 2 * widths[1] > 100
    assert widths[2] == 1
    assert (
        figure.text == "Calls\nnotification    30 calls\nstate transfer  15 calls\nnone             0 calls"
    )
    assert figure.description == "notification 30 calls; state transfer 15 calls; none 0 calls."


def points(figure, number=0):
    paths = [
        p.get("d")
        for p in ElementTree.fromstring(figure.svg).iter(f"{SVG}path")
        if p.get("class").startswith("graph")
    ]
    return [tuple(map(int, pair)) for pair in re.findall(r"(\d+) (\d+)", paths[number])]


def test_lines_go_through_their_numbers():
    figure = lines({"thin": [10, 20, 40], "fat": [40, 40, 40]}, [1, 2, 4], "Bytes", "readers")
    heights = [y for _, y in points(figure)]
    assert heights[0] - heights[1] == 50
    assert heights[1] - heights[2] == 100
    assert {y for _, y in points(figure, 1)} == {heights[2]}
    assert figure.text == "Bytes\nreaders   1   2   4\nthin     10  20  40\nfat      40  40  40"


def test_on_a_logarithmic_scale_ten_times_as_much_is_one_step():
    figure = lines({"thin": [10, 100, 1_000]}, ["a", "b", "c"], "Bytes", "size", log=True)
    first, second, third = (y for _, y in points(figure))
    assert first - second == second - third == 100


def test_a_scale_has_round_steps_and_a_chart_its_title():
    figure = lines({"thin": [1_003, 40]}, [1, 2], "Traffic", "readers", "KB")
    steps = re.findall(r'text-anchor="end">([^<]+)<', figure.svg)
    assert steps == ["0 KB", "500 KB", "1,000 KB", "1,500 KB"]
    assert 'class="name"' in figure.svg and ">Traffic</text>" in figure.svg


def test_lines_differ_in_more_than_their_colour():
    figure = lines({"thin": [1, 2], "fat": [2, 1]}, [1, 2], "Bytes", "readers")
    dashes = re.findall(r'stroke-dasharray="([^"]+)"', figure.svg)
    assert len(set(dashes)) == 2
    assert "thin</text>" in figure.svg and "fat</text>" in figure.svg


@pytest.mark.parametrize("same", [[5, 5], [0, 0]])
def test_names_of_lines_that_end_together_stand_apart(same):
    figure = lines({"thin": same, "fat": same}, [1, 2], "Bytes", "readers")
    ends = re.findall(r'y="(\d+)" text-anchor="start">(?:thin|fat)<', figure.svg)
    assert abs(int(ends[0]) - int(ends[1])) >= 16


def test_what_can_not_be_drawn_is_refused():
    for wrong in ({}, {"a": -1}):
        with pytest.raises(UsageError, match="0 or more"):
            bars(wrong, "x")
    with pytest.raises(UsageError, match=r"each line needs 2 values.*'a'"):
        lines({"a": [1]}, [1, 2], "x", "y")
    with pytest.raises(UsageError, match="down to 0"):
        lines({"a": [0, 1]}, [1, 2], "x", "y", log=True)
