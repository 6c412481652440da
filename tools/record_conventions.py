"""Write lossbook/data/conventions.json: calls of other libraries, and what they return.

    pip install -r tools/requirements-peers.txt && python tools/record_conventions.py

Each record holds one call as text. The text is what is run here, and what the page on conventions
prints. Where `ours` is given, the number is `times` that reduction of our loss of each sample
(`lossbook.appendix.conventions.REDUCTIONS`), and where there is a gradient, the same of ours.

Signatures and versions are read from the packages. A package that is missing keeps the records
that the file has of it, so that packages which do not live together are recorded one by one.
"""

import importlib
import inspect
import json
import os
import pydoc
import re
import sys
import types
import warnings
from importlib.metadata import distribution, version
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import lossbook as book  # noqa: E402
from lossbook.appendix.conventions import PATH  # noqa: E402

INPUTS = {
    # a number: prediction, target, weights
    "y_hat": [0.8, -2.0, 3.2, 0.6, 3.6, 0.9],
    "y": [0.5, -1.2, 2.0, 3.1, -0.4, 1.0],
    "w": [1.0, 2.0, 0.5, 1.0, 3.0, 0.5],
    # two classes: probability, logit or score, label 0/1, the same as -1/+1, soft label
    "p": [0.9, 0.2, 0.7, 0.4, 0.05, 0.6],
    "z": [2.0, -1.5, 0.4, -0.7, -3.0, 0.6],
    "label": [1, 0, 1, 1, 0, 0],
    "sign": [1, -1, 1, 1, -1, -1],
    "soft": [0.8, 0.1, 1.0, 0.5, 0.0, 0.3],
    # three classes: probabilities, logits, class, the same one-hot, soft label, weights
    "P": [[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.25, 0.5, 0.25], [0.05, 0.9, 0.05]],
    "Z": [[2.0, 0.5, -1.0], [-0.3, 1.2, 0.7], [0.1, -0.4, 0.2], [-2.0, 3.0, 0.0]],
    "classes": [0, 1, 2, 1],
    "hot": [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]],
    "blend": [[0.8, 0.1, 0.1], [0.0, 1.0, 0.0], [0.2, 0.3, 0.5], [0.5, 0.25, 0.25]],
    "class_weights": [1.0, 2.0, 5.0],
    # 0.9 of the label, and 0.1 shared among all classes
    "smooth_label": [0.95, 0.05, 0.95, 0.95, 0.05, 0.05],
    "smooth_hot": [[2.8 / 3, 0.1 / 3, 0.1 / 3], [0.1 / 3, 2.8 / 3, 0.1 / 3],
                   [0.1 / 3, 0.1 / 3, 2.8 / 3], [0.1 / 3, 2.8 / 3, 0.1 / 3]],
    # pairs and triplets of vectors
    "x1": [[0.2, 0.1, -0.3], [0.5, -0.4, 0.0], [1.0, 0.3, 0.8], [-0.2, 0.6, 0.1]],
    "x2": [[0.1, 0.4, -0.1], [0.3, -0.1, 0.4], [-0.6, 0.2, 0.4], [0.7, -0.5, 0.9]],
    "x3": [[0.6, 0.0, -0.5], [0.4, -0.9, 0.3], [0.2, 1.1, -0.7], [-0.4, 0.5, 0.8]],
    "same": [1, 0, 1, 0],
    "same_sign": [1, -1, 1, -1],
    # sequences: logits (N, T, C), targets (N, S), their lengths
    "frames": [
        [[0.5, 1.0, -0.5, 0.2, 0.1], [0.1, -0.3, 1.5, 0.0, 0.4], [1.2, 0.3, 0.3, -1.0, 0.0],
         [0.0, 0.9, 0.2, 0.6, -0.7], [0.8, -0.2, -0.4, 1.1, 0.5], [1.0, 0.0, 0.1, 0.7, 0.3]],
        [[-0.6, 1.4, 0.0, 0.3, 0.2], [0.9, 0.5, -0.1, 0.4, -0.8], [0.3, 0.1, 0.2, 1.3, 0.0],
         [1.1, -0.5, 0.6, 0.8, 0.1], [0.4, 0.2, -0.9, 0.0, 0.6], [0.7, -0.1, 0.5, 0.2, 1.0]],
    ],
    "targets": [[2, 1, 3], [1, 3, 0]],
    "target_lengths": [3, 2],
    "input_lengths": [6, 6],
}  # fmt: skip
WHOLE = {"classes", "targets", "target_lengths", "input_lengths"}


def ours(loss, *arguments, **parameters):
    return {"loss": loss, "arguments": list(arguments), "parameters": parameters}


SQUARE = ours("squared_error", "y_hat", "y")
ABSOLUTE = ours("absolute_error", "y_hat", "y")
HUBER = ours("huber", "y_hat", "y", delta=1.5)
HUBER_1 = ours("huber", "y_hat", "y")
SMOOTH = ours("smooth_l1", "y_hat", "y", beta=2.0)
SMOOTH_1 = ours("smooth_l1", "y_hat", "y")
PINBALL = ours("pinball", "y_hat", "y", quantile=0.9)
PINBALL_HALF = ours("pinball", "y_hat", "y")
BCE, BCE_SOFT = (ours("binary_cross_entropy", "p", y) for y in ("label", "soft"))
BCE_Z, BCE_Z_SOFT = (ours("binary_cross_entropy_with_logits", "z", y) for y in ("label", "soft"))
BCE_SMOOTH = ours("binary_cross_entropy", "p", "smooth_label")
CE_SMOOTH = ours("cross_entropy", "P", "smooth_hot")
CE_Z_SMOOTH = ours("cross_entropy_with_logits", "Z", "smooth_hot")
BCE_OF_P = ours("binary_cross_entropy_with_logits", "p", "label")
CE, CE_SOFT = (ours("cross_entropy", "P", y) for y in ("hot", "blend"))
CE_Z, CE_Z_SOFT = (ours("cross_entropy_with_logits", "Z", y) for y in ("hot", "blend"))
CE_OF_P = ours("cross_entropy_with_logits", "P", "hot")
FOCAL, FOCAL_Z = ours("focal", "p", "label"), ours("focal_with_logits", "z", "label")
PLAIN_FOCAL = ours("focal", "p", "label", alpha=None)
PLAIN_FOCAL_Z = ours("focal_with_logits", "z", "label", alpha=None)
HINGE = ours("hinge", "z", "sign")
PAIR = ours("contrastive", "x1", "x2", "same")
TRIPLET = ours("triplet", "x1", "x2", "x3", margin=1.0, squared=False)
TRIPLET_SQUARED = ours("triplet", "x1", "x2", "x3", margin=0.2)
CTC = ours("ctc", "frames", "targets", target_lengths="target_lengths")
CTC_LAST = ours("ctc", "frames", "targets", target_lengths="target_lengths", blank=4)

