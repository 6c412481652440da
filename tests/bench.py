"""Measure the losses beside PyTorch: digits, time, growth and start.

    python tests/bench.py            print the tables
    python tests/bench.py --write    write them to BENCHMARKS.md

PyTorch is not needed to use or to build the book: where it is missing, its columns are empty.
"""

import argparse
import contextlib
import functools
import io
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one thread, before numpy starts any
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402

import lossbook as book  # noqa: E402

try:
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(1)
except ImportError:
    torch = None


# The same losses in PyTorch, as its users write them.


def torch_focal(p, y, alpha=0.25, gamma=2.0):
    one = -alpha * y * (1 - p) ** gamma * torch.log(p)
    return one - (1 - alpha) * (1 - y) * p**gamma * torch.log(1 - p)


def torch_focal_with_logits(z, y, alpha=0.25, gamma=2.0):
    # As torchvision.ops.sigmoid_focal_loss does it.
    p = torch.sigmoid(z)
    ce = F.binary_cross_entropy_with_logits(z, y, reduction="none")
    p_t = p * y + (1 - p) * (1 - y)
    return (alpha * y + (1 - alpha) * (1 - y)) * ce * (1 - p_t) ** gamma


def torch_contrastive(x1, x2, y, margin=1.0):
    d = torch.linalg.vector_norm(x1 - x2, dim=-1)
    return (y * d**2 + (1 - y) * torch.clamp(margin - d, min=0) ** 2) / 2


def torch_triplet(a, p, n, margin=0.2):
    near, far = ((a - p) ** 2).sum(-1), ((a - n) ** 2).sum(-1)
    return torch.clamp(near - far + margin, min=0)


def torch_triplet_unsquared(a, p, n, margin=0.2):
    return F.triplet_margin_loss(a, p, n, margin=margin, reduction="none")


def torch_ctc(logits, targets):
    n, times, _ = logits.shape
    lengths = torch.full((n,), times), torch.full((n,), targets.shape[1])
    log_y = F.log_softmax(logits, -1).transpose(0, 1)
    return F.ctc_loss(log_y, targets.long(), *lengths, reduction="none")


def torch_losses():
    def per_sample(f):
        return functools.partial(f, reduction="none")

    return {
        "squared_error": per_sample(F.mse_loss),
        "absolute_error": per_sample(F.l1_loss),
        "huber": per_sample(F.huber_loss),
        "smooth_l1": per_sample(F.smooth_l1_loss),
        "binary_cross_entropy": per_sample(F.binary_cross_entropy),
        "binary_cross_entropy_with_logits": per_sample(F.binary_cross_entropy_with_logits),
        "focal": torch_focal,
        "focal_with_logits": torch_focal_with_logits,
        "hinge": lambda score, y: torch.clamp(1 - y * score, min=0),
        "cross_entropy_with_logits": per_sample(F.cross_entropy),
        "contrastive": torch_contrastive,
        "triplet": torch_triplet,
        "triplet, squared=False": torch_triplet_unsquared,
        "ctc": torch_ctc,
    }


def torch_value_and_grad(f, count, *tensors, **kwargs):
    """What `value_and_grad` gives, by eager autograd: the gradient of the sum."""
    value = f(*tensors, **kwargs)
    return value, torch.autograd.grad(value.sum(), tensors[:count])


# Digits.


def residuals(rng):
    sign = rng.choice([-1.0, 1.0], 300)
    wide = sign * 10.0 ** rng.uniform(-300, 300, 300)
    near = rng.normal(size=(2, 200))
    return np.concatenate([wide, near[0]]), np.concatenate([np.zeros(300), near[1]])


def logits(rng):
    z = np.concatenate(
        [rng.uniform(-1e4, 1e4, 10), rng.uniform(-740, 740, 90), rng.normal(size=400)]
    )
    return z, rng.integers(0, 2, z.size).astype(float)


def probabilities(rng):
    small, rest = 10.0 ** rng.uniform(-300, 0, 150), 10.0 ** rng.uniform(-16, 0, 150)
    p = np.concatenate([small, 1 - rest, rng.uniform(size=300)])
    return p, rng.integers(0, 2, p.size).astype(float)


def scores(rng):
    return rng.normal(size=400) * 2, rng.choice([-1.0, 1.0], 400)


