"""Pictures: the same bytes every time, every fact in the text as well, readable in light and dark."""

import itertools
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.errors import UsageError
from sandbox.trace import Trace
from sandbox.views import ink, predict, timeline, topology
from sandbox.views.layers import layers
from sandbox.views.questions import find_question
from sandbox.views.timeline import drawn_steps

SVG = "{http://www.w3.org/2000/svg}"


def checkout():
    """A cascade with a crash and a redelivery."""
    trace = Trace()
    trace.record("till", "publish", "orders[0]@0", "OrderPlaced(order_id='A-1')")
    trace.record("billing", "handle", "orders[0]@0")
    trace.record("billing", "publish", "payments[0]@0", "PaymentCaptured(order_id='A-1')")
    trace.record("billing", "crash")
    trace.record("billing", "handle", "orders[0]@0")
    trace.record("billing", "commit", "orders[0]@0")
    trace.record("email", "poll", "payments[0]@0")
    return trace


def boxes(svg):
    """The corners of every box of a picture."""
    found = []
    for rect in ET.fromstring(svg).iter(f"{SVG}rect"):
        if rect.get("class") in ("published", "taken", "service"):
            x, y, w, h = (int(rect.get(a)) for a in ("x", "y", "width", "height"))
            found.append((x, y, x + w, y + h))
    return found


def overlapping(found):
    return [
        (a, b)
        for i, a in enumerate(found)
        for b in found[i + 1 :]
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


def test_a_picture_is_the_same_every_time():
    assert timeline(checkout()) == timeline(checkout())


def test_a_picture_has_a_title_and_says_its_conclusion():
    root = ET.fromstring(timeline(checkout()).svg)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Timeline"
    assert "billing published 1, handled 2, committed 1, crashed 1" in root.find(f"{SVG}desc").text


def test_the_text_has_every_fact_of_the_picture():
    figure = timeline(checkout())
    for shown in ET.fromstring(figure.svg).iter(f"{SVG}text"):
        words = shown.text.partition("  ·  ")[0]
        if ":" not in words:  # the legend
            assert all(word in figure.text for word in words.rstrip("…").split())


def test_a_notebook_gets_three_forms_of_it():
    bundle = timeline(checkout())._repr_mimebundle_()
    assert set(bundle) == {"image/svg+xml", "text/html", "text/plain"}
    assert 'alt="Timeline. till published 1;' in bundle["text/html"]
    assert "<details><summary>The same as text</summary>" in bundle["text/html"]


def test_nothing_has_happened_yet():
    figure = timeline(Trace())
    assert repr(figure) == "Nothing has happened yet."
    assert figure._repr_mimebundle_() == {"text/plain": "Nothing has happened yet."}


def test_names_are_escaped():
    trace = Trace()
    trace.record("<script>alert(1)</script>", "publish", "orders[0]@0", "<b>&")
    bundle = timeline(trace)._repr_mimebundle_()
    assert "<script>" not in bundle["image/svg+xml"] + bundle["text/html"]
    ET.fromstring(bundle["image/svg+xml"])


ACTORS = st.sampled_from(["till", "billing", "email", "the-warehouse-of-the-north", "x"])


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    st.lists(
        st.tuples(ACTORS, st.sampled_from(["publish", "handle", "poll", "commit", "crash"])), max_size=30
    )
)
def test_boxes_never_overlap(steps):
    trace = Trace()
    for number, (actor, action) in enumerate(steps):
        place = f"orders[{number % 3}]@{number}" if action == "publish" else "orders[0]@0"
        trace.record(actor, action, "" if action == "crash" else place, "OrderPlaced()")
    figure = timeline(trace)
    if figure.svg:
        assert overlapping(boxes(figure.svg)) == []
        width = int(ET.fromstring(figure.svg).get("width"))
        assert all(box[0] >= 0 and box[2] <= width for box in boxes(figure.svg))


# Topology

SHOP = {
    "publishes": {"till": ["orders"], "web shop": ["orders", "visits"]},
    "reads": {"billing": ["orders"], "analytics": ["orders", "visits"]},
}


def test_a_topology_says_in_words_what_it_shows():
    figure = topology(**SHOP)
    assert "web shop publishes to visits" in repr(figure)
    assert "analytics reads orders" in ET.fromstring(figure.svg).find(f"{SVG}desc").text
    assert overlapping(boxes(figure.svg)) == []


def test_every_graphviz_gives_the_same_picture(monkeypatch):
    pytest.importorskip("pygraphviz")
    with_what_is_here = topology(**SHOP).svg
    monkeypatch.setenv("PATH", "/nonexistent")
    assert topology(**SHOP).svg == with_what_is_here


@pytest.fixture
def no_graphviz(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setitem(__import__("sys").modules, "pygraphviz", None)


def test_without_any_graphviz_a_map_is_laid_out_by_us(no_graphviz):
    figure = topology(**SHOP)
    assert "till publishes to orders" in repr(figure)
    assert overlapping(boxes(figure.svg)) == []
    assert figure.svg == topology(**SHOP).svg


def test_a_map_that_would_mislead_stays_text(no_graphviz):
    """Five in a row, each of which reads from all before it: some line would cross some box."""
    chain = [f"s{n}" for n in range(6)]
    figure = topology(
        publishes={name: [f"t{n}"] for n, name in enumerate(chain)},
        reads={name: [f"t{m}" for m in range(n)] for n, name in enumerate(chain)},
    )
    assert "lines would cross boxes" in repr(figure)
    assert list(figure._repr_mimebundle_()) == ["text/plain"]


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from(["t", "u", "v"])), min_size=1),
    st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from(["t", "u", "v"])), min_size=1),
)
def test_our_own_boxes_never_overlap(publishes, reads):
    writes = [(f"s:{s}", f"t:{t}") for s, topics in publishes.items() for t in topics]
    edges = writes + [(f"t:{t}", f"s:{s}") for s, topics in reads.items() for t in topics]
    nodes = {name: 60 for edge in edges for name in edge}
    places = layers(nodes, edges, 36, 20) if nodes else {}
    for (a, (x, y)), (b, (v, w)) in itertools.combinations((places or {}).items(), 2):
        assert abs(x - v) >= 60 or abs(y - w) >= 36, (a, b)


