"""Record the experiments of the chapter on choosing: lossbook/data/choosing_start.csv, ...

    python tools/record_choosing.py [start] [labels] [bakery] [outliers] [bills] [prices] [race] ...

Where a contestant has a step size, it is the one, out of several, that is best on the tuning
seeds; the seeds that are stored are others. A few minutes in all on one core.
"""

import contextlib
import sys
from itertools import combinations

import numpy as np
import sympy as sp

from lossbook import (
    absolute_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    contrastive,
    cross_entropy,
    cross_entropy_with_logits,
    ctc,
    focal,
    focal_with_logits,
    hinge,
    huber,
    pinball,
    prove,
    smooth_l1,
    squared_error,
    tables,
    triplet,
)
from lossbook.figures import latex
from lossbook.fits import best_constant
from lossbook.passport import passport
from lossbook.prove import Refuted
from lossbook.verify import convexity_counterexample

RATES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
TUNING, SEEDS = range(1000, 1012), range(30)
SOURCE = "computed by tools/record_choosing.py with numpy " + np.__version__


def store(name, title, units, rows):
    about = {"title": title, "units": units, "source": SOURCE}
    about |= {"licence": "CC BY 4.0, as the text of the book"}
    tables.write(f"choosing_{name}", about, list(rows[0]), [list(row.values()) for row in rows])
    print(name, len(rows), flush=True)


def design(*columns):
    """A column of ones, then these; columns (..., n)."""
    return np.stack([np.ones_like(columns[0]), *columns], axis=-1)


def scores(X, w):
    return (X @ w[..., None])[..., 0]


def slopes(X, by_score):
    return (by_score[..., None, :] @ X)[..., 0, :] / X.shape[-2]


def logistic(z):
    return (1 + np.tanh(z / 2)) / 2


def draws(draw, seeds):
    """What draw(rng) gives for each seed, stacked."""
    return [np.stack(parts) for parts in zip(*map(draw, map(rng_of, seeds)), strict=True)]


def rng_of(seed):
    return np.random.default_rng(seed)


def best(trials):
    """The key with the least mean, up to rounding the first of them."""
    return min(trials, key=lambda key: round(float(np.mean(trials[key])), 9))


# Section 3: the gradient of a square behind a sigmoid.


def entropy_slope(z, y):
    return binary_cross_entropy_with_logits.grad(z, y)


def square_slope(z, y):
    p = logistic(z)
    return 2 * (p - y) * p * (1 - p)


def classes(rng):
    x = rng.normal(size=200)
    truth = logistic(3 * x)
    return design(x), truth, (rng.random(200) < truth).astype(float)


def climb(seeds, slope, start, rate, steps):
    X, truth, y = draws(classes, seeds)
    w = np.tile([0.0, start], (len(X), 1))
    for _ in range(steps):
        w = w - rate * slopes(X, slope(scores(X, w), y))
    return np.sqrt(np.mean((logistic(scores(X, w)) - truth) ** 2, axis=1))


def record_start():
    rows = []
    for start in (0.0, -8.0):
        for loss, slope in (("cross-entropy", entropy_slope), ("squared", square_slope)):
            for steps in (30, 100, 300):
                trials = {r: climb(TUNING, slope, start, r, steps) for r in RATES}
                rate = best(trials)
                off = climb(SEEDS, slope, start, rate, steps)
                rows += [
                    {"start": f"{start:g}", "loss": loss, "steps": steps}
                    | {"rate": f"{rate:g}", "seed": seed, "off": f"{value:.4f}"}
                    for seed, value in zip(SEEDS, off, strict=True)
                ]
    units = "steps, rate, seed as named; off: root mean square of estimated less true probability"
    store("start", "Descents of a logistic regression from a good and a bad slope", units, rows)


# Section 3: wrong labels.


def turned(share):
    def draw(rng):
        x = 2 * rng.normal(size=400)
        truth = logistic(2 * x)
        y = rng.random(400) < truth
        return design(x), truth, np.where(rng.random(400) < share, ~y, y).astype(float)

    return draw


def corrected_slope(share):
    """Of the cross-entropy of the probability that the label, turned or not, is 1."""

    def slope(z, y):
        p = logistic(z)
        said = share + (1 - 2 * share) * p
        return (said - y) / (said * (1 - said)) * (1 - 2 * share) * p * (1 - p)

    return slope


