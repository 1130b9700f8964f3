"""What a module may remember, and how to make it forget.

A process that starts gets the submission's code afresh, and to run it anew takes most of a
schedule's time where it defines dataclasses. So the module of a process that is over is put
back to how it was when it was loaded, wherever that can be done for sure: its names have
their first values again, lists and sets a new copy; functions and classes have to be
untouched. Where anything else could remember, such as a closure or a cache, there is no
putting back, and the code is run anew.
"""

import copy
import dataclasses
import operator
import re
import reprlib
import sys
from collections import Counter, OrderedDict, deque, namedtuple
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    GenericAlias,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any
from uuid import UUID

IMMUTABLE = (
    *(int, float, complex, str, bytes, bool, type(None), type(...), range, Decimal, Fraction, UUID),
    *(date, datetime, time, timedelta, timezone, re.Pattern, CodeType, GenericAlias, BuiltinFunctionType),
    *(GetSetDescriptorType, MemberDescriptorType, MethodDescriptorType, WrapperDescriptorType),
    *(ModuleType, type(MISSING)),
    type(namedtuple("Field", "name").name),
)
MADE_LATER = frozenset({"_shape", "__msgspec_cache__"})  # what a class has to know of itself
NOT_THEIRS = MADE_LATER | {
    *("__annotations__", "__dataclass_fields__", "__dataclass_params__"),
    *("__builtins__", "__spec__", "__loader__"),
}
LISTS_OF_A_CLASS = frozenset(  # of a named tuple and of an enumeration: nobody changes them
    {"_field_defaults", "_member_names_", "_member_map_", "_value2member_map_", "_unhashable_values_"}
    | {"_hashable_values_", "_unhashable_values_map_"}
)
MADE_BY_DATACLASS = ("<string>", dataclasses.__file__, reprlib.__file__)  # the last one from 3.13 on
CONTAINERS = (list, dict, set, deque, Counter, OrderedDict)


class Snapshot:
    """A module as it was when it was loaded."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._names = dict(vars(module))
        self._containers = {
            name: copy.copy(self._names[name])
            for name in self._names
            if _references(self._names, name) == OF_ONE_NAME and _is_plain_container(self._names[name])
        }
        self._classes = [(place, dict(place)) for place in _classes(module)]
        self._lists = [
            (place[name], copy.copy(place[name]))
            for place, _ in self._classes
            for name in LISTS_OF_A_CLASS.intersection(place)
        ]
        self._functions = [(f, _of_function(f)) for f in _functions(module)]
        self._can_be_put_back = all(
            _is_immutable(value, module.__name__)
            for place in (self._names, *(before for _, before in self._classes))
            for name, value in place.items()
            if name not in NOT_THEIRS and not (place is self._names and name in self._containers)
            if place is self._names or name not in LISTS_OF_A_CLASS
        )

    def put_back(self) -> bool:
        """Have the module be as it was; `False` where that can't be done."""
        if not self._can_be_put_back or not self._is_untouched():
            return False
        names = vars(self._module)
        names.clear()
        names.update(self._names)
        names.update((name, copy.copy(value)) for name, value in self._containers.items())
        return True

    def _is_untouched(self) -> bool:
        return (
            all(_same(place, before) for place, before in self._classes)
            and all(_are(_of_function(f), before) for f, before in self._functions)
            and all(now == before for now, before in self._lists)
        )


def _same(place: Any, before: dict[str, object]) -> bool:
    if len(place) == len(before) and all(map(operator.is_, place.values(), before.values())):
        return place.keys() == before.keys()
    for name, value in place.items():
        if before.get(name, MISSING) is not value and name not in MADE_LATER:
            return False
    before.update(place)  # what was made later is there from now on
    return len(place) == len(before)


def _classes(module: ModuleType) -> Iterator[Any]:
    """The namespaces of the classes that the module defines, and of an enumeration's members."""
    for value in vars(module).values():
        if isinstance(value, type) and value.__module__ == module.__name__:
            yield vars(value)
            yield from map(vars, value.__members__.values() if issubclass(value, Enum) else ())


def _functions(module: ModuleType) -> list[FunctionType]:
    """The functions that the module defines, those inside of others included."""
    found: dict[int, FunctionType] = {}
    waiting = [value for place in (vars(module), *_classes(module)) for value in place.values()]
    while waiting:
        value = _unwrapped(waiting.pop())
        if _is_written_here(value, module.__name__) and id(value) not in found:
            found[id(value)] = value
            waiting += [*_cells(value), *value.__dict__.values()]
    return list(found.values())


def _is_written_here(value: object, module: str) -> bool:
    """Is it a function of the module's own text, and none that `dataclass` has made for it?"""
    if not isinstance(value, FunctionType) or value.__module__ != module:
        return False
    return value.__code__.co_filename not in MADE_BY_DATACLASS


def _is_plain_container(value: object) -> bool:
    """Does it hold nothing but what can't change?"""
    if type(value) not in CONTAINERS:
        return False
    inside = [*value, *value.values()] if isinstance(value, dict) else value
    return all(_is_immutable(item, "") for item in inside)


def _references(names: dict[str, object], name: str) -> int:
    """How many places know this value, `names` and whoever asks included."""
    return sys.getrefcount(names[name])


_PROBE = {"seen": []}
OF_ONE_NAME = _references(dict(_PROBE), "seen")  # of what stands in a module, and in a copy of its names


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
    if isinstance(value, type | Enum):
        return True  # of another module; those of this one are places of their own
    if isinstance(value, FunctionType):
        return not _is_written_here(value, module) or _keeps_nothing(value, module)
    if is_dataclass(value) and type(value).__dataclass_params__.frozen:
        names = {field.name for field in fields(value)}
        kept = vars(value) if hasattr(value, "__dict__") else {}
        return set(kept) <= names and all(_is_immutable(getattr(value, name), module) for name in names)
    return False


def _keeps_nothing(function: FunctionType, module: str) -> bool:
    kept = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    kept += [*_cells(function), *function.__dict__.values()]
    return all(value is function or _is_immutable(value, module) for value in kept)


def _cells(function: FunctionType) -> list[object]:
    """What its closure holds."""
    found = []
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # empty
            found.append(None)
    return found
