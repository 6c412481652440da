"""Mathematics as people type it: `parse("np.log(K)/2")`, `value(expression, {"K": 3.0})`.

A text is never run as code. It becomes a sympy expression that nothing simplifies, and is
evaluated in floating point: so `9**9**9` is an overflow at once, not a long wait.
"""

import ast
import cmath
import math
import operator
import re
import warnings
from collections.abc import Collection, Mapping

import sympy as sp
from sympy.core.function import Application, AppliedUndef

from lossbook.shapes import Shape

LONGEST, DEEPEST = 1000, 100
MODULES = {"np", "numpy", "sp", "sympy", "math"}
NAMES = {"pi": sp.pi, "E": sp.E, "e": sp.E}
SIGNS = {"^": "**", "−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*", "÷": "/"}
SIGNS |= {"²": "**2", "³": "**3", **{sign: str(n) for n, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")}}
# The signs of a keyboard for Chinese, １ and ， among them, that are as wide as a Chinese one.
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
ROOT = re.compile(r"√\s*(?:(?=\()|([\w.]+)(?![\w.(]))")  # of brackets, a number or a name
GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta"}
GREEK |= {"κ": "kappa", "λ": "lambda", "μ": "mu", "π": "pi", "ρ": "rho", "σ": "sigma"}
GREEK |= {"τ": "tau", "θ": "theta"}


def _divide(a, b):
    return sp.Mul(a, sp.Pow(b, -1, evaluate=False), evaluate=False)


def _power(a, b):
    return sp.Pow(a, b, evaluate=False)


def _add(a, b):
    return sp.Add(a, b, evaluate=False)


def _times(a, b):
    return sp.Mul(a, b, evaluate=False)


def _log(x, base=None):
    log = sp.log(x, evaluate=False)
    return log if base is None else _divide(log, _log(base))


def _piecewise(*pairs):
    return sp.Piecewise(*pairs, evaluate=False)


OPERATORS = {
    ast.Add: _add,
    ast.Sub: lambda a, b: _add(a, _times(sp.Integer(-1), b)),
    ast.Mult: _times,
    ast.Div: _divide,
    ast.Pow: _power,
}
COMPARISONS = {ast.Eq: sp.Eq, ast.NotEq: sp.Ne, ast.Lt: sp.Lt, ast.LtE: sp.Le}
COMPARISONS |= {ast.Gt: sp.Gt, ast.GtE: sp.Ge}
PLAIN = {"exp", "sign", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan"}
PLAIN |= {"binomial", "factorial", "Abs", "Min", "Max", "Eq", "Ne", "Lt", "Le", "Gt", "Ge"}
ALIASES = {"abs": "Abs", "absolute": "Abs", "min": "Min", "minimum": "Min", "max": "Max"}
ALIASES |= {"maximum": "Max", "comb": "binomial", "arctan": "atan"}
ALIASES |= {"expit": "sigmoid", "σ": "sigmoid"}
FUNCTIONS = {
    "log": _log,
    "ln": _log,
    "log2": lambda x: _log(x, sp.Integer(2)),
    "log10": lambda x: _log(x, sp.Integer(10)),
    "log1p": lambda x: _log(_add(1, x)),
    "expm1": lambda x: _add(sp.exp(x, evaluate=False), -1),
    "sqrt": lambda x: _power(x, sp.Rational(1, 2)),
    "sigmoid": lambda x: _divide(1, _add(1, sp.exp(_times(sp.Integer(-1), x), evaluate=False))),
    "square": lambda x: _power(x, sp.Integer(2)),
    "pow": _power,
    "power": _power,
    "Rational": lambda a, b=sp.S.One: _divide(a, b),
    "Fraction": lambda a, b=sp.S.One: _divide(a, b),
    "array": lambda items: items,
    "Matrix": lambda items: items,
    "Piecewise": _piecewise,
}


class Unreadable(ValueError):
    """A text that cannot be read as mathematics; the message says why."""


def parse(text: str, names: Collection[str] = (), several: bool = False) -> sp.Basic | tuple:
    """The expression, or the tuple of expressions, that a text means.

    text: numbers, names, arithmetic, comparisons, tuples and calls of FUNCTIONS, as in Python;
        also with signs of print, such as ^ for a power, √ and δ. Names become symbols. Quotes
        around it all are left out.
    names: those of symbols, where a constant has the same name.
    several: whether more than one number is asked. Then a comma alone parts two; it is a decimal
        one if there is a semicolon or a space to part them, as in 1,8; 2,4.
    Raises Unreadable for any other text.

    >>> parse("x^2 + 2"), parse("e"), parse("e", names=["e"])
    (x**2 + 2, E, e)
    """
    if len(text) > LONGEST:
        raise Unreadable(f"a text of {len(text)} signs is too long to be read")
    text = text.translate(WIDE)
    if "%" in text:
        raise Unreadable("a number without a per cent sign is asked: a share of 3 % is 0.03")
    plain = re.sub(r"(?s)^(['\"])(.*)\1$", r"\2", text.strip()).strip()
    plain = plain.translate(str.maketrans(SIGNS))
    if not set("([{") & set(plain) and (not several or re.search(r";|,\s", plain)):
        plain = re.sub(r"(?<=\d),(?=\d)", ".", plain).replace(";", ",")
    plain = re.sub(r"(?<=\w)\s*,\s*(?=[)\]]|$)", "", plain)  # a last comma parts nothing
    plain = ROOT.sub(lambda found: f"sqrt({found[1]})" if found[1] else "sqrt", plain)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about literals such as 1if
            body = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise Unreadable(
            f"{shorten(text)} cannot be read; it is written as in Python, such as 2*x"
        ) from None
    return _build(body, frozenset(names), DEEPEST)


def _build(node, names, depth):
    if depth == 0:
        raise Unreadable("the text is nested too deeply to be read")

    def build(part):
        return _build(part, names, depth - 1)

    match node:
        case ast.Constant(value=bool()):
            return sp.true if node.value else sp.false
        case ast.Constant(value=int()):
            return sp.Integer(node.value)
        case ast.Constant(value=float()) if math.isfinite(node.value):
            return sp.Float(node.value)
        case ast.Name():
            name = GREEK.get(node.id, node.id)
            return NAMES[name] if name in NAMES and name not in names else sp.Symbol(name)
        case ast.Attribute(value=ast.Name(id=module)) if module in MODULES and node.attr in NAMES:
            return NAMES[node.attr]
        case ast.UnaryOp(op=ast.USub()):
            return _times(sp.Integer(-1), _number(build(node.operand)))
        case ast.UnaryOp(op=ast.UAdd()):
            return _number(build(node.operand))
        case ast.BinOp() if type(node.op) in OPERATORS:
            sides = _number(build(node.left)), _number(build(node.right))
            return OPERATORS[type(node.op)](*sides)
        case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
            sides = _number(build(node.left)), _number(build(node.comparators[0]))
            return COMPARISONS[type(op)](*sides, evaluate=False)
        case ast.Tuple() | ast.List():
            return tuple(build(item) for item in node.elts)
        case ast.Call(keywords=[]):
            return _call(_function_name(node.func), [build(item) for item in node.args])
    raise Unreadable(f"{shorten(ast.unparse(node))} cannot be read here")


def _number(part):
    if not isinstance(part, sp.Expr):
        raise Unreadable("only numbers and symbols can be added, multiplied or compared")
    return part


def _function_name(node):
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute(value=ast.Name(id=module)) if module in MODULES:
            return node.attr
        case ast.Constant() | ast.BinOp():
            raise Unreadable("a product is written with *, such as 2*(x + 1)")
    raise Unreadable(f"{shorten(ast.unparse(node))} is not a function that can be read here")


def _call(name, arguments):
    name = ALIASES.get(name, name)
    takes_tuples = name in {"Piecewise", "array", "Matrix"}
    if not takes_tuples:
        arguments = [_number(argument) for argument in arguments]
    try:
        if name in PLAIN:
            return getattr(sp, name)(*arguments, evaluate=False)
        if name in FUNCTIONS:
            return FUNCTIONS[name](*arguments)
    except (TypeError, ValueError):
        raise Unreadable(f"{name} takes other arguments") from None
    raise Unreadable(f"{shorten(name)} is not a function that can be read here")


def shorten(text: str, longest: int = 60) -> str:
    """The repr of a text of at most so many characters; a longer one is cut.

    >>> shorten("a long answer", longest=9)
    "'a long...'"
    """
    return repr(text if len(text) <= longest else text[: longest - 3] + "...")


def value(expr: sp.Basic, at: Mapping[str, float]) -> float | complex:
    """The value of an expression in floating point; at: {name of a symbol: its value}.

    nan where there is no finite value. Nothing is computed exactly, so that nothing is slow.
    Raises Unreadable for what is no formula of numbers, such as an integral.

    >>> value(x**2 + 1, {"x": 3.0})
    10.0
    """
    try:
        number = complex(_value(expr, at))
    except (ArithmeticError, TypeError, RecursionError):
        return math.nan
    if not cmath.isfinite(number):
        return math.nan
    return number.real if abs(number.imag) <= 1e-12 * abs(number.real) else number


def _value(expr, at):
    if isinstance(expr, sp.Symbol):
        return at[expr.name]
    if isinstance(expr, sp.Integer | sp.Rational):
        return expr.p / expr.q
    if isinstance(expr, sp.Piecewise):
        return next((_value(part, at) for part, where in expr.args if _holds(where, at)), math.nan)
    if isinstance(expr, sp.UnevaluatedExpr):
        return _value(expr.args[0], at)
    if isinstance(expr, Shape):
        return _value(expr.define(*expr.args), at)
    if expr is sp.I:
        return 1j
    if not expr.args:
        return complex(expr)
    if isinstance(expr, AppliedUndef) or not isinstance(
        expr, sp.Add | sp.Mul | sp.Pow | Application
    ):
        name = type(expr).__name__
        raise Unreadable(f"the answer has {name}, which is not worked out; is a .doit() missing?")
    numbers = [_value(part, at) for part in expr.args]
    if isinstance(expr, sp.Add):
        return sum(numbers)
    if isinstance(expr, sp.Mul):
        return math.prod(numbers)
    if isinstance(expr, sp.Pow):
        power = operator.pow(*numbers)
        if power == 0 != numbers[0]:
            raise ArithmeticError("too small for floating point, and not 0")
        return power
    if isinstance(expr, sp.binomial | sp.factorial) and max(map(abs, numbers)) > 1000:
        raise OverflowError("sympy would multiply it out")
    return complex(expr.func(*map(_exact, numbers)).evalf())


def _exact(number):
    if isinstance(number, complex):
        return sp.Float(number.real) + sp.I * sp.Float(number.imag)
    return sp.Integer(number) if abs(number) <= 1000 and number == int(number) else sp.Float(number)


def _holds(where, at):
    if where in (sp.true, sp.false):
        return bool(where)
    if isinstance(where, sp.And | sp.Or):
        return (all if isinstance(where, sp.And) else any)(_holds(a, at) for a in where.args)
    if isinstance(where, sp.Not):
        return not _holds(where.args[0], at)
    for kind, compare in (
        (sp.Eq, operator.eq),
        (sp.Ne, operator.ne),
        (sp.Lt, operator.lt),
        (sp.Le, operator.le),
        (sp.Gt, operator.gt),
        (sp.Ge, operator.ge),
    ):
        if isinstance(where, kind):
            return compare(*(value(side, at) for side in where.args))
    raise Unreadable(f"the answer has {type(where).__name__} as a condition")
