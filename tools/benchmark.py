"""Compare the losses with PyTorch: accuracy, time, its growth, time to import; and the site.

    python tools/benchmark.py            print the tables
    python tools/benchmark.py --write    write them to BENCHMARKS.md

PyTorch is not needed to use or to build the book: where it is missing, its columns are empty.
"""

import argparse
import ast
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
import tokenize
from pathlib import Path

ROOT = Path(__file__).parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # before numpy starts any

import numpy as np  # noqa: E402
import sympy  # noqa: E402

import lossbook as book  # noqa: E402
from lossbook import shapes  # noqa: E402
from tools import accuracy, measure_site  # noqa: E402

try:
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(1)
except ImportError:
    torch = None


# The same losses in PyTorch, as its users write them.


def torch_pinball(y_hat, y, quantile=0.5):
    return torch.maximum(quantile * (y - y_hat), (quantile - 1) * (y - y_hat))


def torch_focal(p, y, alpha=0.25, gamma=2.0):
    one = -alpha * y * (1 - p) ** gamma * torch.log(p)
    return one - (1 - alpha) * (1 - y) * p**gamma * torch.log(1 - p)


def torch_focal_with_logits(z, y, alpha=0.25, gamma=2.0):
    # As torchvision.ops.sigmoid_focal_loss does it.
    p = torch.sigmoid(z)
    ce = F.binary_cross_entropy_with_logits(z, y, reduction="none")
    p_t = p * y + (1 - p) * (1 - y)
    return (alpha * y + (1 - alpha) * (1 - y)) * ce * (1 - p_t) ** gamma


def torch_cross_entropy(p, y):
    return -torch.special.xlogy(y, p).sum(-1)


def torch_contrastive(x1, x2, y, margin=1.0):
    d = torch.linalg.vector_norm(x1 - x2, dim=-1)
    return (y * d**2 + (1 - y) * torch.clamp(margin - d, min=0) ** 2) / 2


def torch_triplet(a, p, n, margin=0.2, squared=True):
    if not squared:
        return F.triplet_margin_loss(a, p, n, margin=margin, reduction="none")
    near, far = ((a - p) ** 2).sum(-1), ((a - n) ** 2).sum(-1)
    return torch.clamp(near - far + margin, min=0)


def torch_ctc(logits, targets):
    n, times, _ = logits.shape
    lengths = torch.full((n,), times), torch.full((n,), targets.shape[1])
    log_y = F.log_softmax(logits, -1).transpose(0, 1)
    return F.ctc_loss(log_y, targets.long(), *lengths, reduction="none")


def torch_losses():
    """{loss: the function}; the columns of a loss that is missing are empty."""
    if not torch:
        return {}

    def per_sample(f):
        return functools.partial(f, reduction="none")

    return {
        "squared_error": per_sample(F.mse_loss),
        "absolute_error": per_sample(F.l1_loss),
        "huber": per_sample(F.huber_loss),
        "smooth_l1": per_sample(F.smooth_l1_loss),
        "pinball": torch_pinball,
        "binary_cross_entropy": per_sample(F.binary_cross_entropy),
        "binary_cross_entropy_with_logits": per_sample(F.binary_cross_entropy_with_logits),
        "focal": torch_focal,
        "focal_with_logits": torch_focal_with_logits,
        "hinge": lambda score, y: torch.clamp(1 - y * score, min=0),
        "cross_entropy": torch_cross_entropy,
        "cross_entropy_with_logits": per_sample(F.cross_entropy),
        "contrastive": torch_contrastive,
        "triplet": torch_triplet,
        "ctc": torch_ctc,
    }


def torch_value_and_grad(f, count, *tensors, **kwargs):
    """What `value_and_grad` gives, by eager autograd: the gradient of the sum."""
    value = f(*tensors, **kwargs)
    return value, torch.autograd.grad(value.sum(), tensors[:count])


def digits():
    """The worst errors of value and gradient, ours and PyTorch's, for each case of each loss."""
    for name in book.__all__:
        loss = getattr(book, name)
        for case in accuracy.cases(loss):
            yield [case.name, *case.errors(loss.value_and_grad), *torch_digits(loss, case)]


def torch_digits(loss, case):
    f = torch_losses().get(loss.name)
    if not f:
        return None, None

    def value_and_grad(*arguments, **parameters):
        tensors = [torch.tensor(a) for a in arguments]
        for tensor in tensors[: len(loss.wrt)]:
            tensor.requires_grad_()
        value, grads = torch_value_and_grad(f, len(loss.wrt), *tensors, **parameters)
        grads = tuple(g.numpy() for g in grads)
        return value.detach().numpy(), grads if len(grads) > 1 else grads[0]

    return case.errors(value_and_grad)


