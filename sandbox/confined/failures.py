"""An exception as data: its classes by name, its text, and where it was raised.

On the other side it is an exception of the same class where that is one of Python's own or
of `sandbox.errors`, else of a class of that name beneath the nearest one that is. So
`except TimeoutError` and `error.definite` mean the same on both sides.
"""

import builtins

from sandbox import errors

TEXT_MAX = 10_000  # of what an exception says
LINE = "sandbox_line"  # of the submission, where its code has raised it
BITS_MAX = 63  # of a whole number, which MessagePack has
PLAIN = frozenset({str, int, float, bool, type(None)})
KNOWN = {
    name: value
    for home in (builtins, errors)
    for name, value in vars(home).items()
    if isinstance(value, type)
    and issubclass(value, BaseException)
    and not issubclass(value, BaseExceptionGroup)  # can't be made without others inside
}


def told(error: BaseException, filename: str = "") -> list:
    """The exception as data; `filename` is the submission's."""
    names = []
    for cls in type(error).__mro__:
        names.append(cls.__name__[:100])
        if KNOWN.get(cls.__name__) is cls:
            break
    arguments = list(error.args) if all(map(_is_plain, error.args)) else []
    facts = {name: value for name, value in vars(error).items() if _is_plain(value) and name != LINE}
    return [names[:10], _text(error), arguments, facts, line_of(error, filename)]


def meant(names: list[str], text: str, arguments: list, facts: dict, line: int | None) -> BaseException:
    """The exception that was told. Raises `KeyError` or `ValueError` where none was."""
    *own, known = names
    cls = KNOWN[known]
    error = None if own else _like(cls, text, arguments)
    if error is None:
        error = _named(own[0] if own else known, cls, text)
    vars(error).update(facts)
    note_line(error, line)
    return error


def note_line(error: BaseException, line: int | None) -> None:
    """Remember which line of the submission it came from."""
    setattr(error, LINE, line)


def line_of(error: BaseException, filename: str) -> int | None:
    """The line of the submission that is nearest to where it was raised."""
    found, traceback = None, error.__traceback__
    while traceback:
        if traceback.tb_frame.f_code.co_filename == filename:
            found = traceback.tb_lineno
        traceback = traceback.tb_next
    return found


def _like(cls: type[BaseException], text: str, arguments: list) -> BaseException | None:
    """An exception made from these arguments, if it says what it should."""
    try:
        error = cls(*arguments)
    except TypeError:  # it takes others
        return None
    return error if _text(error) == text else None


def _named(name: str, cls: type[BaseException], text: str) -> BaseException:
    """An exception of a class of that name, which says `text` and nothing else."""
    own = type(name, (cls,), {"__str__": lambda self: text, "__init__": lambda self: None})
    return own()


def _is_plain(value: object) -> bool:
    return type(value) in PLAIN and not (type(value) is int and value.bit_length() > BITS_MAX)


def _text(error: BaseException) -> str:
    try:
        return str(error)[:TEXT_MAX]
    except Exception as problem:  # it is their class, and may do anything
        return f"(it can't be put into words: {type(problem).__name__})"
