"""Write lossbook/data/broken.json: what other libraries return for the inputs of the gallery.

    pip install -r tools/requirements-peers.txt && KERAS_BACKEND=torch python tools/record_broken.py

Each exhibit has its columns, and rows [library, call, numbers], one number for each column; None
where the library has no such function. Everything is float64 unless a call says otherwise.
"""

import json
import warnings
from pathlib import Path

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import scipy.linalg
import scipy.spatial
import scipy.special
import sklearn
import torch
import torch.nn.functional as F
from sklearn._loss.loss import HalfBinomialLoss, HalfMultinomialLoss
from sklearn.metrics import hinge_loss, log_loss, mean_squared_error
from sklearn.metrics.pairwise import euclidean_distances

jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")
warnings.simplefilter("ignore")
np.seterr(all="ignore")
exhibits = {}


def exhibit(name, *columns):
    exhibits[name] = {"columns": columns, "rows": []}


def add(library, call, *values):
    numbers = [v if v is None or isinstance(v, str) else np.asarray(v).item() for v in values]
    kept = [v if v is None or isinstance(v, str) or np.isfinite(v) else str(v) for v in numbers]
    *_, last = exhibits.values()
    assert len(kept) == len(last["columns"]), (library, call)
    last["rows"].append([library, call, kept])


def by_torch(f, *given):
    """The value and the gradients by all arguments."""
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in given]
    value = f(*tensors)
    value.backward()
    return value.detach().numpy(), *(t.grad.numpy() for t in tensors)


def by_jax(f, *given):
    arrays = [jnp.asarray(x, dtype=jnp.float64) for x in given]
    return f(*arrays), *jax.grad(f, argnums=tuple(range(len(arrays))))(*arrays)


def by_keras(f, given):
    x = torch.tensor(given, dtype=torch.float64, requires_grad=True)
    value = f(x).sum()
    value.backward()
    return value.detach().numpy(), x.grad.numpy()


def tensor(x, dtype=torch.float64):
    return torch.tensor(x, dtype=dtype)


def refusal(f):
    """The name of the error that a call ends in."""
    try:
        return f()
    except Exception as error:
        return type(error).__name__


binary = HalfBinomialLoss()
bce_keras = keras.losses.binary_crossentropy


def bce_torch(p, y):
    return F.binary_cross_entropy(p, torch.full_like(p, y))


def bce_logits_torch(z, y):
    return F.binary_cross_entropy_with_logits(z, torch.full_like(z, y))


def ce_torch(z, k):
    return F.cross_entropy(z[None], torch.tensor([k]))


def sklearn_binary(z, y):
    z, y = np.array([z]), np.array([float(y)])
    return binary.loss(y, z)[0], binary.gradient(y, z)[0]


def sklearn_multinomial(z, k):
    loss = HalfMultinomialLoss(n_classes=len(z))
    z, k = np.array([z], float), np.array([float(k)])
    return loss.loss(k, z)[0], loss.gradient(k, z)[0]


exhibit("log of zero", "p = 1, y = 1", "p = 0, y = 1")
cases = ((1.0, 1.0), (0.0, 1.0))
add(
    "PyTorch",
    "`F.binary_cross_entropy`",
    *(by_torch(lambda p: bce_torch(p, 1.0), 1 * p)[0] for p, _ in cases),
)
add("scikit-learn", "`log_loss`", *(log_loss([y], [p], labels=[0, 1]) for p, y in cases))
add(
    "Keras",
    "`binary_crossentropy`",
    *(bce_keras(tensor([y]), tensor([p])).item() for p, y in cases),
)
add(
    "SciPy",
    "`xlogy`, `xlog1py`",
    *(-scipy.special.xlogy(y, p) - scipy.special.xlog1py(1 - y, -p) for p, y in cases),
)

exhibit("clipped log", "loss, z = -20", "slope", "loss, z = -800", "slope")


def twice(f, zs=(-20.0, -800.0)):
    return [number for z in zs for number in f(z)]