def to_the_end(X, y, slope, steps=6000):
    w, velocity = np.zeros((len(X), X.shape[-1])), 0
    for _ in range(steps):
        step = slopes(X, slope(scores(X, w), y))
        velocity = 0.9 * velocity + step
        w = w - 0.6 * velocity
    assert abs(step).max() < 1e-7, abs(step).max()
    return w


def record_labels():
    rows = []
    for share in (0.0, 0.1, 0.2):
        X, truth, y = draws(turned(share), SEEDS)
        kinds = {"cross-entropy": entropy_slope, "squared": square_slope}
        if share:
            kinds["corrected"] = corrected_slope(share)
        for loss, slope in kinds.items():
            w = to_the_end(X, y, slope)
            off = np.sqrt(np.mean((logistic(scores(X, w)) - truth) ** 2, axis=1))
            rows += [
                {"share": share, "loss": loss, "seed": seed, "off": f"{value:.4f}"}
                for seed, value in zip(SEEDS, off, strict=True)
            ]
    units = "share of the labels turned; off: root mean square of estimated less true probability"
    store("labels", "Logistic regression with turned labels, trained to the end", units, rows)


# Section 3: the bakery.


def demand(days):
    def draw(rng):
        people = rng.uniform(0, 1, days)
        noise = (10 + 60 * people) * rng.normal(size=days)
        return design(people), 100 + 100 * people + noise

    return draw


def rolls(forecast, y):
    """A roll too few costs 4, one too many 1."""
    return 5 * pinball(forecast, y, quantile=0.8)


def shrinking(kind, X, y, scale, steps=3000, **given):
    w = np.tile([150.0, 0.0], (len(X), 1))
    for k in range(1, steps + 1):
        w = w - scale / k**0.5 * slopes(X, kind.grad(scores(X, w), y, **given))
    return w


def least_squares(X, y):
    return np.stack([np.linalg.lstsq(x, t, rcond=None)[0] for x, t in zip(X, y, strict=True)])


def record_bakery():
    X, y = draws(demand(2000), SEEDS)
    X_new, y_new = draws(demand(20_000), [seed + 500 for seed in SEEDS])
    X_tune, y_tune = draws(demand(2000), TUNING)
    square = least_squares(X, y)
    margin = 0.8416 * (y - scores(X, square)).std(axis=1, keepdims=True)
    orders = {
        "squared": scores(X_new, square),
        "squared and margin": scores(X_new, square) + margin,
    }
    for name, kind, given in (
        ("absolute", absolute_error, {}),
        ("its price list", pinball, {"quantile": 0.8}),
    ):
        trials = {}
        for scale in (10, 30, 100, 300, 1000, 3000):
            w = shrinking(kind, X_tune, y_tune, scale, **given)
            trials[scale] = kind(scores(X_tune, w), y_tune, **given)
        w = shrinking(kind, X, y, best(trials), **given)
        orders[name] = scores(X_new, w)
        print(name, best(trials))
    rows = [
        {"fit": name, "seed": seed, "cost": f"{cost:.3f}"}
        for name, order in orders.items()
        for seed, cost in zip(SEEDS, rolls(order, y_new).mean(axis=1), strict=True)
    ]
    store("bakery", "What a day costs the bakery, on 20 000 new days", "cost: of a day", rows)


# Section 4: gross errors in y, in x, and true extremes.


def fit_lines(kind, x, y, delta=1.345, steps=60):
    """Intercepts and slopes (R,) of R data sets, x and y (R, n), by reweighting."""
    w = np.ones(y.shape)
    for _ in range(1 if kind == "squared" else steps):
        mean_x, mean_y = (np.average(v, axis=1, weights=w) for v in (x, y))
        dx, dy = x - mean_x[:, None], y - mean_y[:, None]
        b = (w * dx * dy).sum(axis=1) / (w * dx**2).sum(axis=1)
        size = np.maximum(abs(dy - b[:, None] * dx), 1e-6)
        w = 1 / size if kind == "absolute" else np.minimum(1, delta / size)
    return mean_y - b * mean_x, b


KINDS = ("squared", "absolute", "Huber")