# Columns: topic (a loss, or a trap of the page), ours, times, reduction, what is called, the call.
TORCH = [
    ("squared_error", SQUARE, 1, "mean", "nn.MSELoss", "nn.MSELoss()(y_hat, y)"),
    ("squared_error", SQUARE, 1, "each", "nn.functional.mse_loss",
     'F.mse_loss(y_hat, y, reduction="none")'),
    ("absolute_error", ABSOLUTE, 1, "mean", "nn.L1Loss", "nn.L1Loss()(y_hat, y)"),
    ("huber", HUBER, 1, "mean", "nn.HuberLoss", "nn.HuberLoss(delta=1.5)(y_hat, y)"),
    ("smooth_l1", SMOOTH, 1, "mean", "nn.SmoothL1Loss", "nn.SmoothL1Loss(beta=2.0)(y_hat, y)"),
    ("binary_cross_entropy", BCE, 1, "mean", "nn.BCELoss", "nn.BCELoss()(p, label)"),
    ("binary_cross_entropy", BCE_SOFT, 1, "mean", "nn.BCELoss", "nn.BCELoss()(p, soft)"),
    ("binary_cross_entropy_with_logits", BCE_Z, 1, "mean", "nn.BCEWithLogitsLoss",
     "nn.BCEWithLogitsLoss()(z, label)"),
    ("binary_cross_entropy_with_logits", BCE_Z_SOFT, 1, "mean", "nn.BCEWithLogitsLoss",
     "nn.BCEWithLogitsLoss()(z, soft)"),
    ("binary_cross_entropy_with_logits", BCE_Z, 1, "mean", "nn.SoftMarginLoss",
     "nn.SoftMarginLoss()(z, sign)"),
    ("cross_entropy", CE, 1, "mean", "nn.NLLLoss", "nn.NLLLoss()(P.log(), classes)"),
    ("cross_entropy_with_logits", CE_Z, 1, "mean", "nn.CrossEntropyLoss",
     "nn.CrossEntropyLoss()(Z, classes)"),
    ("cross_entropy_with_logits", CE_Z_SOFT, 1, "mean", "nn.CrossEntropyLoss",
     "nn.CrossEntropyLoss()(Z, blend)"),
    ("focal_with_logits", FOCAL_Z, 1, "each", "torchvision.ops.sigmoid_focal_loss",
     "sigmoid_focal_loss(z, label)"),
    ("contrastive", PAIR, 1, "each", "nn.functional.hinge_embedding_loss",
     'F.hinge_embedding_loss(distance(x1, x2), same_sign, reduction="none")**2 / 2'),
    ("triplet", TRIPLET, 1, "mean", "nn.TripletMarginLoss",
     "nn.TripletMarginLoss(margin=1.0, eps=0)(x1, x2, x3)"),
    ("triplet", TRIPLET_SQUARED, 1, "mean", "nn.TripletMarginWithDistanceLoss",
     "nn.TripletMarginWithDistanceLoss(distance_function=squared, margin=0.2)(x1, x2, x3)"),
    ("ctc", CTC, 1, "mean per label", "nn.CTCLoss",
     "nn.CTCLoss()(frames.transpose(0, 1).log_softmax(-1), targets, "
     "input_lengths, target_lengths)"),
    ("ctc", CTC, 1, "each", "nn.functional.ctc_loss",
     "F.ctc_loss(frames.transpose(0, 1).log_softmax(-1), targets, "
     'input_lengths, target_lengths, reduction="none")'),
    # Traps.
    ("delta", HUBER, 1, "mean", "nn.HuberLoss", "nn.HuberLoss(delta=1.5)(y_hat, y)"),
    ("delta", HUBER, 1 / 1.5, "mean", "nn.SmoothL1Loss", "nn.SmoothL1Loss(beta=1.5)(y_hat, y)"),
    ("mean", CE_Z, 1, "sum", "nn.CrossEntropyLoss",
     'nn.CrossEntropyLoss(reduction="sum")(Z, classes)'),
    ("mean", CE_Z, 1, "mean", "nn.CrossEntropyLoss", "nn.CrossEntropyLoss()(Z, classes)"),
    ("mean", CE_Z, 1 / 3, "mean", "nn.KLDivLoss", "nn.KLDivLoss()(Z.log_softmax(-1), hot)"),
    ("mean", CE_Z, 1, "mean", "nn.KLDivLoss",
     'nn.KLDivLoss(reduction="batchmean")(Z.log_softmax(-1), hot)'),
    ("weights", SQUARE, 1, "weighted mean", "nn.functional.mse_loss",
     "F.mse_loss(y_hat, y, weight=w)"),
    ("weights", BCE, 1, "mean of weighted", "nn.BCELoss", "nn.BCELoss(weight=w)(p, label)"),
    ("class-weights", CE_Z, 1, "class-weighted mean", "nn.CrossEntropyLoss",
     "nn.CrossEntropyLoss(weight=class_weights)(Z, classes)"),
    ("class-weights", CE_Z, 1, "mean of class-weighted", "nn.CrossEntropyLoss",
     "nn.CrossEntropyLoss(weight=class_weights)(Z, hot)"),
    ("pos-weight", BCE_Z, 1, "mean of pos-weighted", "nn.BCEWithLogitsLoss",
     "nn.BCEWithLogitsLoss(pos_weight=array(3.0))(z, label)"),
    ("ignored", CE_Z, 1, "mean of kept", "nn.CrossEntropyLoss",
     "nn.CrossEntropyLoss(ignore_index=1)(Z, classes)"),
    ("ignored", CE_Z_SMOOTH, 1, "mean of kept", "nn.CrossEntropyLoss",
     "nn.CrossEntropyLoss(ignore_index=1, label_smoothing=0.1)(Z, classes)"),
    ("ignored", None, None, None, "nn.CrossEntropyLoss",
     "nn.CrossEntropyLoss(ignore_index=1)(Z, hot)"),
    ("order", BCE, 1, "mean", "nn.BCELoss", "nn.BCELoss()(p, label)"),
    ("order", None, None, None, "nn.BCELoss", "nn.BCELoss()(label, p)"),
    ("logits", CE_Z, 1, "mean", "nn.CrossEntropyLoss", "nn.CrossEntropyLoss()(Z, classes)"),
    ("logits", CE_OF_P, 1, "mean", "nn.CrossEntropyLoss", "nn.CrossEntropyLoss()(P, classes)"),
    ("logits", CE, 1, "mean", "nn.CrossEntropyLoss", "nn.CrossEntropyLoss()(P.log(), classes)"),
    ("logits", None, None, None, "nn.NLLLoss", "nn.NLLLoss()(P, classes)"),
    ("sums", None, None, None, "nn.NLLLoss", "nn.NLLLoss()((2 * P).log(), classes)"),
    ("logits", BCE_OF_P, 1, "mean", "nn.BCEWithLogitsLoss", "nn.BCEWithLogitsLoss()(p, label)"),
    ("cut", None, None, None, "nn.BCELoss", "nn.BCELoss()(array([0.0]), array([1.0]))"),
    ("alpha", FOCAL_Z, 1, "each", "torchvision.ops.sigmoid_focal_loss",
     "sigmoid_focal_loss(z, label)"),
    ("alpha", PLAIN_FOCAL_Z, 1, "each", "torchvision.ops.sigmoid_focal_loss",
     "sigmoid_focal_loss(z, label, alpha=-1)"),
    ("smoothing", CE_Z_SMOOTH, 1, "mean", "nn.CrossEntropyLoss",
     "nn.CrossEntropyLoss(label_smoothing=0.1)(Z, classes)"),
    ("labels", None, None, None, "nn.BCEWithLogitsLoss", "nn.BCEWithLogitsLoss()(z, sign)"),
    ("labels", None, None, None, "nn.HingeEmbeddingLoss", "nn.HingeEmbeddingLoss()(z, sign)"),
    ("labels", HINGE, 0.5, "mean", "nn.MultiMarginLoss",
     "nn.MultiMarginLoss()(torch.stack([-z / 2, z / 2], -1), label.long())"),
    ("squared-hinge", None, None, None, "nn.MultiMarginLoss", "nn.MultiMarginLoss()(Z, classes)"),
    ("sequences", CTC, 1, "mean per label", "nn.CTCLoss",
     "nn.CTCLoss()(frames.transpose(0, 1).log_softmax(-1), targets, "
     "input_lengths, target_lengths)"),
    ("sequences", CTC, 1, "sum", "nn.CTCLoss",
     'nn.CTCLoss(reduction="sum")(frames.transpose(0, 1).log_softmax(-1), targets, '
     "input_lengths, target_lengths)"),
    ("sequences", None, None, None, "nn.CTCLoss",
     "nn.CTCLoss()(frames.transpose(0, 1).log_softmax(-1), targets, "
     "input_lengths, array([3, 0], True))"),
    ("sequences", None, None, None, "nn.CTCLoss",
     "nn.CTCLoss()(frames.transpose(0, 1), targets, input_lengths, target_lengths)"),
    ("pairs", None, None, None, "pytorch_metric_learning.losses.ContrastiveLoss",
     "ContrastiveLoss(distance=LpDistance(normalize_embeddings=False))("
     "x1, indices_tuple=pairs(same), ref_emb=x2)"),
    ("pairs", None, None, None, "pytorch_metric_learning.losses.ContrastiveLoss",
     "ContrastiveLoss()(x1, indices_tuple=pairs(same), ref_emb=x2)"),
    ("pairs", None, None, None, "nn.HingeEmbeddingLoss",
     "nn.HingeEmbeddingLoss()(distance(x1, x2), same_sign)"),
    ("pairs", None, None, None, "nn.HingeEmbeddingLoss",
     "nn.HingeEmbeddingLoss()(distance(x1, x2), same)"),
    ("pairs", None, None, None, "nn.CosineEmbeddingLoss",
     "nn.CosineEmbeddingLoss()(x1, x2, same_sign)"),
    ("InfoNCE", None, None, None, "nn.functional.cross_entropy",
     "F.cross_entropy(unit(x1) @ unit(x2).T / 0.5, torch.arange(4))"),
    ("InfoNCE", None, None, None, "pytorch_metric_learning.losses.NTXentLoss",
     "NTXentLoss(temperature=0.5)(torch.cat([x1, x2]), torch.arange(4).repeat(2))"),
    ("triplets", TRIPLET, 1, "mean", "nn.TripletMarginLoss",
     "nn.TripletMarginLoss(eps=0)(x1, x2, x3)"),
    ("triplets", None, None, None, "nn.TripletMarginLoss",
     "nn.TripletMarginLoss(eps=0, swap=True)(x1, x2, x3)"),
    ("triplets", None, None, None, "nn.TripletMarginLoss",
     "nn.TripletMarginLoss()(x1, x1, x1 + 0.5)"),
    ("corners", None, None, None, "nn.L1Loss", "slope(lambda x: F.l1_loss(x, array(0.0)), 0.0)"),
    ("corners", None, None, None, "clamp", "slope(lambda x: torch.clamp(1 - x, min=0), 1.0)"),
    ("corners", None, None, None, "nn.functional.relu", "slope(lambda x: F.relu(1 - x), 1.0)"),
    ("corners", None, None, None, "maximum",
     "slope(lambda x: torch.maximum(1 - x, array(0.0)), 1.0)"),
    ("corners", None, None, None, "sqrt", "slope(lambda x: torch.sqrt(x**2), 0.0)"),
    ("corners", None, None, None, "linalg.vector_norm",
     "slope(lambda x: torch.linalg.vector_norm(x[None]), 0.0)"),
]  # fmt: skip

