"""How many digits of the losses are right: their worst errors in ULP, measured against mpmath.

A ULP, the unit in the last place, is the step from a float64 to the next. `cases(loss)` makes the
cases of every loss from its signature, so that a new one is measured without a line here.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import mpmath
import numpy as np
import sympy as sp

import lossbook as book
from lossbook.loss import FINITE, Domain, Loss
from lossbook.sequence import PLAIN, _states, forward
from lossbook.verify import UNSEEN, evaluate, ulps

exactly = functools.partial(evaluate, least=UNSEEN)

# The parameters that a loss is measured with; its defaults where it is not listed.
PARAMETERS = {
    "huber": [{"delta": 1.0}, {"delta": 1e-3}],
    "smooth_l1": [{"beta": 1.0}, {"beta": 1e-3}],
    "pinball": [{"quantile": 0.5}, {"quantile": 0.9}],
    "focal": [{"gamma": g} for g in (0.0, 0.5, 1.0, 2.0, 5.0)],
    "focal_with_logits": [{"gamma": g} for g in (0.0, 0.5, 1.0, 2.0, 5.0)],
    "triplet": [{"squared": True}, {"squared": False}],
}


@dataclass(frozen=True)
class Case:
    """The arguments of a loss, and the measure of its results.

    name: of the loss, and its parameters.
    measure: takes the value and the gradient as `value_and_grad` returns them, and gives the
        largest error of each in ULP.
    """

    name: str
    arguments: tuple
    parameters: dict
    measure: Callable

    def errors(self, value_and_grad: Callable) -> tuple[float, float]:
        """The largest errors of the value and the gradient that a function returns."""
        with np.errstate(over="ignore"):
            return self.measure(*value_and_grad(*self.arguments, **self.parameters))


def cases(loss: Loss) -> Iterator[Case]:
    """The cases that are made from the signature of a loss, and those of this loss only."""
    if loss is not book.ctc:  # its arguments are sequences of several lengths
        for parameters in PARAMETERS.get(loss.name, [{}]):
            chosen = ", ".join(f"{name} = {value}" for name, value in parameters.items())
            arguments = points(loss)
            measure = number_measure if is_of_one_number(loss) else terms_measure
            yield Case(
                f"`{loss.name}` {chosen}".strip(),
                arguments,
                parameters,
                measure(loss.variant(**parameters), arguments, loss.parameters | parameters),
            )
    yield from OWN.get(loss.name, list)()


# Points.


def domains(loss: Loss) -> dict:
    """{argument: its domain}, from the signature."""
    annotations = {name: loss.signature.parameters[name].annotation for name in loss.arguments}
    return {name: a if isinstance(a, Domain) else FINITE for name, a in annotations.items()}


def points(loss: Loss) -> tuple:
    """Arguments that a loss takes: predictions of every size, and plain targets."""
    takes = domains(loss)
    rng, n = np.random.default_rng(0), 500 if is_of_one_number(loss) else 40

    def draw(domain, predicted):
        if domain.vector:
            return vectors(domain, predicted, rng, n)
        pool = np.array([-1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 2.0])  # tiny residuals are from 0
        if predicted:
            pool = numbers(rng) if is_of_one_number(loss) else rng.normal(size=200)
        allowed = pool[domain.allows(pool)]
        if not allowed.size:
            raise ValueError(f"accuracy: there are no points for a domain of {domain.wants}")
        return rng.choice(allowed, n)

    return tuple(draw(domain, name in loss.wrt) for name, domain in takes.items())


def is_of_one_number(loss):
    return len(loss.wrt) == 1 and not any(isinstance(s, sp.IndexedBase) for s in loss.symbols)


def numbers(rng):
    """Huge and tiny ones, logits, and probabilities close to 0 and to 1."""
    wide = 10.0 ** np.concatenate([rng.uniform(-300, 0, 150), rng.uniform(4, 300, 12)])
    wide *= rng.choice([-1.0, 1.0], wide.size)
    logits = [rng.uniform(-1e4, 1e4, 20), rng.uniform(-740, 740, 120), rng.normal(size=150)]
    small, rest = 10.0 ** rng.uniform(-300, 0, 75), 10.0 ** rng.uniform(-16, 0, 100)
    return np.concatenate([wide, *logits, small, 1 - rest, rng.uniform(size=100)])


def vectors(domain, predicted, rng, n, size=3):
    """n vectors of a domain: targets one-hot where they may be; predictions large and small.

    The predictions of every other sample are close to each other, as differences like them least.
    """
    kinds = [np.eye(size)[rng.integers(size, size=n)], rng.dirichlet(np.ones(size), n)]
    shared, own = np.random.default_rng(1).normal(size=(n, size)), rng.normal(size=(n, size))
    own[::2] = shared[::2] + own[::2] / 1000
    kinds.append(own * np.logspace(-2, 2, n)[:, None])
    allowed = [kind for kind in kinds if np.all(domain.allows(kind))]
    if not allowed:
        raise ValueError(f"accuracy: there are no points for a domain of {domain.wants}")
    return allowed[-1 if predicted else 0]


# Measures.


def number_measure(loss, arguments, parameters):
    """Of a loss of one number: in ULP of the exact result."""
    rows = rows_of(loss.symbols, arguments, loss, parameters)

    def worst(results, formula):
        exact = [exactly(formula, row) for row in rows]
        return np.max([ulps(float(r), e) for r, e in zip(results, exact, strict=True)])

    return lambda value, grad: (worst(value, loss.formula), worst(grad, loss.gradient))


def terms_measure(loss, arguments, parameters):
    """Of a loss of more: in ULP of the result and of the terms that it is a difference of.

    No code can keep the digits of a distance that nearly is the margin. How large such terms are
    is seen from outside: the derivatives by all entries, each times its entry.
    """
    size = np.shape(arguments[0])[1:]
    formula, gradient, symbols = written_out(loss, *size)
    rows = rows_of(symbols, arguments, loss, parameters)
    x = np.abs(side_by_side(arguments[: len(loss.wrt)]))
    slopes = np.abs(side_by_side(loss.grad(*arguments, **parameters)))
    blocks = loss.hess(*arguments, **parameters)
    blocks = blocks if len(loss.wrt) > 1 else [[blocks]]
    square = (len(x), *(size or (1,)) * 2)
    curvatures = np.abs(np.block([[np.reshape(b, square) for b in row] for row in blocks]))
    terms = (slopes * x).sum(-1), np.einsum("nij,nj->ni", curvatures, x)

    def worst(results, formulas, terms):
        exact = np.array([[exactly(f, row) for f in formulas] for row in rows])
        unit = np.spacing(np.abs(exact.astype(float)) + terms)
        return np.max(np.abs(exact - results).astype(float) / unit)

    return lambda value, grads: (
        worst(value[:, None], [formula], terms[0][:, None]),
        worst(side_by_side(grads), gradient, terms[1]),
    )


def rows_of(symbols, arguments, loss, parameters):
    """{symbol: number} for each sample, of entries and of parameters."""
    chosen = [parameters[str(s)] for s in loss.symbols[len(loss.arguments) :]]
    table = np.column_stack(arguments)
    return [dict(zip(symbols, [*row, *chosen], strict=True)) for row in table.tolist()]


def written_out(loss, size=1):
    """The formula of a loss, its gradient and its symbols, of vectors entry by entry."""
    length, j = sp.Symbol("K", integer=True, positive=True), sp.Symbol("j", integer=True)
    places = range(1, size + 1)
    symbols = [
        entry
        for s in loss.symbols
        for entry in ([s[k] for k in places] if isinstance(s, sp.IndexedBase) else [s])
    ]
    gradients = loss.gradient if isinstance(loss.gradient, tuple) else (loss.gradient,)
    gradient = [g.subs({length: size, j: k}).doit() for g in gradients for k in places]
    return loss.formula.subs(length, size).doit(), gradient, symbols


def side_by_side(columns):
    """What belongs to one sample, numbers or vectors, in one row."""
    return np.column_stack(columns if isinstance(columns, tuple) else [columns])


# Cases of one loss.


def soft_labels():
    """Soft labels: the gradient is a difference, measured in ULP of its larger part."""
    loss, rng = book.binary_cross_entropy_with_logits, np.random.default_rng(1)
    z, y = rng.normal(size=300) * 5, rng.uniform(size=300)
    rows = rows_of(loss.symbols, (z, y), loss, {})
    unit = np.spacing(np.maximum(1 / (1 + np.exp(-z)), y))

    def measure(value, grad):
        exact = [exactly(loss.gradient, row) for row in rows]
        error = [abs(e - g) for e, g in zip(exact, grad.tolist(), strict=True)]
        return number_measure(loss, (z, y), {})(value, grad)[0], np.max(
            np.array(error, float) / unit
        )

    yield Case(f"`{loss.name}` soft labels", (z, y), {}, measure)


def many_classes():
    """Softmax of up to 1000 classes, each entry of the gradient in its own ULP."""
    loss, rng = book.cross_entropy_with_logits, np.random.default_rng(2)
    for size, count in ((2, 100), (10, 40), (1000, 1)):
        scale = rng.choice([1.0, 5.0, 40.0, 1000.0], (count, 1))
        z = rng.normal(size=(count, size)) * scale
        k = rng.integers(0, size, count)
        k[::2] = z.argmax(-1)[::2]
        exact = [softmax_cross_entropy(*sample) for sample in zip(z, k, strict=True)]

        def measure(value, grad, exact=exact):
            return (
                np.max([ulps(float(v), e) for v, (e, _) in zip(value, exact, strict=True)]),
                np.max(
                    [
                        ulps(float(g), e)
                        for gs, (_, es) in zip(grad, exact, strict=True)
                        for g, e in zip(gs, es, strict=True)
                    ]
                ),
            )

        yield Case(f"`{loss.name}` K = {size}", (z, np.eye(size)[k]), {}, measure)


def sequences():
    """Sequences up to 200 frames; the gradient in ULP of its largest entry."""
    rng = np.random.default_rng(3)
    for times, size, length in ((8, 5, 3), (50, 10, 15), (200, 20, 40)):
        z = rng.normal(size=(1, times, size)) * 3
        target = rng.integers(1, size, (1, length))

        def measure(value, grad, z=z, target=target):
            exact, slopes = ctc(z[0], target[0])
            unit = np.spacing(float(abs(slopes).max()))
            return ulps(float(value[0]), exact), float(abs(slopes - grad[0]).max()) / unit

        yield Case(f"`ctc` T = {times}, S = {length}", (z, target), {}, measure)


OWN = {
    "binary_cross_entropy_with_logits": soft_labels,
    "cross_entropy_with_logits": many_classes,
    "ctc": sequences,
}


def softmax_cross_entropy(z, k):
    """Value and gradient for the class k, as mpmath numbers."""
    with mpmath.workdps(60 + int(0.9 * np.ptp(z))):
        e = [mpmath.exp(mpmath.mpf(float(x)) - mpmath.mpf(float(z[k]))) for x in z]
        total = mpmath.fsum(e)
        others = mpmath.fsum(x for i, x in enumerate(e) if i != k)
        grad = [(-others if i == k else x) / total for i, x in enumerate(e)]
        return mpmath.log(total), grad


def ctc(logits, target, blank=0):
    """Value and gradient of one sequence, by the recursion over plain mpmath numbers."""
    with mpmath.workdps(80):
        y = []
        for row in logits:
            e = [mpmath.exp(mpmath.mpf(float(x))) for x in row]
            y.append([x / mpmath.fsum(e) for x in e])
        targets = np.array([target], int)
        labels, start, skip, end = _states(targets, np.array([len(target)]), blank)
        emissions = np.array(y, dtype=object)[:, labels]
        alpha, *_ = forward(emissions, start, skip, PLAIN)
        mirrored = np.concatenate([skip[:2], skip[:1:-1]])
        _, beta, _ = forward(emissions[::-1, ::-1], end[::-1], mirrored, PLAIN)
        beta = beta[::-1, ::-1]
        total = alpha[-1][end].sum()
        grad = np.array(y, dtype=object)
        for s, label in enumerate(labels[:, 0]):
            grad[:, label] -= alpha[:, s, 0] * beta[:, s, 0] / total
        return -mpmath.log(total), grad
