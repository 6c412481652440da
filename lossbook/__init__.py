"""The losses of the book: each defined once, in sympy, and everything else derived from that."""

from lossbook.regression import absolute_error, huber, smooth_l1, squared_error

__all__ = ["absolute_error", "huber", "smooth_l1", "squared_error"]
__version__ = "0.1.0"
