"""Connectionist temporal classification: the loss of a sequence whose alignment is not known.

`explorers/src/ctc.js` is the same for the explorer, with plain probabilities.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, NoReturn

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from lossbook.classification import LOGITS, PROBABILITY
from lossbook.loss import Domain, Loss

IMPOSSIBLE = -1e300  # stands for log 0 in a lattice: sums and differences of it are never NaN
LOWEST = -np.finfo(float).max  # less of it is never NaN, as -inf - -inf would be
TINY = 1e-250  # a smaller overlap has lost digits, since the smallest float64 is near 1e-308


class Semiring(NamedTuple):
    """How the weights of paths are added (three at a time) and multiplied.

    zero, one: the weight of no path, and of a path without steps.
    emit: the weights of the classes, from their logits.
    share: rescales the weights (L, N) of one time in place, so that they neither underflow nor
        round in long sequences, and returns the logarithm (N,) of the factor that it took out.
    log: the logarithm of a weight, all factors that were taken out included.
    number: the weights (T, L, N) as numbers, up to a factor for each time.
    """

    plus: Callable
    times: Callable
    zero: object
    one: object
    emit: Callable | None = None
    share: Callable | None = None
    log: Callable | None = None
    number: Callable | None = None


def _softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _power_of_two(weights):
    exponent = np.maximum(np.frexp(weights.max(0))[1], -1000)
    weights *= np.exp2(-exponent)  # rounds nothing
    return exponent


PLAIN = Semiring(lambda a, b, c: a + b + c, np.multiply, 0, 1)  # of numbers or of symbols
SCALED = PLAIN._replace(
    emit=_softmax,
    share=_power_of_two,
    log=lambda weight, exponent: np.log(np.maximum(weight, TINY)) + np.log(2) * exponent,
    number=lambda weights: weights,
)


def logarithms(times: int) -> Semiring:
    """Weights as logarithms, in a unit so large that those of the longest path do not overflow."""
    unit = 2.0 ** (times.bit_length() + 2)

    def exp(logs):
        return np.exp(unit * logs)

    def log_softmax(z):
        z = z / unit
        z -= z.max(-1, keepdims=True)
        return z - np.log(exp(z).sum(-1, keepdims=True)) / unit

    def largest(logs):
        largest = np.maximum(logs.max(0), LOWEST)
        logs -= largest
        return largest

    def log_of_sum(a, b, c):
        high, low = np.maximum(a, b), np.minimum(a, b)
        top, middle = np.maximum(high, c), np.minimum(high, c)
        least = np.maximum(top, LOWEST)
        return top + np.log(1.0 + (exp(middle - least) + exp(low - least))) / unit

    return Semiring(
        log_of_sum,
        np.add,
        zero=-np.inf,
        one=0.0,
        emit=log_softmax,
        share=largest,
        log=lambda log, shared: unit * (log + shared),
        number=lambda logs: exp(logs - np.maximum(logs.max(1, keepdims=True), LOWEST)),
    )


def forward(
    emissions: np.ndarray, start: np.ndarray, skip: np.ndarray, semiring: Semiring
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The weight of all paths that arrive at state s at time t, of many problems side by side.

    emissions: (T, L, N), the weight of being in state s at time t.
    start: (L, N), the states that a path may begin in.
    skip: (L, N), the states that may be reached from the last state but one.
    Returns weights (T, L, N) with and without the emission at time t, and (T, N) what
    `semiring.share` took out at each time. Graves et al. (2006), equations 6 and 7.
    """
    times, states, problems = emissions.shape
    weights = np.empty((times, 2 + states, problems), emissions.dtype)
    weights[:, :2] = semiring.zero  # two states in front that no path visits
    arrivals = np.empty(emissions.shape, emissions.dtype)
    arrivals[0] = np.where(start, semiring.one, semiring.zero)
    skip = np.where(skip, semiring.one, semiring.zero)
    shared = np.zeros((times, problems))
    for t in range(times):
        if t:
            stay, step, jump = weights[t - 1, 2:], weights[t - 1, 1:-1], weights[t - 1, :-2]
            arrivals[t] = semiring.plus(stay, step, semiring.times(jump, skip))
        semiring.times(arrivals[t], emissions[t], out=weights[t, 2:])
        if semiring.share and t % 8 == 0:
            shared[t] = semiring.share(weights[t, 2:])
    return weights[:, 2:], arrivals, shared