def record_outliers():
    rng, rows = np.random.default_rng(2), []
    x, noise = rng.uniform(-1, 1, (300, 50)), rng.normal(size=(300, 50))
    for share in np.arange(0, 0.43, 0.02):
        y = 1 + 2 * x + noise
        y[:, : round(share * 50)] += 20
        off = {}
        for kind in KINDS:
            a, b = fit_lines(kind, x, y)
            off[kind] = np.sqrt((a - 1) ** 2 + (b - 2) ** 2 / 3)
        rows += [
            {"where": "y", "amount": f"{share:.2f}", "loss": kind}
            | {"off": f"{np.sqrt(np.mean(of**2)):.4f}", "spread": f"{of.std():.4f}"}
            | {"ahead": int((of < off["squared"]).sum())}
            for kind, of in off.items()
        ]
    y = 1 + 2 * x + noise
    y[:, 0] = 1
    for far in (1, 3, 10, 30, 100):
        x[:, 0] = far
        off = {kind: abs(fit_lines(kind, x, y)[1] - 2) for kind in KINDS}
        rows += [
            {"where": "x", "amount": far, "loss": kind}
            | {"off": f"{of.mean():.4f}", "spread": f"{of.std():.4f}"}
            | {"ahead": int((of < off["squared"]).sum())}
            for kind, of in off.items()
        ]
    units = "amount: share of the responses raised by 20 (where = y), or the wrong input (x); off: "
    units += (
        "root mean square distance to the true line for x in (-1, 1), or the mean error of the "
    )
    units += "slope; spread: standard deviation; ahead: nearer than squared, in how many of 300"
    store("outliers", "Lines through 50 points with gross errors, 300 data sets", units, rows)


def bills(rng):
    age = rng.uniform(0, 1, 2000)
    return age, np.exp(1 + age + rng.normal(size=2000))


def log_linear(X, y, of_gamma, steps=30):
    """The exponential of a linear score, by Poisson's or the gamma deviance."""
    w = np.array([np.log(y.mean()), 0.0])
    for _ in range(steps):
        mu = np.exp(X @ w)
        slope, bend = (1 - y / mu, y / mu) if of_gamma else (mu - y, mu)
        w = w - np.linalg.solve((X.T * bend) @ X, X.T @ slope)
    assert abs(X.T @ slope).max() < 1e-6
    return w


def record_bills():
    age, bill = draws(bills, SEEDS)
    new_age, new_bill = draws(bills, [seed + 500 for seed in SEEDS])
    rows = []
    for kind in KINDS:
        a, b = fit_lines(kind, age, bill, delta=4.0)
        said = [a[:, None] + b[:, None] * v for v in (age, new_age)]
        rows += shares(kind, said, bill, new_bill)
    for kind in ("logarithms squared", "Poisson", "gamma"):
        said = np.empty((2, *age.shape))
        for i in range(len(age)):
            X = design(age[i])
            if kind == "logarithms squared":
                w = np.linalg.lstsq(X, np.log(bill[i]), rcond=None)[0]
            else:
                w = log_linear(X, bill[i], kind == "gamma")
            said[:, i] = np.exp(X @ w), np.exp(design(new_age[i]) @ w)
        rows += shares(kind, said, bill, new_bill)
    units = "share of the total set aside, of the 2000 bills fitted (own) and of 2000 new ones"
    store("bills", "What is set aside for skewed bills", units, rows)


def shares(kind, said, bill, new_bill):
    own, new = (s.sum(axis=1) / y.sum(axis=1) for s, y in zip(said, (bill, new_bill), strict=True))
    return [
        {"fit": kind, "seed": seed, "own": f"{a:.6f}", "new": f"{b:.4f}"}
        for seed, a, b in zip(SEEDS, own, new, strict=True)
    ]


# Section 5: a linear score under the hinge and under the logistic loss.


def fit_hinge(X, y, C=1.0, passes=400):
    """The dual, one weight after the other moved to its best place."""
    alpha, w = np.zeros(len(y)), np.zeros(X.shape[1])
    for i in np.tile(np.arange(len(y)), passes):
        new = min(max(alpha[i] + (1 - y[i] * (X[i] @ w)) / (X[i] @ X[i]), 0), C)
        w = w + (new - alpha[i]) * y[i] * X[i]
        alpha[i] = new
    return w, alpha


def fit_logistic(X, y, C=1.0):
    w, of = np.zeros(X.shape[1]), binary_cross_entropy_with_logits
    for _ in range(30):
        slope, bend = of.grad(X @ w, (y + 1) / 2), of.hess(X @ w, (y + 1) / 2)
        H = np.eye(len(w)) + C * (X * bend[:, None]).T @ X
        w = w - np.linalg.solve(H, w + C * X.T @ slope)
    return w