KERAS = [
    ("squared_error", SQUARE, 1, "mean", "losses.MeanSquaredError",
     "losses.MeanSquaredError()(y, y_hat)"),
    ("squared_error", SQUARE, 0.5, "sum", "tensorflow.nn.l2_loss", "tf.nn.l2_loss(y_hat - y)"),
    ("absolute_error", ABSOLUTE, 1, "mean", "losses.MeanAbsoluteError",
     "losses.MeanAbsoluteError()(y, y_hat)"),
    ("huber", HUBER, 1, "mean", "losses.Huber", "losses.Huber(delta=1.5)(y, y_hat)"),
    ("smooth_l1", SMOOTH, 2, "mean", "losses.Huber", "losses.Huber(delta=2.0)(y, y_hat)"),
    ("binary_cross_entropy", BCE, 1, "mean", "losses.BinaryCrossentropy",
     "losses.BinaryCrossentropy()(label, p)"),
    ("binary_cross_entropy_with_logits", BCE_Z, 1, "mean", "losses.BinaryCrossentropy",
     "losses.BinaryCrossentropy(from_logits=True)(label, z)"),
    ("binary_cross_entropy_with_logits", BCE_Z, 1, "each",
     "tensorflow.nn.sigmoid_cross_entropy_with_logits",
     "tf.nn.sigmoid_cross_entropy_with_logits(label, z)"),
    ("cross_entropy", CE, 1, "mean", "losses.CategoricalCrossentropy",
     "losses.CategoricalCrossentropy()(hot, P)"),
    ("cross_entropy", CE, 1, "mean", "losses.SparseCategoricalCrossentropy",
     "losses.SparseCategoricalCrossentropy()(classes, P)"),
    ("cross_entropy_with_logits", CE_Z, 1, "mean", "losses.CategoricalCrossentropy",
     "losses.CategoricalCrossentropy(from_logits=True)(hot, Z)"),
    ("cross_entropy_with_logits", CE_Z, 1, "each",
     "tensorflow.nn.softmax_cross_entropy_with_logits",
     "tf.nn.softmax_cross_entropy_with_logits(hot, Z)"),
    ("focal", FOCAL, 1, "mean", "losses.BinaryFocalCrossentropy",
     "losses.BinaryFocalCrossentropy(apply_class_balancing=True)(label, p)"),
    ("focal_with_logits", FOCAL_Z, 1, "mean", "losses.BinaryFocalCrossentropy",
     "losses.BinaryFocalCrossentropy(apply_class_balancing=True, from_logits=True)(label, z)"),
    ("hinge", HINGE, 1, "mean", "losses.Hinge", "losses.Hinge()(sign, z)"),
    ("contrastive", PAIR, 2, "mean", "tensorflow_addons.losses.contrastive.ContrastiveLoss",
     "ContrastiveLoss()(same, tf.norm(x1 - x2, axis=-1))"),
    ("ctc", CTC, 1, "mean", "losses.CTC", "losses.CTC()(targets, frames)"),
    ("ctc", CTC, 1, "each", "tensorflow.nn.ctc_loss",
     'tf.nn.ctc_loss(targets, tf.cast(frames, "float32"), target_lengths, input_lengths, '
     "logits_time_major=False)"),
    # Traps.
    ("delta", HUBER, 1, "mean", "losses.Huber", "losses.Huber(delta=1.5)(y, y_hat)"),
    ("mean", SQUARE, 1, "mean", "losses.mean_squared_error",
     "losses.mean_squared_error(y, y_hat)"),
    ("mean", SQUARE, 1, "each", "losses.mean_squared_error",
     "losses.mean_squared_error(y[:, None], y_hat[:, None])"),
    ("weights", SQUARE, 1, "mean of weighted", "losses.MeanSquaredError",
     "losses.MeanSquaredError()(y[:, None], y_hat[:, None], sample_weight=w)"),
    ("weights", SQUARE, 1, "weighted mean", "losses.MeanSquaredError",
     'losses.MeanSquaredError("mean_with_sample_weight")(y[:, None], y_hat[:, None], w)'),
    ("weights", SQUARE, 1, "mean times mean weight", "losses.MeanSquaredError",
     "losses.MeanSquaredError()(y, y_hat, sample_weight=w)"),
    ("order", BCE, 1, "mean", "losses.BinaryCrossentropy",
     "losses.BinaryCrossentropy()(label, p)"),
    ("order", None, None, None, "losses.BinaryCrossentropy",
     "losses.BinaryCrossentropy()(p, label)"),
    ("logits", CE, 1, "mean", "losses.CategoricalCrossentropy",
     "losses.CategoricalCrossentropy()(hot, P)"),
    ("logits", CE_OF_P, 1, "mean", "losses.CategoricalCrossentropy",
     "losses.CategoricalCrossentropy(from_logits=True)(hot, P)"),
    ("logits", None, None, None, "losses.CategoricalCrossentropy",
     "losses.CategoricalCrossentropy()(hot, Z)"),
    ("sums", CE, 1, "mean", "losses.CategoricalCrossentropy",
     "losses.CategoricalCrossentropy()(hot, 2 * P)"),
    ("cut", None, None, None, "losses.BinaryCrossentropy",
     "losses.BinaryCrossentropy()(array([1.0]), array([0.0]))"),
    ("cut", None, None, None, "losses.CategoricalCrossentropy",
     "losses.CategoricalCrossentropy()(array([[1.0, 0.0]]), array([[0.0, 1.0]]))"),
    ("precision", None, None, None, "config.floatx", "floatx()"),
    ("precision", None, None, None, "losses.MeanSquaredError",
     'losses.MeanSquaredError(dtype="float32")(array([1e8]), array([1e8 + 1]))'),
    ("precision", None, None, None, "losses.MeanSquaredError",
     'losses.MeanSquaredError(dtype="float64")(array([1e8]), array([1e8 + 1]))'),
    ("smoothing", None, None, None, "losses.BinaryFocalCrossentropy",
     "losses.BinaryFocalCrossentropy(label_smoothing=0.1)(label, p)"),
    ("smoothing", BCE_SMOOTH, 1, "mean", "losses.BinaryCrossentropy",
     "losses.BinaryCrossentropy(label_smoothing=0.1)(label, p)"),
    ("smoothing", CE_SMOOTH, 1, "mean", "losses.CategoricalCrossentropy",
     "losses.CategoricalCrossentropy(label_smoothing=0.1)(hot, P)"),
    ("labels", None, None, None, "losses.BinaryCrossentropy",
     "losses.BinaryCrossentropy(from_logits=True)(sign, z)"),
    ("alpha", FOCAL, 1, "mean", "losses.BinaryFocalCrossentropy",
     "losses.BinaryFocalCrossentropy(apply_class_balancing=True)(label, p)"),
    ("alpha", PLAIN_FOCAL, 1, "mean", "losses.BinaryFocalCrossentropy",
     "losses.BinaryFocalCrossentropy()(label, p)"),
    ("alpha", PLAIN_FOCAL, 1, "mean", "losses.BinaryFocalCrossentropy",
     "losses.BinaryFocalCrossentropy(alpha=0.9)(label, p)"),
    ("alpha", None, None, None, "losses.CategoricalFocalCrossentropy",
     "losses.CategoricalFocalCrossentropy()(hot, P)"),
    ("alpha", None, None, None, "losses.CategoricalFocalCrossentropy",
     "losses.CategoricalFocalCrossentropy(alpha=1.0)(hot, P)"),
    ("alpha", None, None, None, "losses.CategoricalFocalCrossentropy",
     "losses.CategoricalFocalCrossentropy(alpha=[0.25, 0.5, 1.0])(hot, P)"),
    ("pos-weight", BCE_Z, 1, "each pos-weighted",
     "tensorflow.nn.weighted_cross_entropy_with_logits",
     "tf.nn.weighted_cross_entropy_with_logits(label, z, 3.0)"),
    ("ignored", CE_Z, 1, "mean of kept", "losses.SparseCategoricalCrossentropy",
     "losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=1)(classes, Z)"),
    ("ignored", CE_Z, 1, "each of kept", "losses.sparse_categorical_crossentropy",
     "losses.sparse_categorical_crossentropy(classes, Z, from_logits=True, ignore_class=1)"),
    ("squared-hinge", None, None, None, "losses.SquaredHinge", "losses.SquaredHinge()(sign, z)"),
    ("squared-hinge", None, None, None, "losses.CategoricalHinge",
     "losses.CategoricalHinge()(hot, Z)"),
    ("labels", HINGE, 1, "mean", "losses.Hinge", "losses.Hinge()(label, z)"),
    ("labels", None, None, None, "losses.Hinge", "losses.Hinge()(soft, z)"),
    ("triplets", None, None, None, "tensorflow_addons.losses.triplet.TripletSemiHardLoss",
     'TripletSemiHardLoss().call(same, tf.cast(x1, "float32"))'),
    ("sequences", CTC, 1, "mean", "losses.CTC", "losses.CTC()(targets, frames)"),
    ("sequences", CTC_LAST, 1, "each", "tensorflow.nn.ctc_loss",
     'tf.nn.ctc_loss(targets, tf.cast(frames, "float32"), target_lengths, input_lengths, '
     "logits_time_major=False, blank_index=-1)"),
    ("sequences", None, None, None, "tensorflow.nn.ctc_loss",
     'tf.nn.ctc_loss(targets, tf.cast(frames, "float32"), target_lengths, input_lengths)'),
    ("sequences", CTC_LAST, 1, "mean", "losses.CTC",
     "losses.CTC()(tf.where(tf.sequence_mask(target_lengths, 3), targets + 1, 0), "
     "tf.roll(frames, 1, -1))"),
    ("sequences", None, None, None, "losses.CTC",
     "losses.CTC()(targets + 1, tf.roll(frames, 1, -1))"),
    ("sequences", CTC_LAST, 1, "each", "tensorflow.compat.v1.nn.ctc_loss",
     "tf.compat.v1.nn.ctc_loss(tf.sparse.from_dense(targets), frames, input_lengths, "
     "time_major=False)"),
    ("corners", None, None, None, "losses.MeanAbsoluteError",
     "slope(lambda x: losses.mean_absolute_error([0.0], x[None]), 0.0)"),
    ("corners", None, None, None, "losses.Hinge",
     "slope(lambda x: losses.hinge([1.0], x[None]), 1.0)"),
    ("corners", None, None, None, "tensorflow.nn.relu",
     "slope(lambda x: tf.nn.relu(1 - x), 1.0)"),
]  # fmt: skip