add(
    "PyTorch",
    "`F.binary_cross_entropy` of a sigmoid",
    *twice(lambda z: by_torch(lambda x: bce_torch(torch.sigmoid(x), 1.0), z)),
)
add(
    "Keras",
    "`binary_crossentropy` of a sigmoid",
    *twice(lambda z: by_keras(lambda x: bce_keras(tensor([1.0]), torch.sigmoid(x)), [z])),
)
add(
    "scikit-learn",
    "`log_loss` of a sigmoid",
    *twice(lambda z: (log_loss([1], [scipy.special.expit(z)], labels=[0, 1]), None)),
)
add("PyTorch", "from logits", *twice(lambda z: by_torch(lambda x: bce_logits_torch(x, 1.0), z)))
add(
    "optax",
    "from logits",
    *twice(lambda z: by_jax(lambda x: optax.sigmoid_binary_cross_entropy(x, 1.0), z)),
)
add("scikit-learn", "from logits", *twice(lambda z: sklearn_binary(z, 1)))

exhibit("large exponential", "log(1 + e^1000)", "its slope", "softmax loss")
big = [1000.0, 0.0]
add(
    "PyTorch",
    "`F.soft_margin_loss`",
    *by_torch(lambda x: F.soft_margin_loss(x, -torch.ones_like(x)), 1000.0),
    None,
)
add(
    "PyTorch",
    "from logits",
    *by_torch(lambda x: bce_logits_torch(x, 0.0), 1000.0),
    by_torch(lambda x: ce_torch(x, 1), big)[0],
)
add(
    "optax",
    "from logits",
    *by_jax(lambda x: optax.sigmoid_binary_cross_entropy(x, 0.0), 1000.0),
    optax.softmax_cross_entropy(jnp.array(big), jnp.array([0.0, 1.0])),
)
add("scikit-learn", "from logits", *sklearn_binary(1000.0, 0), sklearn_multinomial(big, 1)[0])
add("SciPy", "`-log(softmax(z))`", None, None, -np.log(scipy.special.softmax(big))[1])

exhibit("infinity times zero", "forbidden class", "padding")
barred, hot = [0.0, -np.inf], [1.0, 0.0]
rows, mask = [1.0, 3.0, np.inf], [1.0, 1.0, 0.0]
add(
    "PyTorch",
    "`F.cross_entropy` of a one-hot target; `(loss * mask).sum()`",
    F.cross_entropy(tensor(barred)[None], tensor(hot)[None]),
    (tensor(rows) * tensor(mask)).sum() / 2,
)
add(
    "PyTorch",
    "`F.cross_entropy` of a class; `loss[mask].mean()`",
    ce_torch(tensor(barred), 0),
    tensor(rows)[tensor(mask).bool()].mean(),
)
add(
    "optax",
    "`softmax_cross_entropy`",
    optax.softmax_cross_entropy(jnp.array(barred), jnp.array(hot)),
    None,
)
add(
    "optax",
    "`safe_softmax_cross_entropy`",
    optax.safe_softmax_cross_entropy(jnp.array(barred), jnp.array(hot)),
    None,
)
add("scikit-learn", "`HalfMultinomialLoss`", sklearn_multinomial([*barred, -np.inf], 0)[0], None)
add("NumPy", "`average`, weights 1, 1, 0", None, np.average(rows, weights=mask))
add(
    "scikit-learn",
    "`mean_squared_error`, weights 1, 1, 0",
    None,
    refusal(lambda: mean_squared_error(np.zeros(3), np.sqrt(rows), sample_weight=mask)),
)

exhibit("gradient of where", "loss", "slope")
add(
    "PyTorch",
    "`torch.where`",
    *by_torch(lambda z: torch.where(z > 37, z, torch.log1p(torch.exp(z))), 1000.0),
)
add("JAX", "`jnp.where`", *by_jax(lambda z: jnp.where(z > 37, z, jnp.log1p(jnp.exp(z))), 1000.0))
add("PyTorch", "`F.softplus`", *by_torch(F.softplus, 1000.0))
add("JAX", "`jax.nn.softplus`", *by_jax(jax.nn.softplus, 1000.0))

exhibit("prediction minus label", "BCE at z = 40", "softmax of (40, 0)")
sure = [40.0, 0.0]
add(
    "PyTorch",
    "from logits",
    by_torch(lambda x: bce_logits_torch(x, 1.0), 40.0)[1],
    by_torch(lambda x: ce_torch(x, 0), sure)[1][0],
)
add(
    "optax",
    "from logits",
    by_jax(lambda x: optax.sigmoid_binary_cross_entropy(x, 1.0), 40.0)[1],
    by_jax(lambda x: optax.softmax_cross_entropy(x, jnp.array([1.0, 0.0])), sure)[1][0],
)
add("scikit-learn", "from logits", sklearn_binary(40.0, 1)[1], sklearn_multinomial(sure, 0)[1][0])

