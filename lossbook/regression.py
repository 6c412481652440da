"""Losses of a number: the prediction y_hat and the target y are finite numbers of one unit."""

from lossbook.loss import Domain, loss
from lossbook.shapes import absolute, huber_function, unit_huber_function, weighted_excess

LEVEL = Domain("a number above 0 and below 1", lambda q: (q > 0) & (q < 1))


@loss
def squared_error(y_hat, /, y):
    """(y_hat - y)^2; its mean is the MSE. No factor 1/2. Legendre (1805), Gauss (1809).

    >>> squared_error([0.5, 3.0], [0.0, 1.0]).round(4)
    array([0.25, 4.  ])
    """
    return (y_hat - y) ** 2


@loss
def absolute_error(y_hat, /, y):
    """abs(y_hat - y); its mean is the MAE. At y_hat = y the gradient is 0. Laplace (1774).

    >>> absolute_error([0.5, 3.0], [0.0, 1.0]).round(4)
    array([0.5, 2. ])
    """
    return absolute(y_hat - y)


@loss
def huber(y_hat, /, y, *, delta=1.0):
    """Half the squared error up to delta, then a line of slope delta; delta in the unit of y.

    It is inf where y_hat - y exceeds the largest float64, even if delta times that would fit.
    Huber (1964), Robust estimation of a location parameter, Ann. Math. Statist. 35, 73-101.

    >>> huber([0.5, 3.0], [0.0, 1.0]).round(4)
    array([0.125, 1.5  ])
    """
    return huber_function(y_hat - y, delta)


@loss
def smooth_l1(y_hat, /, y, *, beta=1.0):
    """Huber's loss with delta = beta, divided by beta: its lines have slope 1.

    It is inf where y_hat - y exceeds the largest float64.
    Girshick (2015), Fast R-CNN, equation 3, for beta = 1.

    >>> smooth_l1([0.5, 3.0], [0.0, 1.0], beta=0.5).round(4)
    array([0.25, 1.75])
    """
    return unit_huber_function(y_hat - y, beta)


@loss
def pinball(y_hat, /, y, *, quantile: LEVEL = 0.5):
    """The quantile loss: each unit too low costs quantile, each unit too high 1 - quantile.

    Its mean is least at that quantile of y; at 0.5 it is half the absolute error. The gradient is
    -quantile below y and 1 - quantile above; at y_hat = y it is 0, one of the subgradients there.
    Koenker and Bassett (1978), Regression quantiles, Econometrica 46, 33-50.

    >>> pinball([0.5, 3.0], [1.0, 1.0], quantile=0.9).round(4)
    array([0.45, 0.2 ])
    """
    return weighted_excess(quantile, y, y_hat) + weighted_excess(1 - quantile, y_hat, y)