def priced(n):
    def draw(rng):
        x = rng.normal(size=(2, n))
        truth = logistic(1.5 * x[0] - 1.5 * x[1] - 1)
        return design(*x), truth, np.where(rng.random(n) < truth, 1.0, -1.0)

    return draw


def fitted(seed, C):
    """Scores by hinge and logistic loss of the same 1000 points; and their test."""
    X, _, y = priced(1000)(rng_of((seed, 1)))
    X_new, truth, y_new = priced(20_000)(rng_of((seed, 2)))
    hinge_w = fit_hinge(X, y, C["hinge"], 60)[0]
    X_more, _, y_more = priced(300)(rng_of((seed, 3)))
    a = fit_logistic(design(X_more @ hinge_w), y_more, 100.0)
    z = X_new @ hinge_w
    said = {
        "hinge": logistic(z),
        "hinge, then a sigmoid": logistic(a[0] + a[1] * z),
        "logistic": logistic(X_new @ fit_logistic(X, y, C["logistic"])),
        "the truth": truth,
    }
    return {name: measures(q, truth, y_new) for name, q in said.items()}


def measures(q, truth, y):
    return {
        "right": f"{np.mean((q > 0.5) == (y > 0)):.4f}",
        "off": f"{np.sqrt(np.mean((q - truth) ** 2)):.4f}",
        "cost": f"{np.where(q > 0.1, y < 0, 9 * (y > 0)).mean():.4f}",
    }


def record_prices():
    trials = {}
    for C in (0.01, 0.1, 1.0):
        found = [fitted(seed, {"hinge": C, "logistic": C}) for seed in TUNING]
        for name in ("hinge", "logistic"):
            trials.setdefault(name, {})[C] = [-float(of[name]["right"]) for of in found]
    C = {name: best(of) for name, of in trials.items()}
    print(C)
    rows = [
        {"fit": name, "seed": seed} | of for seed in SEEDS for name, of in fitted(seed, C).items()
    ]
    units = "right: share at the threshold 0.5; off: root mean square of estimated less true "
    units += "probability; cost: mean, with the threshold 0.1, a miss 9 and a false alarm 1"
    store("prices", "Hinge and logistic loss where prices are named afterwards", units, rows)


# Section 6: gradient descent on three losses.


def points(rng):
    x = rng.uniform(0, 3, 40)
    y = 1 + 2 * x + 0.5 * rng.normal(size=40)
    return x, y


def optimum(X, y, loss):
    square = np.linalg.lstsq(X, y, rcond=None)[0]
    if loss == "squared":
        return square
    if loss == "Huber":
        return reweight(X, y, square, 400)
    pairs = np.array(list(combinations(range(len(y)), 2)))
    through = np.linalg.solve(X[pairs], y[pairs][..., None])[..., 0]
    return through[absolute_error(through @ X.T, y[None, :]).sum(axis=1).argmin()]


def reweight(X, y, w, steps):
    """Huber's weights, delta = 1."""
    for _ in range(steps):
        v = 1 / np.maximum(abs(X @ w - y), 1)
        w = np.linalg.solve((X * v[:, None]).T @ X, (X.T * v) @ y)
    return w


def run(X, y, loss, goal, step, steps):
    w, distance = np.zeros(2), np.empty(steps)
    kind, half = {
        "squared": (squared_error, 0.5),
        "Huber": (huber, 1),
        "absolute": (absolute_error, 1),
    }[loss]
    for k in range(1, steps + 1):
        w = w - step(k) * half * X.T @ kind.grad(X @ w, y) / len(y)
        distance[k - 1] = np.hypot(*(w - goal))
        if distance[k - 1] > 1e6:  # too long a step: it diverges
            distance[k:] = np.inf
            break
    return distance


def rate(distance):
    """What a step multiplies the distance by, where it is small and no rounding shows."""
    (fits,) = np.nonzero((distance < 1e-3) & (distance > 1e-9))
    return np.exp(np.polyfit(fits, np.log(distance[fits]), 1)[0])


STEPS = (0.01, 0.03, 0.1, 0.3, 1.0, 1.9, 3.0, 10.0)  # times 1 / L, L the largest eigenvalue
RUNNERS = {
    "squared": ("squared", lambda c: lambda k: c),
    "Huber": ("Huber", lambda c: lambda k: c),
    "absolute, fixed": ("absolute", lambda c: lambda k: c),
    "absolute, shrinking": ("absolute", lambda c: lambda k: c / k**0.5),
}