OPTAX = [
    ("squared_error", SQUARE, 1, "each", "squared_error", "optax.squared_error(y_hat, y)"),
    ("squared_error", SQUARE, 0.5, "each", "l2_loss", "optax.l2_loss(y_hat, y)"),
    ("huber", HUBER, 1, "each", "huber_loss", "optax.huber_loss(y_hat, y, delta=1.5)"),
    ("smooth_l1", SMOOTH, 2, "each", "huber_loss", "optax.huber_loss(y_hat, y, delta=2.0)"),
    ("binary_cross_entropy_with_logits", BCE_Z, 1, "each", "sigmoid_binary_cross_entropy",
     "optax.sigmoid_binary_cross_entropy(z, label)"),
    ("binary_cross_entropy_with_logits", BCE_Z_SOFT, 1, "each", "sigmoid_binary_cross_entropy",
     "optax.sigmoid_binary_cross_entropy(z, soft)"),
    ("cross_entropy_with_logits", CE_Z, 1, "each", "softmax_cross_entropy_with_integer_labels",
     "optax.softmax_cross_entropy_with_integer_labels(Z, classes)"),
    ("cross_entropy_with_logits", CE_Z_SOFT, 1, "each", "softmax_cross_entropy",
     "optax.softmax_cross_entropy(Z, blend)"),
    ("focal_with_logits", FOCAL_Z, 1, "each", "sigmoid_focal_loss",
     "optax.sigmoid_focal_loss(z, label, alpha=0.25)"),
    ("hinge", HINGE, 1, "each", "hinge_loss", "optax.hinge_loss(z, sign)"),
    ("triplet", TRIPLET, 1, "each", "losses.triplet_margin_loss",
     "optax.losses.triplet_margin_loss(x1, x2, x3, margin=1.0, eps=0)"),
    ("ctc", CTC, 1, "each", "ctc_loss", "optax.ctc_loss(frames, no_padding, targets, padding)"),
    # Traps.
    ("delta", HUBER, 1, "each", "huber_loss", "optax.huber_loss(y_hat, y, delta=1.5)"),
    ("alpha", PLAIN_FOCAL_Z, 1, "each", "sigmoid_focal_loss",
     "optax.sigmoid_focal_loss(z, label)"),
    ("precision", None, None, None, "squared_error",
     "optax.squared_error(array(1e8 + 1).astype('float32'), array(1e8).astype('float32'))"),
    ("smoothing", CE_Z_SMOOTH, 1, "each", "smooth_labels",
     "optax.softmax_cross_entropy(Z, optax.smooth_labels(hot, 0.1))"),
    ("ignored", CE_Z, 1, "each of kept", "softmax_cross_entropy_with_integer_labels",
     "optax.softmax_cross_entropy_with_integer_labels(Z, classes, where=classes != 1)"),
    ("labels", None, None, None, "hinge_loss", "optax.hinge_loss(z, label)"),
    ("squared-hinge", None, None, None, "losses.multiclass_hinge_loss",
     "optax.losses.multiclass_hinge_loss(Z, classes)"),
    ("InfoNCE", None, None, None, "losses.ntxent",
     "optax.losses.ntxent(jax.numpy.concatenate([x1, x2]), jax.numpy.tile(jax.numpy.arange(4), 2), "
     "temperature=0.5)"),
    ("sequences", CTC, 1, "each", "ctc_loss",
     "optax.ctc_loss(frames, no_padding, targets, padding)"),
    ("triplets", None, None, None, "losses.triplet_margin_loss",
     "optax.losses.triplet_margin_loss(x1, x1, x1 + 0.5)"),
    ("corners", None, None, None, "jax.numpy.abs", "slope(lambda x: jax.numpy.abs(x), 0.0)"),
    ("corners", None, None, None, "hinge_loss", "slope(lambda x: optax.hinge_loss(x, 1.0), 1.0)"),
    ("corners", None, None, None, "jax.nn.relu", "slope(lambda x: jax.nn.relu(1 - x), 1.0)"),
]  # fmt: skip

