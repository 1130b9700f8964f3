"""What a module may remember: is there any place in it where something could be kept?

A process that starts gets the submission's code afresh, and to run it anew takes most of a
schedule's time where it defines dataclasses. A module whose every value is immutable, and
which is found as it was when it was loaded, remembers nothing: the next process may have it.
Of anything else, such as a list, a cache or a counter, we can't be sure, and load it anew.
"""

import dataclasses
import operator
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    GenericAlias,
    GetSetDescriptorType,
    MemberDescriptorType,
    ModuleType,
)
from typing import Any
from uuid import UUID

IMMUTABLE = (
    *(int, float, complex, str, bytes, bool, type(None), type(...), range, Decimal, Fraction, UUID),
    *(date, datetime, time, timedelta, timezone, re.Pattern, CodeType, GenericAlias, BuiltinFunctionType),
    *(GetSetDescriptorType, MemberDescriptorType, ModuleType, type(MISSING)),
)
MADE_LATER = frozenset({"_shape", "__msgspec_cache__"})  # what a class has to know of itself
OURS_OR_PYTHONS = MADE_LATER | {"__annotations__", "__dataclass_fields__", "__dataclass_params__"}
OF_MODULES = frozenset({"__builtins__", "__annotations__", "__spec__", "__loader__"})


class Snapshot:
    """A module as it was when it was loaded."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._places = [(place, dict(place)) for place in _places(module)]
        self._functions = [(f, _of_function(f)) for f in _functions(module)]
        self.forgetful = all(
            _is_immutable(value, module.__name__)
            for place, _ in self._places
            for name, value in place.items()
            if name not in OF_MODULES and name not in OURS_OR_PYTHONS
        )

    def still_holds(self) -> bool:
        """Is the module as it was, in each place that could have changed?"""
        return all(_same(place, before) for place, before in self._places) and all(
            _are(_of_function(f), before) for f, before in self._functions
        )


def _same(place: Any, before: dict[str, object]) -> bool:
    if len(place) == len(before) and all(map(operator.is_, place.values(), before.values())):
        return place.keys() == before.keys()
    for name, value in place.items():
        if before.get(name, MISSING) is not value and name not in MADE_LATER:
            return False
    before.update(place)  # what was made later is there from now on
    return len(place) == len(before)


def _places(module: ModuleType) -> Iterator[Any]:
    """The module's own namespace, and those of its classes."""
    yield vars(module)
    for value in vars(module).values():
        if isinstance(value, type) and value.__module__ == module.__name__:
            yield vars(value)


def _functions(module: ModuleType) -> list[FunctionType]:
    found = [_unwrapped(value) for place in _places(module) for value in place.values()]
    return [f for f in found if isinstance(f, FunctionType) and f.__module__ == module.__name__]


def _of_function(function: FunctionType) -> tuple:
    kept = [*function.__dict__.values(), *_cells(function)]
    return function.__code__, function.__defaults__, function.__kwdefaults__, *kept


def _are(these: tuple, those: tuple) -> bool:
    """The same objects, one by one."""
    return len(these) == len(those) and all(map(operator.is_, these, those))


def _unwrapped(value: object) -> object:
    if isinstance(value, staticmethod | classmethod):
        return value.__func__
    return value.fget if isinstance(value, property) else value


def _is_immutable(value: object, module: str) -> bool:
    value = _unwrapped(value)
    if isinstance(value, IMMUTABLE):
        return True
    if isinstance(value, tuple | frozenset):
        return all(_is_immutable(item, module) for item in value)
    if isinstance(value, type):
        return True  # of another module; those of this one are places of their own
    if isinstance(value, FunctionType):
        own = value.__module__ == module and value.__code__.co_filename != dataclasses.__file__
        return not own or _keeps_nothing(value, module)
    if is_dataclass(value) and type(value).__dataclass_params__.frozen:
        names = {field.name for field in fields(value)}
        kept = vars(value) if hasattr(value, "__dict__") else {}
        return set(kept) <= names and all(_is_immutable(getattr(value, name), module) for name in names)
    return False


def _keeps_nothing(function: FunctionType, module: str) -> bool:
    kept = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    kept += _cells(function)
    return not function.__dict__ and all(
        _is_immutable(value, module) for value in kept if value is not function
    )


def _cells(function: FunctionType) -> list[object]:
    """What its closure holds."""
    found = []
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # empty
            found.append(None)
    return found
