"""The examples in the docstrings of all modules."""

import doctest
import pkgutil
from importlib import import_module

import numpy as np
import pytest
import sympy as sp

import lossbook

MODULES = ["lossbook", *(m.name for m in pkgutil.walk_packages(lossbook.__path__, "lossbook."))]
x, y = sp.symbols("x y", real=True)
NAMES = {"np": np, "sp": sp, "x": x, "y": y} | {n: getattr(lossbook, n) for n in lossbook.__all__}


def examples(module):
    """Run the examples of a module: how many there are, and how many are wrong."""
    found = doctest.testmod(module, globs=NAMES | vars(module))
    return found.attempted, found.failed


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name):
    assert examples(import_module(name))[1] == 0


def test_modules_have_examples():
    assert sum(examples(import_module(f"lossbook.{name}"))[0] for name in ("prove", "verify")) >= 13


def test_control_a_wrong_example_fails():
    wrong = type(sp)("wrong", "As here:\n\n>>> huber(2.0, 0)\n1.25\n")
    assert examples(wrong) == (1, 1)