def newton(X, y, w):
    """Newton's method for Huber's cost: how many steps, or what stops it."""
    for k in range(30):
        slope, bend = X.T @ huber.grad(X @ w, y), huber.hess(X @ w, y)
        if np.hypot(*slope) < 1e-9:
            return k
        if bend.sum() < 2:
            return "too few points inside"
        w = w - np.linalg.solve((X * bend[:, None]).T @ X, slope)
    return "goes round"


def data_set(seed, spoiled):
    x, y = points(rng_of(seed))
    if spoiled:
        y = y - 15 * (x >= np.sort(x)[-4])
    X = design(x)
    return X, y, *np.linalg.eigvalsh(X.T @ X / len(y))


def lengths(seed, spoiled, name, c, horizons=(100, 400)):
    X, y, _, L = data_set(seed, spoiled)
    loss, schedule = RUNNERS[name]
    distance = run(X, y, loss, optimum(X, y, loss), schedule(c / L), max(horizons))
    return [max(distance[k - 1], 1e-16) for k in horizons]  # 0 has no logarithm


def path(X, y, name, step, schedule, steps=400):
    """Every fifth distance of one descent, for the figure."""
    loss = RUNNERS[name][0]
    distance = run(X, y, loss, optimum(X, y, loss), schedule(step), steps)
    return [(k + 1, f"{distance[k]:.3e}") for k in range(0, steps, 5) if distance[k] > 1e-12]


def record_paths():
    X, y, mu, L = data_set(0, spoiled=False)
    runners = {
        "squared": ("squared", 1 / L),
        "squared, best step": ("squared", 2 / (mu + L)),
        "Huber": ("Huber", 1 / L),
        "absolute, long": ("absolute, fixed", 0.1),
        "absolute, short": ("absolute, fixed", 0.02),
        "absolute, shrinking": ("absolute, shrinking", 0.3),
    }
    rows = [
        {"descent": shown, "steps": k, "distance": distance}
        for shown, (name, step) in runners.items()
        for k, distance in path(X, y, name, step, RUNNERS[name][1])
    ]
    units = "distance to the loss's own optimum; the squared error has a factor 1/2"
    store("paths", "Six descents on the first of the 30 data sets", units, rows)


def record_race():
    rows, more = [], []
    for spoiled in (False, True):
        data = "spoiled" if spoiled else "clean"
        for name in RUNNERS:
            trials = {
                c: np.log10([lengths(seed, spoiled, name, c) for seed in TUNING]) for c in STEPS
            }
            for i, horizon in enumerate((100, 400)):
                c = best({c: of[:, i] for c, of in trials.items()})
                rows += [
                    {"data": data, "loss": name, "steps": horizon, "step": f"{c:g}", "seed": seed}
                    | {"distance": f"{lengths(seed, spoiled, name, c)[i]:.2e}"}
                    for seed in SEEDS
                ]
        for seed in SEEDS:
            X, y, mu, L = data_set(seed, spoiled)
            one = {"data": data, "seed": seed, "kappa": f"{L / mu:.2f}"}
            for loss in ("squared", "Huber"):
                goal = optimum(X, y, loss)
                inside = abs(X @ goal - y) < 1 if loss == "Huber" else y == y
                theory = 1 - np.linalg.eigvalsh(X[inside].T @ X[inside] / len(y))[0] / L
                found = rate(run(X, y, loss, goal, lambda k, L=L: 1 / L, 3000))
                one |= {f"{loss} rate": f"{found:.5f}", f"{loss} theory": f"{theory:.5f}"}
            square = np.linalg.lstsq(X, y, rcond=None)[0]
            one["newton"] = newton(X, y, square)
            one["newton after 5"] = newton(X, y, reweight(X, y, square, 5))
            more.append(one)
    units = "step: times 1 / L; distance to the loss's own optimum after so many steps"
    store("race", "Gradient descent on three losses, tuned alike, 30 data sets", units, rows)
    units = "rate: what a step 1 / L multiplies the distance by, at the end; theory: by the points "
    units += (
        "inside delta; newton: its steps from least squares, and after 5 of reweighting, or what "
    )
    units += "stops it"
    store("rates", "Rates, and Newton's method for Huber's cost, 30 data sets", units, more)


# Section 8: what is known of each loss, decided by proof, counterexample, limit or search.