# Colours


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink_name", "ground", "least"),
    [
        ("text", "ground", 4.5),
        ("text", "box", 4.5),
        ("text", "read", 4.5),
        ("soft", "ground", 4.5),
        ("edge", "ground", 3),
        ("line", "ground", 3),
        ("done", "ground", 3),
        ("bad", "ground", 3),
    ],
)
def test_contrast(theme, ink_name, ground, least):
    assert contrast(ink.PALETTE[ink_name][theme], ink.PALETTE[ground][theme]) >= least


# Questions


def test_a_question_without_widgets_is_text_without_the_answer():
    shown = repr(predict("01-a"))
    assert shown.splitlines()[1].startswith("  a) ")
    for option in find_question("01-a").options:
        assert option.text in shown
        assert option.feedback not in shown


def test_an_answer_by_text_gets_its_feedback():
    question = find_question("01-a")
    for letter, option in zip("abc", question.options, strict=True):
        assert repr(predict("01-a", letter)).startswith("Right" if option.right else "Not quite")


def test_a_question_in_an_export_folds_its_feedback():
    html = predict("01-a")._repr_mimebundle_()["text/html"]
    assert html.count("<details>") == len(find_question("01-a").options)


@pytest.mark.parametrize(
    ("id", "answer", "said"), [("01-z", "", "01-a"), ("01-a", "z", "a, b, c"), ("99-a", "", "01_events")]
)
def test_what_does_not_exist_is_named_with_what_does(id, answer, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        predict(id, answer)


def test_every_question_has_one_right_answer_and_a_reason_for_each():
    import tomllib

    from sandbox.course import lesson_folders

    asking = [folder for folder in lesson_folders() if (folder / "questions.toml").is_file()]
    assert asking
    for folder in asking:
        for id in tomllib.loads((folder / "questions.toml").read_text(encoding="utf-8")):
            options = find_question(id).options
            assert sum(option.right for option in options) == 1, id
            assert all(len(option.feedback) > 40 for option in options), id


def test_a_long_trace_is_shown_in_part_and_says_so():
    trace = Trace()
    for n in range(500):
        trace.record("till", "publish", f"orders[0]@{n}", "OrderPlaced()")
    root = ET.fromstring(timeline(trace).svg)
    assert "The picture shows the first 200 of 500 steps" in root.find(f"{SVG}desc").text
    assert "orders[0]@199" in timeline(trace).svg
    assert "orders[0]@200" not in timeline(trace).svg


def test_faults_and_evictions_have_a_mark_of_their_own():
    trace = Trace()
    trace.record("billing", "fault", label="crash before")
    trace.record("billing", "crash")
    trace.record("billing-2", "evicted")
    figure = timeline(trace)
    assert "diamond: as it says" in figure.svg
    assert "crash before" in figure.svg
    assert "billing crashed 1, was struck by a fault 1; billing-2 was evicted 1." in figure.svg


def test_a_story_that_is_cut_where_a_transaction_begins_is_drawn():
    """It took the place of a verdict: a KeyError, as a beginning has no column of its own."""
    trace = Trace()
    trace.record("books", "execute", label="SELECT 1")
    trace.record("books", "begin", label="a transaction of books")
    figure = timeline(trace, fatal=True)
    assert "dotted line: after this, nothing helps" in figure.svg
    assert "SELECT 1   <-- after this, nothing helps" in figure.text
    only = Trace()
    only.record("books", "begin", label="a transaction of books")
    assert "a transaction of books" in timeline(only).text
    assert drawn_steps(only) == []


COMMITTED = """committed
                  SELECT * FROM shelf
                  INSERT INTO orders VALUES (?, ?) ['A-1', 420]
                  UPDATE shelf SET free = free - 1
                  UPDATE shelf SET free = free - 1"""


def test_a_transaction_that_ran_through_is_one_mark_with_what_it_has_written():
    trace = Trace()
    trace.record("shop", "transaction", label=COMMITTED)
    trace.record("shop", "transaction", label="committed\n    SELECT 1")
    figure = timeline(trace)
    assert "INSERT orders, UPDATE shelf ×2</text>" in figure.svg
    assert "&#x27;A-1&#x27;, 420" in figure.svg or "'A-1', 420" in figure.svg
    assert "only reads</text>" in figure.svg
    assert "grey, with a flag: one transaction, committed" in figure.svg
    assert len(drawn_steps(trace)) == 2


def test_the_fatal_step_is_marked_on_its_first_line_and_keeps_the_others():
    trace = Trace()
    trace.record("shop", "transaction", label=COMMITTED)
    first, *rest = timeline(trace, fatal=True).text.splitlines()
    assert first.endswith("committed   <-- after this, nothing helps")
    assert [line.strip() for line in rest] == [line.strip() for line in COMMITTED.splitlines()[1:]]