def accuracy():
    """Rows (loss, our worst value and gradient in ULP, the worst of PyTorch's)."""
    import exact

    cases = [(name, residuals, {}) for name in ("squared_error", "absolute_error")]
    cases += [("huber", residuals, {"delta": d}) for d in (1.0, 1e-3)]
    cases += [("smooth_l1", residuals, {"beta": b}) for b in (1.0, 1e-3)]
    cases += [("binary_cross_entropy", probabilities, {})]
    cases += [("binary_cross_entropy_with_logits", logits, {}), ("hinge", scores, {})]
    for gamma in (0.0, 0.5, 1.0, 2.0, 5.0):
        cases += [("focal", probabilities, {"gamma": gamma})]
        cases += [("focal_with_logits", logits, {"gamma": gamma})]
    peers = torch_losses() if torch else {}
    for name, points, parameters in cases:
        loss = getattr(book, name)
        columns = points(np.random.default_rng(0))
        all_columns = [*columns, *(loss.parameters | parameters).values()]
        with np.errstate(over="ignore"):
            results = [loss.value_and_grad(*columns, **parameters)]
        if name in peers:
            tensors = [torch.tensor(c) for c in columns]
            tensors[0].requires_grad_()
            value, (grad,) = torch_value_and_grad(peers[name], 1, *tensors, **parameters)
            results.append((value.detach().numpy(), grad.numpy()))
        row = [
            exact.errors(numbers, formula, loss.symbols, all_columns).max()
            for result in results
            for numbers, formula in zip(result, (loss.formula, loss.gradient), strict=True)
        ]
        shown = ", ".join(f"{k} = {v:g}" for k, v in parameters.items())
        yield [f"`{name}` {shown}".strip(), *row, *[None] * (4 - len(row))]
    yield soft_labels(exact, peers)
    yield from softmax_accuracy(exact, peers)
    yield from ctc_accuracy(exact, peers)


def soft_labels(exact, peers):
    """Soft labels: the gradient's error in units of the larger of sigmoid and label."""
    loss = book.binary_cross_entropy_with_logits
    rng = np.random.default_rng(1)
    z, y = rng.normal(size=300) * 5, rng.uniform(size=300)
    number, value = (
        exact.exactly(loss.gradient, loss.symbols),
        exact.exactly(loss.formula, loss.symbols),
    )
    unit = np.spacing(np.maximum(1 / (1 + np.exp(-z)), y))

    def worst(values, grads):
        v = max(exact.ulps(float(n), value(*at)) for n, *at in zip(values, z, y, strict=True))
        g = [abs(float(number(*at) - n)) for n, *at in zip(grads, z, y, strict=True)]
        return v, (g / unit).max()

    row = [*worst(*loss.value_and_grad(z, y))]
    if peers:
        x = torch.tensor(z, requires_grad=True)
        v, (g,) = torch_value_and_grad(peers[loss.name], 1, x, torch.tensor(y))
        row += worst(v.detach().numpy(), g.numpy())
    return [f"`{loss.name}` soft labels", *row, *[None] * (4 - len(row))]


def softmax_accuracy(exact, peers):
    loss = book.cross_entropy_with_logits
    rng = np.random.default_rng(2)
    for size, count in ((2, 100), (10, 40), (1000, 1)):
        scale = rng.choice([1.0, 5.0, 40.0, 1000.0], (count, 1))
        z = rng.normal(size=(count, size)) * scale
        k = rng.integers(0, size, count)
        k[::2] = z.argmax(-1)[::2]
        y = np.eye(size)[k]
        results = [loss.value_and_grad(z, y)]
        if peers:
            x = torch.tensor(z, requires_grad=True)
            v, (g,) = torch_value_and_grad(peers[loss.name], 1, x, torch.tensor(y))
            results.append((v.detach().numpy(), g.numpy()))
        row = []
        truths = [exact.softmax_cross_entropy(*at) for at in zip(z, k, strict=True)]
        for values, grads in results:
            row.append(max(exact.ulps(float(v), t[0]) for v, t in zip(values, truths, strict=True)))
            row.append(
                max(
                    exact.ulps(float(a), b)
                    for g, t in zip(grads, truths, strict=True)
                    for a, b in zip(g, t[1], strict=True)
                )
            )
        yield [f"`{loss.name}` K = {size}", *row, *[None] * (4 - len(row))]