exhibit("one plus little", "BCE at z = 40", "softmax of (40, 0)")
add("PyTorch", "from logits", bce_logits_torch(tensor(40.0), 1.0), ce_torch(tensor(sure), 0))
add(
    "optax",
    "from logits",
    optax.sigmoid_binary_cross_entropy(jnp.array(40.0), 1.0),
    optax.softmax_cross_entropy(jnp.array(sure), jnp.array([1.0, 0.0])),
)
add("scikit-learn", "from logits", sklearn_binary(40.0, 1)[0], sklearn_multinomial(sure, 0)[0])
add(
    "SciPy",
    "`log_expit`, `log_softmax`",
    -scipy.special.log_expit(40.0),
    -scipy.special.log_softmax(sure)[0],
)

exhibit("one minus little", "p = 1e-15, y = 0", "p = 1e-20, y = 0")
small = (1e-15, 1e-20)
add("PyTorch", "`F.binary_cross_entropy`", *(bce_torch(tensor(p), 0.0) for p in small))
add("scikit-learn", "`log_loss`", *(log_loss([0], [p], labels=[0, 1]) for p in small))
add(
    "Keras", "`binary_crossentropy`", *(bce_keras(tensor([0.0]), tensor([p])).item() for p in small)
)
add("SciPy", "`xlog1py`", *(-scipy.special.xlog1py(1.0, -p) for p in small))

exhibit("focal of a rounded p", "loss, z = 40", "slope", "slope, z = 1000")


def focal_torchvision(z, gamma):
    """The formula of torchvision.ops.sigmoid_focal_loss with alpha = -1 and label 1."""
    p = torch.sigmoid(z)
    return bce_logits_torch(z, 1.0) * (1 - p) ** gamma


def focal_optax(z, gamma):
    return optax.sigmoid_focal_loss(z, jnp.ones_like(z), gamma=gamma)


def focal_keras(gamma):
    loss = keras.losses.BinaryFocalCrossentropy(gamma=gamma, from_logits=True)
    return lambda z: loss(tensor([[1.0]]), z[None])


add(
    "PyTorch",
    "torchvision's formula",
    *by_torch(lambda z: focal_torchvision(z, 2.0), 40.0),
    by_torch(lambda z: focal_torchvision(z, 0.5), 1000.0)[1],
)
add(
    "optax",
    "`sigmoid_focal_loss`",
    *by_jax(lambda z: focal_optax(z, 2.0), 40.0),
    by_jax(lambda z: focal_optax(z, 0.5), 1000.0)[1],
)
add(
    "Keras",
    "focal, from logits",
    *by_keras(focal_keras(2.0), [40.0]),
    by_keras(focal_keras(0.5), [1000.0])[1],
)

exhibit("square before scale", "Smooth L1", "a long vector", "a short one")
vectors = np.array([[3e200, 4e200], [3e-200, 4e-200]])
add(
    "PyTorch",
    "`F.smooth_l1_loss`, `linalg.norm`",
    F.smooth_l1_loss(tensor(1e-301), tensor(0.0), beta=1e-300),
    *(torch.linalg.norm(tensor(v)) for v in vectors),
)
add("JAX", "`linalg.norm`", None, *(jnp.linalg.norm(jnp.array(v)) for v in vectors))
add(
    "scikit-learn",
    "`euclidean_distances`",
    None,
    *(euclidean_distances([v], [0 * v])[0, 0] for v in vectors),
)
add("NumPy", "`linalg.norm`", None, *(np.linalg.norm(v) for v in vectors))
add("NumPy", "`hypot`", None, *(np.hypot(*v) for v in vectors))
add("SciPy", "`linalg.norm`", None, *(scipy.linalg.norm(v) for v in vectors))