SKLEARN = [
    ("squared_error", SQUARE, 1, "mean", "metrics.mean_squared_error",
     "mean_squared_error(y, y_hat)"),
    ("squared_error", SQUARE, 0.5, "each", "_loss.loss.HalfSquaredError",
     "HalfSquaredError().loss_gradient(y, y_hat)"),
    ("absolute_error", ABSOLUTE, 1, "mean", "metrics.mean_absolute_error",
     "mean_absolute_error(y, y_hat)"),
    ("absolute_error", ABSOLUTE, 0.5, "mean", "metrics.mean_pinball_loss",
     "mean_pinball_loss(y, y_hat)"),
    ("absolute_error", ABSOLUTE, 1, "each", "_loss.loss.AbsoluteError",
     "AbsoluteError().loss_gradient(y, y_hat)"),
    ("huber", HUBER, 2, "sum", "linear_model.HuberRegressor",
     "_huber_loss_and_gradient(np.ones(2), y_hat[:, None], y, 1.5, 0, np.ones(6))[0] - 6"),
    ("huber", HUBER, 1, "each", "_loss.loss.HuberLoss",
     "HuberLoss(delta=1.5).loss_gradient(y, y_hat)"),
    ("pinball", PINBALL_HALF, 1, "mean", "metrics.mean_pinball_loss",
     "mean_pinball_loss(y, y_hat)"),
    ("pinball", PINBALL, 1, "mean", "metrics.mean_pinball_loss",
     "mean_pinball_loss(y, y_hat, alpha=0.9)"),
    ("pinball", PINBALL, 1, "each", "_loss.loss.PinballLoss",
     "PinballLoss(quantile=0.9).loss_gradient(y, y_hat)"),
    ("binary_cross_entropy", BCE, 1, "mean", "metrics.log_loss", "log_loss(label, p)"),
    ("binary_cross_entropy_with_logits", BCE_Z_SOFT, 1, "each", "_loss.loss.HalfBinomialLoss",
     "HalfBinomialLoss().loss_gradient(soft, z)"),
    ("cross_entropy", CE, 1, "mean", "metrics.log_loss", "log_loss(classes, P)"),
    ("cross_entropy_with_logits", CE_Z, 1, "each", "_loss.loss.HalfMultinomialLoss",
     "HalfMultinomialLoss(n_classes=3).loss_gradient(array(classes), Z)"),
    ("hinge", HINGE, 1, "mean", "metrics.hinge_loss", "hinge_loss(sign, z)"),
    # Traps.
    ("delta", HUBER, 2, "sum", "linear_model.HuberRegressor",
     "_huber_loss_and_gradient(np.ones(2), y_hat[:, None], y, 1.5, 0, np.ones(6))[0] - 6"),
    ("delta", HUBER, 1, "each", "_loss.loss.HuberLoss",
     "HuberLoss(delta=1.5).loss_gradient(y, y_hat)"),
    ("delta", None, None, None, "linear_model.SGDRegressor",
     'SGDRegressor.loss_functions["huber"][1]'),
    ("weights", SQUARE, 1, "weighted mean", "metrics.mean_squared_error",
     "mean_squared_error(y, y_hat, sample_weight=w)"),
    ("order", None, None, None, "metrics.log_loss", "log_loss(p, label)"),
    ("cut", None, None, None, "metrics.log_loss", "log_loss([1], [0.0], labels=[0, 1])"),
    ("pos-weight", BCE, 1, "pos-weighted mean", "metrics.log_loss",
     "log_loss(label, p, sample_weight=1 + 2 * label)"),
    ("labels", HINGE, 1, "mean", "metrics.hinge_loss", "hinge_loss(label, z)"),
    ("squared-hinge", None, None, None, "svm.LinearSVC", "LinearSVC().loss"),
    ("squared-hinge", None, None, None, "linear_model.SGDClassifier", "SGDClassifier().loss"),
    ("corners", None, None, None, "_loss.loss.AbsoluteError",
     "AbsoluteError().gradient(array([0.0]), array([0.0]))[0]"),
    ("corners", None, None, None, "_loss.loss.PinballLoss",
     "PinballLoss(quantile=0.9).gradient(array([0.0]), array([0.0]))[0]"),
]  # fmt: skip