def ctc_accuracy(exact, peers):
    """CTC: the gradient's largest error in units of its largest entry."""
    rng = np.random.default_rng(3)
    for times, size, length in ((8, 5, 3), (50, 10, 15), (200, 20, 40)):
        z = rng.normal(size=(1, times, size)) * 3
        target = rng.integers(1, size, (1, length))
        value, grad = exact.ctc(z[0], target[0])
        results = [book.ctc.value_and_grad(z, target)]
        if peers:
            x = torch.tensor(z, requires_grad=True)
            v, (g,) = torch_value_and_grad(peers["ctc"], 1, x, torch.tensor(target))
            results.append((v.detach().numpy(), g.numpy()))
        row = []
        for v, g in results:
            row.append(exact.ulps(float(v[0]), value))
            row.append(float(abs(grad - g[0]).max()) / np.spacing(float(abs(grad).max())))
        yield [f"`ctc` T = {times}, S = {length}", *row, *[None] * (4 - len(row))]


# Time.


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def times(ours, theirs, budget=1.0):
    """Median seconds of ours, and the median ratio of pairs that are measured in turns."""
    calls = [ours, theirs] if theirs else [ours]
    for call in calls:
        call()
    inner = max(1, round(2e-3 / max(seconds(ours), 1e-6)))
    rows, end = [], time.perf_counter() + budget
    while len(rows) < 5 or (time.perf_counter() < end and len(rows) < 99):
        rows.append([seconds(lambda f=f: [f() for _ in range(inner)]) / inner for f in calls])
    median = statistics.median(row[0] for row in rows)
    return median, statistics.median(a / b for a, b in rows) if theirs else None


def inputs(name, n, size=None):
    rng = np.random.default_rng(0)
    if name == "ctc":
        samples, steps, classes, length = n
        return rng.normal(size=(samples, steps, classes)) * 2, rng.integers(
            1, classes, (samples, length)
        )
    if name == "cross_entropy_with_logits":
        return rng.normal(size=(n, size)) * 3, np.eye(size)[rng.integers(0, size, n)]
    if name == "contrastive":
        return *rng.normal(size=(2, n, size)) / size**0.5, rng.integers(0, 2, n).astype(float)
    if name == "triplet":
        return tuple(rng.normal(size=(3, n, size)))
    if "logits" in name:
        return rng.normal(size=n) * 2, rng.integers(0, 2, n).astype(float)
    if name in ("focal", "binary_cross_entropy"):
        return rng.uniform(0.001, 0.999, n), rng.integers(0, 2, n).astype(float)
    return rng.normal(size=n), rng.choice([-1.0, 1.0], n)


def pair(label, *sizes):
    """The two calls to compare for a loss and a size."""
    name, _, choice = label.partition(", ")
    loss, kwargs = getattr(book, name), {"squared": False} if choice else {}
    arrays = inputs(name, *sizes)
    theirs = None
    if torch:
        tensors = [torch.from_numpy(np.ascontiguousarray(a)) for a in arrays]
        for tensor in tensors[: len(loss.wrt)]:
            tensor.requires_grad_()
        f = torch_losses()[label]
        theirs = lambda: torch_value_and_grad(f, len(loss.wrt), *tensors)  # noqa: E731
    return lambda: loss.value_and_grad(*arrays, **kwargs), theirs


ELEMENTWISE = [
    "squared_error",
    "absolute_error",
    "huber",
    "smooth_l1",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "focal",
    "focal_with_logits",
    "hinge",
]
LARGE = [
    ("cross_entropy_with_logits", 0.5, 100_000, 10),
    ("cross_entropy_with_logits", 1.0, 1_000, 1_000),
    ("contrastive", 0.6, 10_000, 128),
    ("triplet", 0.6, 10_000, 128),
    ("triplet, squared=False", 0.6, 10_000, 128),
    ("ctc", 0.6, (32, 100, 30, 20)),
    ("ctc", 0.6, (16, 500, 100, 60)),
]


def elementwise_speed():
    for name in ELEMENTWISE:
        cells = []
        for n in (100, 10_000, 1_000_000):
            median, ratio = times(*pair(name, n))
            cells += [f"{1e6 * median:,.0f}", ratio]
        yield [f"`{name}`", *cells]


def large_speed():
    for label, goal, *sizes in LARGE:
        median, ratio = times(*pair(label, *sizes), budget=3.0)
        if label == "ctc":
            shape = "N = {}, T = {}, C = {}, S = {}".format(*sizes[0])
        else:
            shape = "{:,} x {}".format(*sizes)
        yield [f"`{label}` {shape}", f"{1e3 * median:,.2f}", ratio, goal]


