"""The public functions of lossbook: docstrings, examples that are right, and type hints."""

import doctest
import inspect
import pkgutil
from importlib import import_module
from types import ModuleType

import pytest
import sympy as sp

import lossbook
from lossbook import prove
from lossbook.loss import Loss

MODULES = ["lossbook", *(m.name for m in pkgutil.walk_packages(lossbook.__path__, "lossbook."))]
APART = "lossbook.answers."  # an answer is written as a learner writes it
KINDS = "lossbook.explorers."  # the explorers have an example together, and examples in their tests
x, y = sp.symbols("x y", real=True)
j, z = sp.Symbol("j", integer=True), sp.IndexedBase("z", real=True)
NAMES = {name: getattr(lossbook, name) for name in lossbook.__all__}
NAMES |= {"sp": sp, "x": x, "y": y, "j": j, "z": z, "prove": prove}


def examples(module):
    """How many lines of examples a module has, and how many of them are wrong."""
    found = doctest.testmod(module, globs=NAMES | vars(module))
    return found.attempted, found.failed


def public_functions(module):
    """Its functions without an underscore, and such methods of its classes."""
    for name, found in vars(module).items():
        if name.startswith("_") or getattr(found, "__module__", "") != module.__name__:
            continue
        if inspect.isclass(found) and not issubclass(found, sp.Basic):
            methods = [getattr(m, "fget", m) for m in vars(found).values()]
            yield from (m for m in methods if inspect.isfunction(m) and m.__name__[0] != "_")
        elif inspect.isfunction(inspect.unwrap(found)) and not isinstance(found, Loss):
            yield inspect.unwrap(found)


def missing(function):
    """What a public function lacks: a docstring, and types of its arguments and its result."""
    signature = inspect.signature(function)
    for name, p in signature.parameters.items():
        any_number = p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        if p.annotation is p.empty and name != "self" and not any_number:
            yield name
    if signature.return_annotation is signature.empty:
        yield "return"
    if not function.__doc__:
        yield "docstring"


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_right(name):
    module = import_module(name)
    attempted, failed = examples(module)
    apart = name.startswith((APART, KINDS)) or not list(public_functions(module))
    assert attempted or apart
    assert not failed


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith(APART)])
def test_public_functions_have_a_docstring_and_types(name):
    functions = public_functions(import_module(name))
    assert not {f.__qualname__: lacks for f in functions if (lacks := [*missing(f)])}


def test_control_a_wrong_example_is_found():
    wrong = ModuleType("wrong", ">>> print(huber(2.0, 0))\n1.5\n>>> print(huber(2.0, 0))\n1.25\n")
    assert examples(wrong) == (2, 1)


def test_control_what_a_function_lacks_is_found():
    class Thing:
        @property
        def size(self) -> int:
            return 1

        def grow(self, by, *args, times: int = 1, **kwargs):
            """Grow."""

    module = ModuleType(Thing.__module__)
    module.Thing = Thing
    lacks = {f.__name__: list(missing(f)) for f in public_functions(module)}
    assert lacks == {"size": ["docstring"], "grow": ["by", "return"]}