SCIPY = [
    ("squared_error", SQUARE, 0.5, "sum", "optimize.least_squares",
     "least_squares(lambda x: y_hat - y, 0).cost"),
    ("huber", HUBER, 1, "each", "special.huber", "huber(1.5, y_hat - y)"),
    ("huber", HUBER, 1, "sum", "optimize.least_squares",
     'least_squares(lambda x: y_hat - y, 0, loss="huber", f_scale=1.5).cost'),
    ("binary_cross_entropy", BCE, 1, "each", "special.xlogy",
     "-xlogy(label, p) - xlog1py(1 - label, -p)"),
    ("cross_entropy", CE_SOFT, 1, "each", "special.xlogy", "-xlogy(blend, P).sum(-1)"),
    ("cross_entropy_with_logits", CE_Z, 1, "each", "special.logsumexp",
     "logsumexp(Z, axis=-1) - (hot * Z).sum(-1)"),
    # Traps.
    ("delta", HUBER, 1, "each", "special.huber", "huber(1.5, y_hat - y)"),
    ("delta", HUBER, 1, "sum", "optimize.least_squares",
     'least_squares(lambda x: y_hat - y, 0, loss="huber", f_scale=1.5).cost'),
    ("delta", None, None, None, "optimize.least_squares",
     'least_squares(lambda x: y_hat - y, 0, loss="soft_l1", f_scale=1.5).cost'),
]  # fmt: skip