def growth():
    """Nanoseconds for each element, which should stay level."""
    for label, sizes in (
        ("`huber`, n", [("huber", n) for n in (1_000, 10_000, 100_000, 1_000_000)]),
        (
            "softmax K = 10, n",
            [("cross_entropy_with_logits", n, 10) for n in (100, 1_000, 10_000, 100_000)],
        ),
        (
            "softmax n = 1 000, K",
            [("cross_entropy_with_logits", 1_000, k) for k in (3, 30, 300, 3_000)],
        ),
        (
            "`ctc` N = 8, C = 30, S = T/5, T",
            [("ctc", (8, t, 30, t // 5)) for t in (25, 50, 100, 200)],
        ),
    ):
        cells = []
        for name, *rest in sizes:
            ours, _ = pair(name, *rest)
            size = inputs(name, *rest)[0].size
            if name == "ctc":
                size = rest[0][1] * (2 * rest[0][3] + 1) * rest[0][0]  # cells of the lattice
            cells.append(f"{1e9 * times(ours, None, 0.5)[0] / size:.1f}")
        yield [label, *cells]


def start():
    """Milliseconds of a fresh process: import beside numpy's, and the first use of a loss."""
    code = (
        "import time; a = time.perf_counter(); import numpy; b = time.perf_counter(); "
        "import lossbook; c = time.perf_counter(); lossbook.{}([0.5], [1.0]); "
        "d = time.perf_counter(); print(b - a, c - b, d - c)"
    )
    with tempfile.TemporaryDirectory() as compiled:
        settings = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        settings["PYTHONPYCACHEPREFIX"] = compiled  # the first run compiles, as an install does

        def run(name):
            command = [sys.executable, "-c", code.format(name)]
            done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True)
            return done.stdout.split()

        measured = {name: [run(name) for _ in range(8)][1:] for name in ("huber", "focal")}
    for name, runs in measured.items():
        numpy_time, ours, first = (1e3 * min(float(r[i]) for r in runs) for i in range(3))
        yield [f"`{name}`", f"{numpy_time:.0f}", f"{ours:.1f}", f"{first:.0f}"]


# The report.


def table(head, rows):
    def show(cell):
        if cell is None:
            return ""
        return cell if isinstance(cell, str) else f"{cell:.2g}" if cell < 1e4 else f"{cell:.0e}"

    print("\n| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(map(show, row)) + " |", flush=True)


def report():
    import sympy

    versions = {"python": platform.python_version(), "numpy": np.__version__}
    versions |= {"sympy": sympy.__version__, "torch": torch.__version__ if torch else "missing"}
    print("# Benchmarks\n")
    print(
        "Written by `tests/bench.py`: " + ", ".join(f"{k} {v}" for k, v in versions.items()) + ";"
    )
    simd = [
        f
        for f in ("AVX2", "AVX512F", "ASIMD")
        if np._core._multiarray_umath.__cpu_features__.get(f)
    ]
    print(
        f"{platform.machine()}, {os.cpu_count()} processors, {' '.join(simd)}; one thread, float64."
    )
    if not torch:
        print("\nPyTorch is missing here: `pip install -r requirements-dev.txt` for its columns.")
    print("\n## Digits\n\nThe worst error in ULP against mpmath; 9e+15 (2^53): no digit is right.")
    print("The gradient of `ctc` is measured in units of its largest entry.")
    table(["loss", "value", "gradient", "PyTorch value", "PyTorch gradient"], accuracy())
    print("\n## Time\n\nValue and gradient together: microseconds, and the time over PyTorch's")
    print(
        "(eager autograd on the CPU), the median of pairs measured in turns. PyTorch computes exp"
    )
    print("and log with AVX2 or AVX-512, numpy only with AVX-512: without it losses of them lag.")
    head = ["loss"] + [h for n in ("100", "10 000", "1 000 000") for h in (f"{n}: µs", "ratio")]
    table(head, elementwise_speed())
    table(["loss", "ms", "ratio", "goal"], large_speed())
    print("\n## Growth\n\nNanoseconds for each element (for `ctc`: for each cell of its lattice),")
    print("with the size growing from column to column.")
    table(["loss", "1", "2", "3", "4"], growth())
    print("\n## Start\n\nMilliseconds in a fresh process, the least of seven runs.")
    table(["first used", "import numpy", "import lossbook", "first use"], start())


class _Both(io.StringIO):
    def write(self, text):
        sys.__stdout__.write(text)
        return super().write(text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write BENCHMARKS.md")
    write = parser.parse_args().write
    with contextlib.redirect_stdout(_Both()) as text:
        report()
    if write:
        (ROOT / "BENCHMARKS.md").write_text(text.getvalue())
