"""Losses of distances between vectors of shape (..., D)."""

from lossbook.classification import LABEL
from lossbook.loss import SWITCH, Vector, loss
from lossbook.shapes import (
    difference,
    difference_of_squares,
    distance,
    positive_part,
    weighted_square,
)


@loss
def contrastive(x1: Vector, x2: Vector, /, y: LABEL, *, margin=1.0):
    """Half the squared distance of similar pairs (y = 1); of others (y = 0), of what it lacks.

    The margin is a distance. Where two vectors are equal the gradient is 0, and of dissimilar ones
    the Hessian is huge, since the loss has a kink there.
    Hadsell, Chopra and LeCun (2006), equation 4, where Y = 1 - y.

    >>> contrastive([[0.0, 0.0]], [[0.3, 0.4]], [0]).round(4)
    array([0.125])
    """
    d = distance(x1, x2)
    return weighted_square(y / 2, d) + weighted_square((1 - y) / 2, positive_part(margin - d))


@loss
def triplet(
    anchor: Vector, positive: Vector, negative: Vector, /, *, margin=0.2, squared: SWITCH = True
):
    """max(0, margin + distance to the positive - distance to the negative), distances squared.

    squared=False: distances as they are. The margin has the distances' unit. Where two
    vectors are equal, the derivative of their distance is taken as 0; the Hessian of unsquared
    distances is huge there. If twice a difference of entries exceeds the largest float64, the loss
    is not exact, and its derivatives may be inf or nan.
    Schroff, Kalenichenko and Philbin (2015), FaceNet, equation 3.

    >>> triplet([[0.0, 0.0]], [[0.3, 0.4]], [[0.5, 0.0]]).round(4)
    array([0.2])
    """
    near, far = distance(anchor, positive), distance(anchor, negative)
    gap = difference_of_squares(near, far) if squared else difference(near, far)
    return positive_part(gap + margin)