# The packages: each gives its names, how to make an array, and how to differentiate.


def plain(x):
    return np.asarray(x.detach() if hasattr(x, "detach") else x)


def with_torch():
    import torch
    import torch.nn.functional as F
    from pytorch_metric_learning.distances import LpDistance
    from pytorch_metric_learning.losses import ContrastiveLoss, NTXentLoss

    # Its compiled part may be of another build of PyTorch; the loss is Python.
    sys.modules["torchvision._meta_registrations"] = types.ModuleType("unused")
    from torchvision.ops import sigmoid_focal_loss

    def array(x, whole=False):
        return torch.tensor(x, dtype=torch.int64 if whole else torch.float64)

    def gradient(f, *at):
        at = [x.clone().requires_grad_() for x in at]
        return torch.autograd.grad(f(*at).sum(), at)

    def distance(x, y):
        return torch.linalg.vector_norm(x - y, dim=-1)

    def pairs(same):  # row k of x1 with row k of x2 only
        rows = torch.arange(len(same))
        one, two = rows[same == 1], rows[same == 0]
        return one, one, two, two

    names = {"F": F, "nn": torch.nn, "torch": torch, "distance": distance, "pairs": pairs}
    names |= {"sigmoid_focal_loss": sigmoid_focal_loss}
    names |= {"LpDistance": LpDistance, "NTXentLoss": NTXentLoss, "unit": F.normalize}
    names |= {"squared": lambda x, y: ((x - y) ** 2).sum(-1), "ContrastiveLoss": ContrastiveLoss}
    return array, gradient, names


def with_keras():
    import keras
    import tensorflow as tf

    # TensorFlow Addons ended before Keras 3, which its first lines refuse; its losses do not.
    folder = Path(distribution("tensorflow-addons").locate_file("tensorflow_addons"))
    addons = sys.modules["tensorflow_addons"] = types.ModuleType("tensorflow_addons")
    for part in ("losses", "utils"):
        module = types.ModuleType(f"tensorflow_addons.{part}")
        module.__path__ = [str(folder / part)]
        sys.modules[module.__name__] = module
        setattr(addons, part, module)
    engine = sys.modules["keras.src.engine"] = types.ModuleType("keras.src.engine")
    engine.keras_tensor = types.SimpleNamespace(KerasTensor=keras.KerasTensor)
    from tensorflow_addons.losses.contrastive import ContrastiveLoss
    from tensorflow_addons.losses.triplet import TripletSemiHardLoss

    floatx = keras.config.floatx()
    keras.config.set_floatx("float64")

    def array(x, whole=False):
        return tf.constant(x, tf.int32 if whole else tf.float64)

    def gradient(f, *at):
        with tf.GradientTape() as tape:
            tape.watch(at)
            value = f(*at)
        return tape.gradient(value, at)

    names = {"losses": keras.losses, "tf": tf, "floatx": lambda: floatx}
    names |= {"ContrastiveLoss": ContrastiveLoss, "TripletSemiHardLoss": TripletSemiHardLoss}
    return array, gradient, names