# Time.


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def times(ours, theirs, budget=1.0):
    """Median seconds of ours, and the median ratio of times measured alternately."""
    calls = [ours, theirs] if theirs else [ours]
    for call in calls:
        call()
    inner = max(1, round(2e-3 / max(seconds(ours), 1e-6)))
    rows, end = [], time.perf_counter() + budget
    while len(rows) < 5 or (time.perf_counter() < end and len(rows) < 99):
        rows.append([seconds(lambda f=f: [f() for _ in range(inner)]) / inner for f in calls])
    median = statistics.median(row[0] for row in rows)
    return median, statistics.median(a / b for a, b in rows) if theirs else None


def inputs(loss, n, size=10):
    """Arguments of n samples, of vectors with so many entries; of `ctc` (N, T, C, S)."""
    rng = np.random.default_rng(0)
    if loss is book.ctc:
        samples, steps, classes, length = n
        targets = rng.integers(1, classes, (samples, length))
        return rng.normal(size=(samples, steps, classes)) * 2, targets

    def draw(domain, predicted):
        if domain.vector:
            kinds = rng.normal(size=(n, size)) / size**0.5, rng.dirichlet(np.ones(size), n)
            kinds += (np.eye(size)[rng.integers(0, size, n)],)
        else:
            kinds = rng.normal(size=n) * 2, rng.uniform(0.001, 0.999, n)
            kinds += rng.choice([-1.0, 1.0], n), rng.choice([0.0, 1.0], n)
        allowed = [kind for kind in kinds if np.all(domain.allows(kind))]
        return allowed[0 if predicted else -1]

    takes = accuracy.domains(loss)
    return tuple(draw(domain, name in loss.wrt) for name, domain in takes.items())


def pair(name, parameters, *sizes):
    """The two calls to compare for a loss and a size."""
    loss, f = getattr(book, name), torch_losses().get(name)
    arrays, theirs = inputs(loss, *sizes), None
    if f:
        tensors = [torch.from_numpy(np.ascontiguousarray(a)) for a in arrays]
        for tensor in tensors[: len(loss.wrt)]:
            tensor.requires_grad_()
        theirs = functools.partial(torch_value_and_grad, f, len(loss.wrt), *tensors, **parameters)
    return functools.partial(loss.value_and_grad, *arrays, **parameters), theirs


# A loss, its parameters, and sizes as `inputs` takes them.
LARGE = [
    ("cross_entropy", {}, 100_000, 10),
    ("cross_entropy_with_logits", {}, 100_000, 10),
    ("cross_entropy_with_logits", {}, 1_000, 1_000),
    ("contrastive", {}, 10_000, 128),
    ("triplet", {}, 10_000, 128),
    ("triplet", {"squared": False}, 10_000, 128),
    ("ctc", {}, (32, 100, 30, 20)),
    ("ctc", {}, (16, 500, 100, 60)),
]
# All others, so that a new loss is measured: at these numbers of samples.
SAMPLES = 100, 10_000, 1_000_000
SMALL = [name for name in book.__all__ if name not in {name for name, *_ in LARGE}]


def small_speed():
    for name in SMALL:
        cells = []
        for n in SAMPLES:
            median, ratio = times(*pair(name, {}, n))
            cells += [f"{1e6 * median:,.0f}", ratio]
        yield [f"`{name}`", *cells]


def large_speed():
    for name, parameters, *sizes in LARGE:
        median, ratio = times(*pair(name, parameters, *sizes), budget=3.0)
        if name == "ctc":
            shape = "N = {}, T = {}, C = {}, S = {}".format(*sizes[0])
        else:
            shape = "{:,} x {}".format(*sizes)
        chosen = "".join(f" {k} = {v}" for k, v in parameters.items())
        yield [f"`{name}`{chosen} {shape}", f"{1e3 * median:,.2f}", ratio]


def growth():
    """Nanoseconds for each element, which should not grow with the size."""
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
            ours, _ = pair(name, {}, *rest)
            size = inputs(getattr(book, name), *rest)[0].size
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


def level():
    """The SIMD level that numpy computes with."""
    features = np._core._multiarray_umath.__cpu_features__
    names = {"X86_V4": "AVX-512", "X86_V3": "AVX2", "X86_V2": "SSE4.2", "ASIMD": "NEON"}
    return next((name for feature, name in names.items() if features.get(feature)), "no SIMD")