def _states(targets, target_lengths, blank):
    """The labels of the states, blanks around each label, (L, N); where paths start, skip, end."""
    labels = np.full((2 * targets.shape[1] + 1, len(targets)), blank)
    labels[1::2] = targets.T
    skip = np.zeros(labels.shape, bool)
    skip[2:] = labels[2:] != labels[:-2]  # never from blank to blank
    state = np.arange(len(labels))[:, None]
    end = (state == 2 * target_lengths) | (state == 2 * target_lengths - 1)
    return labels, (state < 2) & (state <= 2 * target_lengths), skip, end


def path_polynomial(y: ArrayLike, target: Sequence[int], blank: int = 0) -> Any:
    """The sum over all alignments of the target, each the product of its entries of y.

    y: (T, C), numbers or sympy expressions, the probability of each class at each time.
    target: the labels, without blanks. The result is of the kind of the entries of y.

    >>> path_polynomial([[1 - x, x], [1 - y, y]], [1])
    x*(1 - y) + y
    """
    targets = np.array([target], int)
    labels, start, skip, end = _states(targets, np.array([len(target)]), blank)
    emissions = np.array(y, dtype=object)[:, labels]
    weights, *_ = forward(emissions, start, skip, PLAIN)
    return weights[-1][end].sum()


class Lattice(NamedTuple):
    """The forward and backward variables of CTC, for the states s = 0..2S at the times t < T.

    The states are blank, label, blank, ..., blank.
    labels: (N, L), the label of each state.
    alpha: (N, T, L), the log probability of all paths up to time t that are in state s there;
        -1e300 where there is none.
    beta: (N, T, L), of all paths from there to the end; both have the factor at time t.
    posterior: (N, T, L), the probability of state s at time t, given the target.
    """

    labels: np.ndarray
    alpha: np.ndarray
    beta: np.ndarray
    posterior: np.ndarray


WHOLE = Domain(
    "whole numbers", lambda x: (np.absolute(x) < 2.0**53) & (x == np.rint(x)), booleans=False
)