NUMBERS = (squared_error, absolute_error, pinball, huber, smooth_l1)
PROBABILITIES = (binary_cross_entropy, cross_entropy, focal)
SCORES = (binary_cross_entropy_with_logits, cross_entropy_with_logits, focal_with_logits, hinge)
VECTORS = (contrastive, triplet, ctc)
SHARES = (0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9)


def holds(proof, *args):
    """Whether a proof goes through."""
    try:
        with contextlib.redirect_stdout(None):
            proof(*args)
    except Refuted:
        return False
    return True


def of_one_number(loss):
    x, y = loss.symbols[:2]
    labels = () if loss in NUMBERS else (-1, 1) if loss is hinge else (0, 1)
    within = (sp.S.Zero, sp.S.One) if loss in PROBABILITIES else (-sp.oo, sp.oo)
    given = {"quantile": sp.Rational(4, 5)} if loss is pinball else {}
    given |= {"alpha": sp.Rational(1, 4), "gamma": 2} if loss in (focal, focal_with_logits) else {}
    given |= {s.name: s for s in loss.symbols[2:] if s.name in ("delta", "beta")}
    formulas = [loss(x, target, **given) for target in labels or [y]]
    known = passport(loss).facts
    steepest = known["gradient bounded"]
    if loss is pinball:  # for any quantile
        q = sp.Symbol("q", positive=True)
        first, last = (piece for _, _, piece in prove.pieces(loss.grad(x, y, quantile=q), x)[1])
        steepest = f"by ${latex(sp.Max(-first, last))}$"
    return {
        "convex": known["convex in the prediction"],
        "strongly convex": strongly_convex(formulas, x, within),
        "smooth": smooth(formulas, x, within),
        "Lipschitz": steepest,
    }


def curvatures(formulas, x, within):
    """Limits of the second derivatives at the ends of the pieces, from inside."""
    for formula in formulas:
        for low, high, piece in prove.pieces(formula, x, within)[1]:
            bend = sp.simplify(piece.diff(x, 2))
            yield from (sp.limit(bend, x, low, "+"), sp.limit(bend, x, high, "-"))


def strongly_convex(formulas, x, within):
    """no, or by how much: the largest m for which the loss less m x^2 / 2 is convex."""
    least = sp.Min(*curvatures(formulas, x, within))
    if least.is_positive and all(
        holds(prove.convex, formula - least * x**2 / 2, x, within) for formula in formulas
    ):
        return f"by ${latex(least)}$"
    assert not least.is_positive, least
    return "no"


def smooth(formulas, x, within):
    """no, or by how much: the least L for which L x^2 / 2 less the loss is convex."""
    if not all(holds(prove.differentiable, formula, x, within) for formula in formulas):
        return "no"
    ends = [*curvatures(formulas, x, within)]
    if any(end.is_infinite for end in ends):
        return "no"
    at_zero = [f.diff(x, 2).subs(x, 0) for f in formulas] if ends == [0] * len(ends) else []
    bound = sp.Max(*ends, *at_zero)
    if all(holds(prove.convex, bound * x**2 / 2 - f, x, within) for f in formulas):
        return f"by ${latex(bound)}$"
    return "yes"  # continuous inside, finite at the ends


def in_three(loss, **assumed):
    """The formula for three classes, its variables and its targets."""
    K = next(iter(loss.formula.atoms(sp.Sum))).limits[0][2]
    at = sp.symbols("x1:4", **assumed), sp.symbols("y1:4", nonnegative=True)
    entries = {
        vector[k + 1]: symbols[k]
        for vector, symbols in zip(loss.symbols, at, strict=True)
        for k in range(3)
    }
    return loss.formula.subs(K, 3).doit().xreplace(entries), *at


def of_three_classes(loss):
    of_p = loss is cross_entropy
    formula, x, y = in_three(loss, **({"positive": True} if of_p else {"real": True}))
    one_hot = formula.subs(dict(zip(y, (1, 0, 0), strict=True)))
    flat = x[1:2] if of_p else x  # along these the loss is affine: no strong convexity
    direction = dict.fromkeys(flat, 1)
    bend = sum(one_hot.diff(a, b) for a in direction for b in direction)
    assert sp.simplify(bend) == 0
    slope = one_hot.diff(x[0])
    end = sp.limit(slope, x[0], 0, "+") if of_p else sp.limit(slope, x[0], -sp.oo)
    bounded = end.is_finite and sp.simplify(slope.diff(x[0])).factor().is_positive
    if not of_p:  # the rows of the Hessian, signs left out, sum to 2 q (1 - q) <= 1/2
        p = [one_hot.diff(v) + int(v is x[0]) for v in x]
        H = sp.Matrix(3, 3, lambda i, j: p[i] * (int(i == j) - p[j]))
        assert sp.simplify(sp.hessian(one_hot, x) - H) == sp.zeros(3)
    return {
        "convex": "yes" if holds(prove.jointly_convex, formula, x) else "no",
        "strongly convex": "no",
        "smooth": "no" if of_p else "by $\\frac{1}{2}$",
        "Lipschitz": f"by ${-end}$ in each logit" if bounded else "no",
    }