def head():
    versions = {"python": platform.python_version(), "numpy": np.__version__}
    versions |= {"sympy": sympy.__version__, "torch": torch.__version__ if torch else "missing"}
    listed = ", ".join(f"{name} {version}" for name, version in versions.items())
    print(f"# Benchmarks\n\nWritten by `tools/benchmark.py`: {listed};")
    print(f"{platform.machine()}, {os.cpu_count()} processors, one thread, float64.")
    if not torch:
        print("\nPyTorch is missing: `pip install -r tools/requirements-peers.txt`.")


def digits_report():
    print(f"\n## Digits, with {level()}")
    print("\nThe worst error in ULP against mpmath; 9e+15 (2^53): no digit is right.")
    print("Losses of vectors and `ctc`: in ULP of the terms that are subtracted, or of the largest")
    print("entry of the gradient (`tools/accuracy.py`).")
    table(["loss", "value", "gradient", "PyTorch value", "PyTorch gradient"], digits())


def time_report():
    print(f"\n## Time, with {level()}")
    print("\nValue and gradient together: microseconds, and the time over PyTorch's (eager")
    print("autograd on the CPU, at the same level), the median of pairs measured in turns.")
    print("PyTorch is ahead where arrays are large: numpy reads and writes whole arrays in each")
    print("operation, and has fast exp and log only with AVX-512. That bound is numpy's.")
    head = ["loss"] + [h for n in SAMPLES for h in (f"{n:,}: µs".replace(",", " "), "ratio")]
    table(head, small_speed())
    table(["loss", "ms", "ratio"], large_speed())


def growth_report():
    print("\n## Growth\n\nNanoseconds for each element (for `ctc`: for each cell of its lattice),")
    print("with the size growing from column to column.")
    table(["loss", "1", "2", "3", "4"], growth())
    print("\n## Start\n\nMilliseconds in a fresh process, the least of seven runs.")
    table(["first used", "import numpy", "import lossbook", "first use"], start())


# Lines of code of the core at version 0.1.0, before shapes were plain sympy functions.
BEFORE = {
    "shapes": 264,
    "loss": 258,
    "printing": 71,
    "regression": 14,
    "domains": 0,  # in loss.py then
    "classification": 66,
    "embedding": 13,
    "sequence": 187,
}


def code_lines(path):
    """How many lines of a file are neither blank, nor comment, nor docstring."""
    text = path.read_text("utf-8")
    kinds = tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    lines = {n for t in tokens if t.type not in kinds for n in range(t.start[0], t.end[0] + 1)}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            lines -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(lines - {text.count("\n") + 1})


def core_report():
    print("\n## Core\n\nLines of code without comments and docstrings, in version 0.1.0 and now.")
    print(f"Rules that rewrite formulas: 10 then, {len(shapes.RULES)} now.")
    now = {name: code_lines(ROOT / "lossbook" / f"{name}.py") for name in BEFORE}
    rows = [[f"`{name}.py`", str(BEFORE[name]), str(now[name])] for name in BEFORE]
    table(["file", "0.1.0", "now"], rows)


def site_report():
    print("\n## Site\n\nBeside a plain Jupyter Book of the same pages, cold, over HTTP from this")
    print("machine: megabytes, kilobytes gzipped, and seconds until the last formula and the last")
    print("explorer are there, at full speed and at a processor four times slower.")
    head = [
        "page",
        "book",
        "MB",
        "KB",
        "formulas",
        "explorers",
        "formulas, slow",
        "explorers, slow",
    ]
    table(head, measure_site.rows())


def time_report_one_level_lower():
    """In a process that is told of a smaller processor; only x86-64 has such levels."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return
    v4 = level() == "AVX-512"
    lower = {
        "NPY_DISABLE_CPU_FEATURES": "X86_V4" if v4 else "X86_V4 X86_V3",
        "ATEN_CPU_CAPABILITY": "avx2" if v4 else "default",
    }
    command = [sys.executable, __file__, "--time"]
    done = subprocess.run(command, env=os.environ | lower, stdout=subprocess.PIPE, check=True)
    print(done.stdout.decode("utf-8"), end="")


class _Both(io.StringIO):
    def write(self, text):
        sys.__stdout__.write(text)
        return super().write(text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write BENCHMARKS.md")
    parser.add_argument("--time", action="store_true", help="only the time, at this level")
    options = parser.parse_args()
    with contextlib.redirect_stdout(_Both()) as text:
        if options.time:
            time_report()
        else:
            head()
            digits_report()
            time_report()
            time_report_one_level_lower()
            growth_report()
            core_report()
            site_report()
    if options.write:
        (ROOT / "BENCHMARKS.md").write_text(text.getvalue(), "utf-8")
