"""Connectionist temporal classification: the loss of a sequence whose alignment is not known."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lossbook.classification import LOGITS
from lossbook.loss import Domain, Loss
from lossbook.shapes import sp

IMPOSSIBLE = -1e300  # the log of 0, of which sums and differences are no NaN


class Semiring(NamedTuple):
    """What weights are added (three at a time) and multiplied with.

    zero, one: the weight of no path, and of a path without steps.
    share: takes out of the weights (L, N) of one time what they have in common, in place, and
        returns it, so that rounding stays small in long sequences; None: nothing is taken out.
    """

    plus: Callable
    times: Callable
    zero: object
    one: object
    share: Callable | None = None


def _log_of_sum(a, b, c):
    high, low = np.maximum(a, b), np.minimum(a, b)
    top, middle = np.maximum(high, c), np.minimum(high, c)
    return top + np.log(1.0 + (np.exp(middle - top) + np.exp(low - top)))


def _largest(logs):
    largest = logs.max(0)
    logs -= largest
    return largest


LOGARITHMS = Semiring(_log_of_sum, np.add, IMPOSSIBLE, 0.0, _largest)
PLAIN = Semiring(lambda a, b, c: a + b + c, np.multiply, 0, 1)  # of numbers or of symbols


def forward(emissions, start, skip, semiring):
    """The weight of all paths that end in state s at time t, of many problems side by side.

    emissions: (T, L, N), the weight of being in state s at time t.
    start: (L, N), the states that a path may begin in.
    skip: (L, N), the states that may be reached from the last state but one.
    Returns weights (T, L, N), and (T, N) what all of each time share besides. Graves et al.
    (2006), equations 6 and 7.
    """
    times, states, problems = emissions.shape
    weights = np.empty((times, 2 + states, problems), emissions.dtype)
    weights[:, :2] = semiring.zero  # two states in front that no path visits
    shared = np.zeros((times, problems))
    arrive = np.where(start, semiring.one, semiring.zero)
    for t in range(times):
        if t:
            stay, step, jump = weights[t - 1, 2:], weights[t - 1, 1:-1], weights[t - 1, :-2]
            arrive = semiring.plus(stay, step, np.where(skip, jump, semiring.zero))
        weights[t, 2:] = semiring.times(arrive, emissions[t])
        if semiring.share:
            shared[t] = semiring.share(weights[t, 2:])
    return weights[:, 2:], shared


def _states(targets, target_lengths, blank):
    """The labels of the states, blanks around each label, (L, N); where paths start, skip, end."""
    labels = np.full((2 * targets.shape[1] + 1, len(targets)), blank)
    labels[1::2] = targets.T
    skip = np.zeros(labels.shape, bool)
    skip[2:] = (labels[2:] != labels[:-2]) & (labels[2:] != blank)
    state = np.arange(len(labels))[:, None]
    end = (state == 2 * target_lengths) | (state == 2 * target_lengths - 1)
    return labels, (state < 2) & (state <= 2 * target_lengths), skip, end


def path_polynomial(y, target, blank=0):
    """The sum over all alignments of the target, each the product of its entries of y.

    y: (T, C), numbers or sympy expressions, the probability of each class at each time.
    target: the labels, without blanks.
    """
    targets = np.array([target], int)
    labels, start, skip, end = _states(targets, np.array([len(target)]), blank)
    emissions = np.array(y, dtype=object)[:, labels]
    weights, _ = forward(emissions, start, skip, PLAIN)
    return weights[-1][end].sum()


class Lattice(NamedTuple):
    """What CTC knows of the states s = 0..2S (blank, label, blank, ...) at the times t < T.

    labels: (N, L), the label of each state.
    alpha: (N, T, L), the log probability of all paths up to time t that are in state s there.
    beta: (N, T, L), of all paths from there to the end; both have the factor at time t.
    posterior: (N, T, L), the probability of state s at time t, given the target.
    """

    labels: np.ndarray
    alpha: np.ndarray
    beta: np.ndarray
    posterior: np.ndarray


WHOLE = Domain("whole numbers", lambda x: np.isfinite(x) & (x == np.rint(x)))


class CTC(Loss):
    """A Loss whose formula depends on the number of times and on the target."""

    def formula(self, y, target, blank=0):
        """-log of the path polynomial; y: (T, C) probabilities, target: labels."""
        return -sp.log(path_polynomial(y, target, blank))

    @property
    def gradient(self):
        raise AttributeError("ctc has a formula for each T and target: ctc.formula(y, target)")

    hessian = symbols = source = gradient

    def lattice(self, *args, **kwargs):
        """The `Lattice` of the arguments, which are those of the loss."""
        return self._solve(self._check(self._bind(args, kwargs)))[2]()

    def _evaluate(self, what, args, kwargs):
        if what == "hess":
            raise TypeError(f"{self.name} has no Hessian, only a value and a gradient")
        value, grad, _ = self._solve(self._check(self._bind(args, kwargs)))
        return {"value": [value], "grad": [grad]}.get(what, [value, grad])

    def _check(self, given):
        logits = self._array("logits", given["logits"])
        if logits.ndim != 3 or 0 in logits.shape[1:]:
            raise ValueError(f"{self.name}: logits takes shape (N, T, C), got {logits.shape}")
        n, times, classes = logits.shape
        blank = self._whole("blank", given["blank"], (), 0, classes - 1)
        shape = self._numbers("targets", given["targets"]).shape
        if len(shape) != 2 or shape[0] != n:
            raise ValueError(f"{self.name}: targets takes shape (N, S) with N = {n}, got {shape}")
        targets = self._whole("targets", given["targets"], shape, -np.inf, np.inf)
        lengths = [
            np.full(n, most)
            if given[name] is None
            else self._whole(name, given[name], (n,), 0, most)
            for name, most in (("input_lengths", times), ("target_lengths", shape[1]))
        ]
        used = np.arange(shape[1]) < lengths[1][:, None]
        wrong = used & ((targets < 0) | (targets >= classes) | (targets == blank))
        if wrong.any():
            i, s = np.argwhere(wrong)[0]
            raise ValueError(
                f"{self.name}: targets takes classes 0..{classes - 1} without the blank {blank}, "
                f"got targets[{i}, {s}] = {targets[i, s]}"
            )
        return logits, np.where(used, targets, blank), *lengths, blank

    def _whole(self, name, given, shape, low, high):
        numbers = self._numbers(name, given)
        self._inside(name, numbers)
        if numbers.shape != shape or (numbers < low).any() or (numbers > high).any():
            raise ValueError(
                f"{self.name}: {name} takes {WHOLE.wants} from {low} to {high}, of shape {shape}, "
                f"got {numbers}"
            )
        return numbers.astype(int)

    def _solve(self, problem):
        """Value (N,), gradient (N, T, C) and a function that gives the lattice."""
        logits, targets, input_lengths, target_lengths, blank = problem
        log_y, y = _log_softmax(logits)
        # Where the input has ended, blanks are certain: they leave every path as it was.
        ended = np.arange(logits.shape[1]) >= input_lengths[:, None]
        log_y[ended], y[ended] = IMPOSSIBLE, 0
        log_y[ended, blank], y[ended, blank] = 0, 1

        labels, start, skip, end = _states(targets, target_lengths, blank)
        time, sample = np.arange(logits.shape[1])[:, None, None], np.arange(len(logits))
        emissions = log_y[sample, time, labels]
        # Paths from the end are paths of the mirrored problem: both run side by side.
        both, shared = forward(
            np.concatenate([emissions, emissions[::-1, ::-1]], 2),
            np.concatenate([start, end[::-1]], 1),
            np.concatenate([skip, np.concatenate([skip[:2], skip[:1:-1]])], 1),
            LOGARITHMS,
        )
        n = len(logits)
        alpha, beta = both[..., :n], both[::-1, ::-1, n:]
        last = np.where(end, alpha[-1], IMPOSSIBLE)
        top = last.max(0)
        value = 0.0 - shared[:, :n].sum(0) - top - np.log(np.exp(last - top).sum(0))
        possible = value < -IMPOSSIBLE / 2

        posterior = alpha + beta - emissions
        posterior = np.exp(posterior - posterior.max(1, keepdims=True))
        posterior /= posterior.sum(1, keepdims=True)
        posterior = posterior.transpose(2, 0, 1)
        y[:, :, blank] -= posterior[:, :, ::2].sum(2)
        y -= posterior[:, :, 1::2] @ (targets[:, :, None] == np.arange(logits.shape[2]))

        def lattice():
            factors = shared.cumsum(0)[:, None]
            logs = alpha + factors[..., :n], beta + factors[::-1, :, n:]
            return Lattice(labels.T, *(x.transpose(2, 0, 1) for x in logs), posterior)

        return np.where(possible, value, np.inf), y * possible[:, None, None], lattice


def _log_softmax(z):
    z = z - z.max(-1, keepdims=True)
    y = np.exp(z)
    total = y.sum(-1, keepdims=True)
    return np.maximum(z - np.log(total), IMPOSSIBLE), y / total


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
    its input has the loss inf and the gradient 0. Graves et al. (2006), equations 3 and 16.
    """