def jump(f, h=1e-6):
    """By how much the slope of f differs on the two sides of 0."""
    return abs((f(h) - f(0)) - (f(0) - f(-h))) / h


def of_vectors(loss):
    """Convex and smooth are refuted by examples; whether the gradient grows is seen by scaling."""
    origin, east, edge = np.zeros(2), np.array([1.0, 0]), np.sqrt(0.8)  # 0.2 + edge^2 - 1 = 0
    rng = np.random.default_rng(6)
    a, b, c = rng.normal(size=(3, 50, 2))
    frames, text = rng.normal(size=(50, 6, 3)), rng.integers(1, 3, (50, 2))
    surface, size, corner, slope = {
        "contrastive": (
            lambda u: contrastive(u[:, :2], u[:, 2:], 0),
            4,
            lambda t: contrastive(t * east, origin, 0),
            lambda s: contrastive.grad(s * a, s * b, 1)[0],
        ),
        "triplet": (
            lambda u: triplet(u[:, :2], u[:, 2:4], u[:, 4:]),
            6,
            lambda t: triplet(origin, (edge + t) * east, east),
            lambda s: triplet.grad(s * a, s * b, s * c)[0],
        ),
        "ctc": (
            lambda u: ctc(u.reshape(-1, 2, 2), np.ones((len(u), 1))),
            4,
            None,  # minus the logarithm of a positive polynomial of softmaxes
            lambda s: ctc.grad(s * frames, text),
        ),
    }[loss.name]
    grows = abs(slope(1000)).max() > 5 * abs(slope(100)).max()
    convex = not convexity_counterexample(surface, size)
    return {
        "convex": "yes" if convex else "no",
        "strongly convex": "no",
        "smooth": "no" if corner and jump(corner) > 0.5 else "yes",
        "Lipschitz": "no" if grows else f"by ${abs(slope(1000)).max():.0f}$ in each logit",
    }


def best_constants(loss, samples, within=None, **given):
    return [best_constant(loss, sample, within, **given) for sample in samples]


def number_estimated(loss):
    samples = np.random.default_rng(9).normal(size=(15, 9))
    given = {"quantile": 0.8} if loss is pinball else {}
    found = best_constants(loss, samples, **given)
    candidates = {
        "the mean": np.mean(samples, axis=1),
        "a median": np.median(samples, axis=1),
        "a quantile": np.quantile(samples, 0.8, axis=1, method="inverted_cdf"),
    }
    for name, expected in candidates.items():
        if np.allclose(found, expected):
            return {"estimates": name}
    lower = np.minimum(candidates["the mean"], candidates["a median"])
    higher = np.maximum(candidates["the mean"], candidates["a median"])
    between = np.mean((lower <= found) & (found <= higher))
    return {"estimates": "mostly between median and mean" if between > 0.5 else "another number"}


def class_estimated(loss):
    if loss in (cross_entropy, cross_entropy_with_logits):
        q = np.random.default_rng(10).dirichlet(np.ones(3), size=50)
        honest, slope = (q, -1) if loss is cross_entropy else (np.log(q), 0)
        assert np.allclose(loss.grad(honest, q), slope)  # equal slopes: no shift pays
        name = "the probabilities" if loss is cross_entropy else "the log odds"
        return {"estimates": name, "proper": "yes", "calibrated": "yes"}
    samples = [np.repeat([0, 1], (round(10 - 10 * q), round(10 * q))) for q in SHARES]
    truth = np.array(SHARES)
    within = (0, 1) if loss in PROBABILITIES else (-50, 50)
    if loss is hinge:
        samples = [2 * sample - 1 for sample in samples]
    found = np.array(best_constants(loss, samples, within))
    middle = np.mean(within) if loss in PROBABILITIES else 0
    right = ((found > middle) == (truth > 0.5)).all()
    calibrated = "yes" if right else "no"
    if not right and "alpha" in loss.parameters:
        plain = np.array(best_constants(loss, samples, within, alpha=None))
        if ((plain > middle) == (truth > 0.5)).all():
            calibrated = "only without $\\alpha$"
    honest = truth if loss in PROBABILITIES else np.log(truth / (1 - truth))
    if np.allclose(found, honest):
        estimated = "the probability" if loss in PROBABILITIES else "the log odds"
    else:
        estimated = "the side" if loss is hinge else "an order"
    proper = "yes" if np.allclose(found, honest) else "no"
    return {"estimates": estimated, "proper": proper, "calibrated": calibrated}


