"""The losses of the book: each defined once, in sympy, and everything else derived from that."""

from lossbook.classification import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_with_logits,
    focal,
    focal_with_logits,
    hinge,
)
from lossbook.embedding import contrastive, triplet
from lossbook.regression import absolute_error, huber, pinball, smooth_l1, squared_error
from lossbook.sequence import ctc

__all__ = [
    "absolute_error",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "contrastive",
    "cross_entropy",
    "cross_entropy_with_logits",
    "ctc",
    "focal",
    "focal_with_logits",
    "hinge",
    "huber",
    "pinball",
    "smooth_l1",
    "squared_error",
    "triplet",
]
__version__ = "0.1.0"