def with_optax():
    import jax
    import optax

    def array(x, whole=False):
        return jax.numpy.asarray(x, int if whole else float)

    def gradient(f, *at):
        return jax.grad(lambda *x: f(*x).sum(), tuple(range(len(at))))(*at)

    padding = array([[0, 0, 0], [0, 0, 1]])
    names = {"optax": optax, "jax": jax, "padding": padding, "no_padding": jax.numpy.zeros((2, 6))}
    return array, gradient, names


def with_numpy(*modules):
    names = {}
    for module in modules:
        names |= vars(importlib.import_module(module))

    def array(x, whole=False):
        return np.asarray(x, int if whole else float)

    return array, None, names | {"array": array}


def with_sklearn():
    modules = "_loss.loss", "linear_model._huber", "linear_model", "metrics", "svm"
    return with_numpy(*(f"sklearn.{name}" for name in modules))


def with_scipy():
    return with_numpy("scipy.special", "scipy.optimize")


PACKAGES = {
    "torch": (with_torch, TORCH),
    "keras": (with_keras, KERAS),
    "optax": (with_optax, OPTAX),
    "sklearn": (with_sklearn, SKLEARN),
    "scipy": (with_scipy, SCIPY),
}
NAMES = {"sklearn": "scikit-learn", "tensorflow": "tensorflow-cpu"}
FULL = (
    "torchvision.",
    "tensorflow.",
    "tensorflow_addons.",
    "pytorch_metric_learning.",
    "jax.",
    "keras.",
)


def signature(path):
    """The signature as the package states it, without annotations."""
    f = pydoc.locate(path)
    if isinstance(f, np.ufunc):  # its docstring has better names than x1 and x2
        return f.__doc__.partition("\n")[0].removeprefix(f.__name__)
    try:
        stated = inspect.signature(f)
    except ValueError:
        return ""
    bare = [p.replace(annotation=p.empty) for p in stated.parameters.values() if p.name != "self"]
    text = str(stated.replace(parameters=bare, return_annotation=stated.empty))
    return re.sub(r"<function (\w+) at 0x\w+>", r"\1", text)


def lists(x):
    """Nested lists of numbers; nan and inf, which JSON lacks, as text that numpy reads."""
    if isinstance(x, np.ndarray):
        x = x.tolist()
    if isinstance(x, list):
        return [lists(entry) for entry in x]
    return x if isinstance(x, str) or np.isfinite(x) else str(x)


def record(package):
    """The records of a package."""
    make, rows = PACKAGES[package]
    array, gradient, names = make()
    given = {name: array(x, name in WHOLE) for name, x in INPUTS.items()}
    names = names | given | {"array": array}
    if gradient:
        names["slope"] = lambda f, at: gradient(f, array(at))[0]
    for topic, of, times, reduction, function, call in rows:
        path = function if function.startswith(FULL) else f"{package}.{function}"

        def run(*wrt, call=call, of=of):
            changed = dict(zip(of["arguments"], wrt, strict=False)) if wrt else {}
            return eval(call, names | changed)

        grads = None
        try:
            value = run()
        except Exception as error:
            value = f"{type(error).__name__}"
        else:
            if isinstance(value, tuple):
                value, *grads = value
            elif gradient and of:
                count = len(getattr(book, of["loss"]).wrt)
                grads = gradient(run, *(given[name] for name in of["arguments"][:count]))
            value = lists(plain(value))
            grads = grads and [lists(plain(g)) for g in grads]
        yield {
            "topic": topic, "package": package, "function": path, "call": call, "ours": of,
            "times": times, "reduction": reduction, "value": value, "gradient": grads,
            "normalises": of in (CE, CE_SMOOTH) and ("Categorical" in call or "Entropy" in call),
            "rtol": 1e-6 if package == "keras" and "ctc" in call.lower() else 1e-12,  # float32
        }  # fmt: skip


def main():
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    os.environ |= {"JAX_ENABLE_X64": "1"}
    stored = json.loads(PATH.read_text("utf-8")) if PATH.exists() else {}
    versions, signatures = stored.get("versions", {}), stored.get("signatures", {})
    records = []
    for package in PACKAGES:
        kept = [r for r in stored.get("records", []) if r["package"] == package]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = list(record(package))
        except ImportError as error:
            print(f"{package}: {len(kept)} records kept, for {error}")
            records += kept
            continue
        print(f"{package}: {len(found)} records")
        for name in {r["function"].split(".")[0] for r in found}:
            versions[name] = version(NAMES.get(name, name))
        for r in found:
            signatures[r["function"]] = signature(r["function"])
        records += found
    used = {r["function"] for r in records if signatures.get(r["function"])}
    parts = {
        "about": "What other libraries return; written by tools/record_conventions.py.",
        "versions": dict(sorted(versions.items())),
        "inputs": INPUTS,
        "signatures": {f: s for f, s in sorted(signatures.items()) if f in used},
    }
    lines = [f" {json.dumps(k)}: {json.dumps(v)}" for k, v in parts.items()]
    rows = ",\n  ".join(json.dumps(r) for r in records)
    PATH.write_text("{\n" + ",\n".join(lines) + f',\n "records": [\n  {rows}\n ]\n}}\n', "utf-8")


if __name__ == "__main__":
    main()