exhibit("distance by expansion", "float64, far out", "float32, unit length")
far = np.array([[1e8, 0.0], [1e8 + 1, 1.0]])
unit = np.array([[0.5403023, 0.84147096], [0.5401592, 0.8415628]], np.float32)
# cdist expands the square from 26 points on.
for points in (26, 2):
    tiled = (torch.tensor(np.tile(v, (points // 2, 1))) for v in (far, unit))
    add("PyTorch", f"`cdist` of {points} points", *(torch.cdist(v, v)[0, 1] for v in tiled))
add("scikit-learn", "`euclidean_distances`", *(euclidean_distances(v)[0, 1] for v in (far, unit)))
add("SciPy", "`cdist`", *(scipy.spatial.distance.cdist(v, v)[0, 1] for v in (far, unit)))

assert torch.tensor(20.0).dtype == torch.float32
exhibit("half the digits", "sigmoid(20), y = 0", "2^24 + 1000")
x32 = torch.tensor(20.0)
total = torch.tensor(2.0**24)
for _ in range(1000):
    total += torch.tensor(1.0)
add(
    "PyTorch",
    "`F.binary_cross_entropy`; `total += loss`",
    bce_torch(torch.sigmoid(x32), 0.0),
    total,
)
add("PyTorch", "from logits", bce_logits_torch(x32, 0.0), None)
with jax.enable_x64(False):
    asked = jnp.asarray(np.array(20.0), dtype=jnp.float64)
    assert asked.dtype == jnp.float32  # as JAX is shipped
    add("optax", "from logits", optax.sigmoid_binary_cross_entropy(asked, 0.0), None)

exhibit("not a number at distance 0", "loss", "length of the force")
spot = [1.0, 2.0]


def half_square(distance):
    return lambda x1, x2: distance(x1, x2) ** 2 / 2


def force(found):
    return found[0], np.sqrt((np.asarray(found[1]) ** 2).sum())


add(
    "PyTorch",
    "square, sum, `sqrt`",
    *force(by_torch(half_square(lambda a, b: torch.sqrt(((a - b) ** 2).sum())), spot, spot)),
)
add(
    "PyTorch",
    "`linalg.norm`",
    *force(by_torch(half_square(lambda a, b: torch.linalg.norm(a - b)), spot, spot)),
)
add(
    "PyTorch",
    "`F.pairwise_distance`",
    *force(by_torch(half_square(lambda a, b: F.pairwise_distance(a, b)), spot, spot)),
)
add(
    "JAX",
    "square, sum, `sqrt`",
    *force(by_jax(half_square(lambda a, b: jnp.sqrt(((a - b) ** 2).sum())), spot, spot)),
)
add(
    "JAX",
    "`linalg.norm`",
    *force(by_jax(half_square(lambda a, b: jnp.linalg.norm(a - b)), spot, spot)),
)
add(
    "optax",
    "`safe_norm`",
    *force(by_jax(half_square(lambda a, b: optax.safe_norm(a - b, 0.0)), spot, spot)),
)

exhibit("an impossible text", "loss", "largest slope")


def ctc_torch(z, target, **chosen):
    return F.ctc_loss(
        z[:, None].log_softmax(-1),
        torch.tensor([target]),
        [len(z)],
        [len(target)],
        reduction="none",
        **chosen,
    )[0]


def ctc_optax(z, target):
    return optax.ctc_loss(
        z[None], jnp.zeros((1, len(z))), jnp.array([target]), jnp.zeros((1, len(target)))
    )[0]


def largest(found):
    return found[0], abs(np.asarray(found[1])).max()


frames = [[0.1, 0.6, 0.2]]
add("PyTorch", "`F.ctc_loss`", *largest(by_torch(lambda z: ctc_torch(z, [1, 2]), frames)))
add(
    "PyTorch",
    "`F.ctc_loss`, `zero_infinity`",
    *largest(by_torch(lambda z: ctc_torch(z, [1, 2], zero_infinity=True), frames)),
)
add("optax", "`ctc_loss`", *largest(by_jax(lambda z: ctc_optax(z, [1, 2]), frames)))

exhibit("products of probabilities", "T = 600", "T = 700")
add(
    "PyTorch",
    "`F.ctc_loss`",
    *(ctc_torch(torch.zeros((T, 3), dtype=torch.float64), [1, 2]) for T in (600, 700)),
)
add("optax", "`ctc_loss`", *(ctc_optax(jnp.zeros((T, 3)), [1, 2]) for T in (600, 700)))

exhibit("a softmax too many", "10 classes", "2 classes, y = 1", "2 classes, y = 0")
perfect = np.eye(10)[3]
add(
    "PyTorch",
    "from logits",
    ce_torch(tensor(perfect), 3),
    bce_logits_torch(tensor(1.0), 1.0),
    bce_logits_torch(tensor(0.0), 0.0),
)
add(
    "optax",
    "from logits",
    optax.softmax_cross_entropy(jnp.array(perfect), jnp.array(perfect)),
    *(optax.sigmoid_binary_cross_entropy(jnp.array(y), y) for y in (1.0, 0.0)),
)
add(
    "scikit-learn",
    "from logits",
    sklearn_multinomial(perfect, 3)[0],
    sklearn_binary(1.0, 1)[0],
    sklearn_binary(0.0, 0)[0],
)
add("PyTorch", "`F.nll_loss`", F.nll_loss(tensor(perfect)[None], torch.tensor([3])), None, None)

exhibit("small integers", "2y - 1", "hinge loss", "3 - 5")
y8, score, dark = (
    torch.tensor([0], dtype=torch.uint8),
    tensor([2.0]),
    torch.tensor([3], dtype=torch.uint8),
)
sign = 2 * y8 - 1
add(
    "PyTorch",
    "`clamp(1 - s * score)`",
    sign,
    torch.clamp(1 - sign * score, min=0),
    dark - torch.tensor([5], dtype=torch.uint8),
)
y8, dark = jnp.array([0], jnp.uint8), jnp.array([3], jnp.uint8)
sign = 2 * y8 - 1
add(
    "JAX",
    "`optax.hinge_loss`",
    sign[0],
    optax.hinge_loss(jnp.array([2.0]), sign)[0],
    (dark - jnp.array([5], jnp.uint8))[0],
)
add(
    "scikit-learn",
    "`hinge_loss`",
    None,
    hinge_loss(np.array([0], np.uint8), [2.0], labels=[0, 1]),
    None,
)

exhibit("a column against a row", "mean squared error")
row = np.array([1.0, 2.0, 3.0, 4.0])
column = row[:, None]
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    value = F.mse_loss(tensor(column), tensor(row))
assert "different to the input size" in str(said[0].message)
add("PyTorch", "`F.mse_loss`, with a warning", value)
add("JAX", "`((a - b) ** 2).mean()`", ((jnp.array(column) - jnp.array(row)) ** 2).mean())
add(
    "optax",
    "`squared_error`",
    refusal(lambda: optax.squared_error(jnp.array(column), jnp.array(row)).mean()),
)
add(
    "Keras",
    "`MeanSquaredError`",
    keras.losses.MeanSquaredError()(tensor(row), tensor(column)).item(),
)
add("scikit-learn", "`mean_squared_error`", mean_squared_error(row, column))

exhibit("a mean of means", "batches of 4, 4, 1", "a batch of nothing")
batches = [[0.1] * 4, [0.1] * 4, [9.1]]
metric = keras.metrics.Mean()
for batch in batches:
    metric.update_state(np.array(batch))
add("Keras", "`metrics.Mean`", metric.result().item(), None)
add(
    "PyTorch",
    "`F.cross_entropy`, all ignored",
    None,
    F.cross_entropy(torch.zeros(2, 3, dtype=torch.float64), torch.tensor([-100, -100])),
)
add("JAX", "`mean` of nothing", None, jnp.array([]).mean())
add("scikit-learn", "`log_loss` of nothing", None, refusal(lambda: log_loss([], [], labels=[0, 1])))

modules = (torch, jax, optax, sklearn, scipy, keras, np)
names = ("PyTorch", "JAX", "optax", "scikit-learn", "SciPy", "Keras", "NumPy")
about = "What other libraries return for the gallery of broken losses: tools/record_broken.py."
head = {"about": about, "versions": {n: m.__version__ for n, m in zip(names, modules, strict=True)}}
text = json.dumps(head, indent=1)[:-2] + ',\n "exhibits": {\n'
for name, shown in exhibits.items():
    rows = ",\n    ".join(map(json.dumps, shown["rows"]))
    columns = json.dumps(shown["columns"])
    text += f'  "{name}": {{\n   "columns": {columns},\n   "rows": [\n    {rows}\n   ]\n  }},\n'
path = Path(__file__).parent.parent / "lossbook" / "data" / "broken.json"
path.write_text(text.removesuffix(",\n") + "\n }\n}\n")
