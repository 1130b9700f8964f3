"""`predict("01-a")`: what do you think will happen? Asked before the cell that shows it.

Live it is a form of ipywidgets: radio buttons and a button, by mouse or keyboard. Where
there is no kernel, and for those who want no widgets, the same as text, each answer's
feedback folded. `predict("01-a", "b")` answers by text.
"""

from html import escape

import ipywidgets

from sandbox.views.questions import LETTERS, Option, Question, find_question

WIDGET = "application/vnd.jupyter.widget-view+json"


class Answer:
    """What is said about one answer."""

    def __init__(self, option: Option) -> None:
        self.option = option

    def __repr__(self) -> str:
        return f"{'Right' if self.option.right else 'Not quite'}: {self.option.feedback}"


class Prediction:
    """A question, as a form where there is a kernel and as text where there is none."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def __repr__(self) -> str:
        return self.question.as_text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        form = _form(self.question)._repr_mimebundle_()
        return {WIDGET: form[WIDGET], "text/html": _static(self.question), "text/plain": repr(self)}


def predict(id: str, answer: str = "") -> Prediction | Answer:
    """The question `id` of a lesson, or with `answer` what is to be said about that answer.

    Raises `UsageError` where there is no such question or answer.
    """
    question = find_question(id)
    return Answer(question.option(answer)) if answer else Prediction(question)


def _form(question: Question) -> ipywidgets.Widget:
    choice = ipywidgets.RadioButtons(
        options=[(f"{letter}) {o.text}", o) for letter, o in zip(LETTERS, question.options, strict=False)],
        value=None,
        layout=ipywidgets.Layout(width="auto"),
        style={"description_width": "0"},
    )
    button = ipywidgets.Button(
        description="That is my answer", disabled=True, layout=ipywidgets.Layout(width="auto")
    )
    said = ipywidgets.HTML()

    def chosen(change: dict) -> None:
        button.disabled = change["new"] is None
        said.value = ""

    def answered(_: ipywidgets.Button) -> None:
        said.value = _feedback(choice.value)

    choice.observe(chosen, names="value")
    button.on_click(answered)
    asked = ipywidgets.HTML(f"<p><strong>Predict.</strong> {_lines(question.text)}</p>")
    stacked = ipywidgets.Layout(align_items="flex-start")
    form = ipywidgets.VBox([asked, choice, button, said], layout=stacked)
    form.add_class("sandbox-predict")
    return form


def _feedback(option: Option) -> str:
    """Word, sign and border say whether it is right; a screen reader is told by itself."""
    word, sign = ("Right", "✓") if option.right else ("Not quite", "✕")
    colour = "#00795a" if option.right else "#c2410c"
    again = "" if option.right else " Have another go, or run on and see."
    return (
        f'<div role="status" aria-live="polite" style="border-inline-start:5px solid {colour};'
        f'padding:.2em .9em;max-width:44em;line-height:1.45"><strong>{sign} {word}.</strong> '
        f"{_lines(option.feedback)}{again}</div>"
    )


def _static(question: Question) -> str:
    options = "".join(
        f"<li>{escape(o.text)}<details><summary>Is it this one?</summary>{_feedback(o)}</details></li>"
        for o in question.options
    )
    return (
        f'<section aria-label="Question"><p><strong>Predict.</strong> {_lines(question.text)}</p>'
        f'<ol type="a">{options}</ol></section>'
    )


def _lines(words: str) -> str:
    return escape(words).replace("\n", "<br>")