class CTC(Loss):
    """A Loss whose formula depends on the number of times and on the target."""

    def _described(self):
        return inspect.cleandoc(self.__doc__)  # shapes of its own

    def __init__(self, define):
        super().__init__(define)
        # What `formula` takes.
        self._domains["target"] = replace(WHOLE, owner=self.name, argument="target")

    def formula(self, y: ArrayLike, target: ArrayLike, blank: int = 0) -> sp.Expr:
        """-log of the path polynomial; y: (T, C) probabilities, target: (S,) labels.

        Raises ValueError or TypeError for other shapes, and for labels that are no classes.
        """
        y = np.array(y, dtype=object)
        if y.ndim != 2 or 0 in y.shape:
            raise ValueError(f"{self.name}.formula: y takes shape (T, C), got {y.shape}")
        probability = sp.Symbol("p", nonnegative=True)
        for (t, k), entry in np.ndenumerate(y):
            domain = replace(PROBABILITY, owner=f"{self.name}.formula", argument=f"y[{t}, {k}]")
            domain.expression(entry, probability)
        blank = self._whole("blank", blank, (), 0, y.shape[1] - 1)
        labels = self._domains["target"].numbers(target)
        if labels.ndim != 1:
            raise ValueError(f"{self.name}.formula: target takes shape (S,), got {labels.shape}")
        used = np.ones(labels.shape, bool)
        labels = self._classes("target", labels, used, y.shape[1], blank)
        total = path_polynomial(y, labels, blank)
        return sp.oo if total == 0 else -sp.log(total)

    @property
    def gradient(self) -> NoReturn:
        """Raises AttributeError, for there is no one formula."""
        raise AttributeError("ctc has a formula for each T and target: ctc.formula(y, target)")

    hessian = symbols = source = gradient

    def lattice(self, *args, **kwargs) -> Lattice:
        """The `Lattice` of a batch; arguments and errors are those of the loss."""
        problems = self._check(self._bind(args, kwargs))
        with np.errstate(over="ignore", under="ignore"):  # as where the loss is computed
            semiring = logarithms(problems[0].shape[1])
            paths = Paths(semiring, *problems)
            logs = semiring.log(paths.weights, paths.shared.cumsum(0)[:, None])
            logs = _halves(np.maximum(logs, IMPOSSIBLE))
        return Lattice(paths.labels.T, *(x.transpose(2, 0, 1) for x in (*logs, paths.posterior)))

    def _evaluate(self, what, args, kwargs):
        if what == "hess":
            raise TypeError(f"{self.name} has no Hessian, only a value and a gradient")
        problems = self._check(self._bind(args, kwargs))
        with np.errstate(over="ignore", under="ignore"):  # e^-inf and e^-800 are 0, as they should
            value, grad = self._solve(*problems)
        return {"value": [value], "grad": [grad]}.get(what, [value, grad])

    def _check(self, given):
        logits = self._domains["logits"].numbers(given["logits"])
        if logits.ndim != 3 or 0 in logits.shape[1:]:
            raise ValueError(f"{self.name}: logits takes shape (N, T, C), got {logits.shape}")
        n, times, classes = logits.shape
        blank = self._whole("blank", given["blank"], (), 0, classes - 1)
        targets = self._domains["targets"].numbers(given["targets"])
        if targets.ndim != 2 or len(targets) != n:
            wants = f"shape (N, S) with N = {n} (class numbers, not one-hot)"
            raise ValueError(f"{self.name}: targets takes {wants}, got {targets.shape}")
        input_lengths, target_lengths = (
            np.full(n, most)
            if given[name] is None
            else self._whole(name, given[name], (n,), 0, most)
            for name, most in (("input_lengths", times), ("target_lengths", targets.shape[1]))
        )
        # What follows the lengths is not read, whatever it is.
        ended = np.arange(times) >= input_lengths[:, None]
        if ended.any():
            logits = np.where(ended[:, :, None], 0.0, logits)
        self._domains["logits"].inside(logits)
        used = np.arange(targets.shape[1]) < target_lengths[:, None]
        targets = self._classes("targets", targets, used, classes, blank)
        return logits, targets, input_lengths, target_lengths, blank

    def _whole(self, name, given, shape, low, high):
        """Whole numbers of a shape and a range."""
        domain = self._domains[name]
        numbers = domain.numbers(given)
        wants = f"{WHOLE.wants} from {low} to {high}, of shape {shape}"
        if numbers.shape != shape:
            raise ValueError(f"{self.name}: {name} takes {wants}, got shape {numbers.shape}")
        domain.inside(numbers)
        numbers = numbers.astype(np.int64)
        right = (low <= numbers) & (numbers <= high)
        if not right.all():
            replace(domain, wants=wants, allows=lambda _: right).inside(numbers)
        return numbers

    def _classes(self, name, numbers, used, classes, blank):
        """Labels of classes other than the blank, which stands in for those that are not used."""
        domain, numbers = self._domains[name], np.where(used, numbers, blank)
        domain.inside(numbers)
        labels = numbers.astype(np.int64)
        right = (labels >= 0) & (labels < classes) & (labels != blank) | ~used
        if not right.all():
            wants = f"classes 0..{classes - 1} without the blank {blank}"
            replace(domain, wants=wants, allows=lambda _: right).inside(labels)
        return labels

    def _solve(self, logits, targets, input_lengths, target_lengths, blank):
        """Value (N,) and gradient (N, T, C)."""
        problem = logits, targets, input_lengths, target_lengths
        paths = Paths(SCALED, *problem, blank)
        log_p, posterior, grad = paths.log_p, paths.posterior, paths.classes
        # Weights that are too small for a float64 matter only where all others are.
        lost, possible = np.flatnonzero(paths.overlap < TINY), np.ones((len(logits), 1, 1))
        if lost.size:
            again = Paths(logarithms(logits.shape[1]), *(x[lost] for x in problem), blank)
            log_p[lost], posterior[:, :, lost] = again.log_p, again.posterior
            possible[lost, 0, 0] = again.posterior.any((0, 1))
        posterior = posterior.transpose(2, 0, 1)
        grad[:, :, blank] -= posterior[:, :, ::2].sum(2)
        grad -= posterior[:, :, 1::2] @ (targets[:, :, None] == np.arange(logits.shape[2]))
        return 0.0 - log_p, grad * possible + 0.0


