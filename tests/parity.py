"""Write tests/data/parity.json: what PyTorch, scikit-learn and scipy return for moderate inputs.

    pip install -r requirements-dev.txt && python tests/parity.py

Each case states how the other library's number relates to ours: theirs = times * ours.
"""

import json
from pathlib import Path

import bench
import numpy as np
import scipy.special
import sklearn
import torch
import torch.nn.functional as F
from sklearn._loss.loss import (
    AbsoluteError,
    HalfBinomialLoss,
    HalfMultinomialLoss,
    HalfSquaredError,
)

rng = np.random.default_rng(5)
n, size = 8, 4
r, y = rng.normal(size=n) * 2, rng.normal(size=n)
p, z, label = rng.uniform(0.05, 0.95, n), rng.normal(size=n) * 3, rng.integers(0, 2, n) * 1.0
soft, sign = rng.uniform(size=n), rng.choice([-1.0, 1.0], n)
logits, classes = rng.normal(size=(n, size)) * 2, rng.integers(0, size, n)
hot, dirichlet = np.eye(size)[classes], rng.dirichlet(np.ones(size), n)
a, b, c = rng.normal(size=(3, n, 3))
sequence, targets = rng.normal(size=(2, 7, 5)), rng.integers(1, 5, (2, 3))
cases = []


def add(peer, loss, arguments, value, gradient, convention, times=1, **parameters):
    listed = [np.asarray(x).tolist() for x in arguments]
    gradient = None if gradient is None else [np.asarray(g).tolist() for g in gradient]
    cases.append(
        {
            "peer": peer,
            "loss": loss,
            "convention": convention,
            "times": times,
            "parameters": parameters,
            "arguments": listed,
            "value": np.asarray(value).tolist(),
            "gradient": gradient,
        }
    )


def add_torch(name, arguments, count=1, convention="the same", loss=None, f=None, **parameters):
    tensors = [torch.tensor(x) for x in arguments]
    for tensor in tensors[:count]:
        tensor.requires_grad_()
    f = f or bench.torch_losses()[name]
    value, grads = bench.torch_value_and_grad(f, count, *tensors)
    add(
        "torch", loss or name, arguments, value.detach().numpy(), [g.numpy() for g in grads],
        convention, **parameters,
    )  # fmt: skip


for name in ("squared_error", "absolute_error", "huber", "smooth_l1"):
    add_torch(name, [r, y], convention=f"F.{name} with reduction='none'")
add_torch(
    "huber", [r, y], f=lambda x, t: F.huber_loss(x, t, delta=0.5, reduction="none"), delta=0.5
)
add_torch(
    "smooth_l1", [r, y], f=lambda x, t: F.smooth_l1_loss(x, t, beta=2.0, reduction="none"), beta=2.0
)
add_torch("binary_cross_entropy", [p, soft])
add_torch("binary_cross_entropy_with_logits", [z, soft])
add_torch("focal", [p, label], convention="the formula, written in PyTorch")
add_torch("focal_with_logits", [z, label], convention="as torchvision.ops.sigmoid_focal_loss")
add_torch("hinge", [z, sign], convention="clamp(1 - y s, min=0), which has gradient -y at the kink")
add_torch("cross_entropy_with_logits", [logits, hot])
add_torch("cross_entropy_with_logits", [logits, dirichlet])
add_torch("contrastive", [a, b, label], 2, convention="written in PyTorch")
add_torch("triplet", [a, b, c], 3, convention="written in PyTorch", margin=0.2)
add_torch(
    "triplet", [a, b, c], 3, "F.triplet_margin_loss with eps = 0",
    f=lambda *x: F.triplet_margin_loss(*x, margin=1.0, eps=0, reduction="none"),
    margin=1.0, squared=False,
)  # fmt: skip
add_torch("ctc", [sequence, targets], convention="F.ctc_loss of log_softmax, which wants (T, N, C)")

for name, peer, x, t, times in (
    ("squared_error", HalfSquaredError(), r, y, 0.5),
    ("absolute_error", AbsoluteError(), r, y, 1),
    ("binary_cross_entropy_with_logits", HalfBinomialLoss(), z, soft, 1),
):
    add(
        "sklearn", name, [x, t], peer.loss(t, x), [peer.gradient(t, x)],
        f"{type(peer).__name__}, which is {times} of ours", times,
    )  # fmt: skip
peer = HalfMultinomialLoss(n_classes=size)
add(
    "sklearn", "cross_entropy_with_logits", [logits, hot], peer.loss(classes * 1.0, logits),
    [peer.gradient(classes * 1.0, logits)], "HalfMultinomialLoss, which is ours",
)  # fmt: skip
residual = r - y
add("scipy", "huber", [r, y], scipy.special.huber(1.5, residual), None, "special.huber", delta=1.5)
add(
    "scipy", "cross_entropy_with_logits", [logits, hot],
    scipy.special.logsumexp(logits, -1) - (hot * logits).sum(-1),
    [scipy.special.softmax(logits, -1) - hot], "special.logsumexp and softmax",
)  # fmt: skip
add(
    "scipy", "binary_cross_entropy", [p, label],
    -scipy.special.xlogy(label, p) - scipy.special.xlog1py(1 - label, -p), None, "special.xlogy",
)  # fmt: skip

about = "What other libraries return, written by tests/parity.py. value = times * lossbook's value."
versions = {m.__name__: m.__version__ for m in (torch, sklearn, scipy)}
head = json.dumps({"about": about, "versions": versions}, indent=1)[:-2]
lines = ",\n  ".join(map(json.dumps, cases))
path = Path(__file__).parent / "data" / "parity.json"
path.write_text(f'{head},\n "cases": [\n  {lines}\n ]\n}}\n')