STATED = {
    "contrastive": "$m$ times the probability of not alike",
    "triplet": "an order",
    "ctc": "probabilities of texts",
}
PROOFS = """\
squared_error: convex mse-convex, Lipschitz mse-influence, estimates mse-best-constant
absolute_error: convex mae-convex, smooth mae-convex, Lipschitz mae-influence, estimates mae-median
pinball: estimates mae-quantile
huber: convex huber-convex, smooth huber-joints, Lipschitz huber-influence, estimates huber-between
smooth_l1: smooth huber-smooth-l1, Lipschitz huber-smooth-l1, estimates huber-smooth-l1
binary_cross_entropy: Lipschitz cross-entropy-unbounded, proper cross-entropy-proper
cross_entropy: proper cross-entropy-gibbs
focal: convex focal-convex, proper focal-proper, calibrated focal-alpha
binary_cross_entropy_with_logits: convex cross-entropy-convex, Lipschitz cross-entropy-unbounded, \
proper cross-entropy-proper
cross_entropy_with_logits: convex cross-entropy-psd, proper cross-entropy-gibbs
focal_with_logits: convex focal-convex, Lipschitz focal-gradient, proper focal-proper, \
calibrated focal-alpha
hinge: convex hinge-convex, smooth hinge-convex, Lipschitz hinge-regions, calibrated hinge-sign
contrastive: convex contrastive-convex, smooth contrastive-zero, estimates contrastive-estimates
triplet: convex triplet-convex, estimates triplet-invariant
ctc: convex ctc-peak, Lipschitz ctc-gradient, estimates ctc-distribution
"""


CHAPTERS = {
    "mse": "regression/mse",
    "mae": "regression/mae",
    "huber": "regression/huber",
    "cross-entropy": "classification/cross_entropy",
    "focal": "classification/focal",
    "hinge": "classification/hinge",
    "contrastive": "ranking/contrastive",
    "triplet": "ranking/triplet",
    "ctc": "ranking/ctc",
}


def proofs():
    """{loss: {property: the address of its proof in a chapter}}, of those that have one."""
    found = {}
    for line in PROOFS.splitlines():
        loss, links = line.split(": ")
        labels = dict(link.rsplit(" ", 1) for link in links.split(", "))
        found[loss] = {name: address(label) for name, label in labels.items()}
    return found


def address(label):
    chapter = next(CHAPTERS[name] for name in CHAPTERS if label.startswith(f"{name}-"))
    return f"{chapter}.ipynb#{label}"


def properties(loss):
    """{property: entry} of one loss; what a loss of vectors estimates is stated, not decided."""
    if loss in VECTORS:
        return of_vectors(loss) | {"estimates": STATED[loss.name]}
    many = loss in (cross_entropy, cross_entropy_with_logits)
    facts = of_three_classes(loss) if many else of_one_number(loss)
    return facts | (number_estimated(loss) if loss in NUMBERS else class_estimated(loss))


def record_losses():
    rows = [
        {"group": group, "loss": loss.name, "property": name, "entry": entry}
        | {"proof": proofs()[loss.name].get(name, "")}
        for group, losses in (
            ("number", NUMBERS),
            ("class", PROBABILITIES + SCORES),
            ("vector", VECTORS),
        )
        for loss in losses
        for name, entry in properties(loss).items()
    ]
    about = "entries decided by code; what losses of vectors estimate is stated; proof: its place"
    store("losses", "What is known of each loss, by its prediction", about, rows)


if __name__ == "__main__":
    every = ("start", "labels", "bakery", "outliers", "bills", "prices", "race", "paths", "losses")
    for name in sys.argv[1:] or every:
        globals()[f"record_{name}"]()