class Paths:
    """All paths of N checked problems from both ends, in the weights of a semiring.

    classes: (N, T, C), the weights of the classes.
    labels: (L, N), the label of each state.
    weights, shared: (T, L, 2N) and (T, 2N), what `forward` found; the second half is mirrored.
    log_p: (N,), the log probabilities of the targets.
    posterior: (T, L, N), the probability of each state at each time, given the target.
    overlap: (N,), the sum over the states of the products of the weights from both ends, at the
        time where it is least; those from the start as they were before they were scaled.
    """

    def __init__(self, semiring, logits, targets, input_lengths, target_lengths, blank):
        sample, time = np.arange(len(logits)), np.arange(logits.shape[1])
        self.classes = semiring.emit(logits)
        # Where the input has ended, blanks are certain: they leave every path as it was.
        ended = time >= input_lengths[:, None]
        self.classes[ended], self.classes[ended, blank] = semiring.zero, semiring.one
        self.labels, start, skip, end = _states(targets, target_lengths, blank)
        emissions = self.classes[sample, time[:, None, None], self.labels]
        # Paths from the end are paths of the mirrored problem.
        forth = emissions, start, skip
        back = emissions[::-1, ::-1], end[::-1], np.concatenate([skip[:2], skip[:1:-1]])
        both = (np.concatenate(pair, -1) for pair in zip(forth, back, strict=True))
        self.weights, arrivals, self.shared = forward(*both, semiring)
        begun, _ = _halves(self.weights)
        on_blank, on_label = (begun[-1, 2 * target_lengths - i, sample] for i in (0, 1))
        on_label = np.where(target_lengths, on_label, semiring.zero)
        total = semiring.plus(on_blank, on_label, semiring.zero)
        self.log_p = semiring.log(total, self.shared[:, : len(logits)].sum(0))
        self.posterior = semiring.number(semiring.times(begun, _halves(arrivals)[1]))
        overlap = self.posterior.sum(1)
        self.posterior /= np.maximum(overlap, TINY)[:, None]
        # What was scaled up may have lost its digits before, so it counts as it was then.
        before = np.exp2(np.minimum(self.shared[:, : len(logits)], 0))
        self.overlap = (overlap * before).min(0)


def _halves(both):
    """The paths from the start and those from the end, in one order of times and states."""
    n = both.shape[-1] // 2
    return both[..., :n], both[::-1, ::-1, n:]


@CTC
def ctc(
    logits: LOGITS,
    /,
    targets: WHOLE,
    input_lengths: WHOLE = None,
    target_lengths: WHOLE = None,
    blank: WHOLE = 0,
):
    """-log of the probability of the targets, summed over all alignments, in nats.

    logits: (N, T, C), the log odds of the classes at each time; -inf masks a class.
    targets: (N, S), classes other than the blank; what follows target_lengths is not read.
    input_lengths, target_lengths: (N,), T and S where they are None.

    The loss is (N,), the gradient by the logits (N, T, C). A target that does not fit into
    its input has the loss inf and the gradient 0; one whose loss is above 1.8e308 has the loss inf,
    and its gradient. Alignments are weighed by logarithms in float64, so that their shares in the
    gradient are off by about 1e-16 of a large loss; from 1e16 on, only the most probable one is
    sure to be told from others. Graves et al. (2006), equations 3 and 16.

    >>> ctc([[[0.0, 1.0], [1.0, 0.0]]], [[1]]).round(4)
    array([0.2189])
    """
