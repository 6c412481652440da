// Lines a + b x and guesses fitted to points under a loss. lossbook/explorers.py has the same in numpy.

/** Weighted least squares: [a, b]. */
export function leastSquares(xs, ys, weights) {
  let [total, xMean, yMean] = [0, 0, 0];
  weights.forEach((weight, i) => {
    total += weight;
    xMean += weight * xs[i];
    yMean += weight * ys[i];
  });
  xMean /= total;
  yMean /= total;
  let [sxx, sxy] = [0, 0];
  weights.forEach((weight, i) => {
    sxx += weight * (xs[i] - xMean) ** 2;
    sxy += weight * (xs[i] - xMean) * (ys[i] - yMean);
  });
  const b = sxy / sxx;
  return [yMean - b * xMean, b];
}

/** Iteratively reweighted least squares, each point weighted by gradient / residual. */
export function irls({ gradient }, xs, ys) {
  let line = leastSquares(xs, ys, xs.map(() => 1));
  for (let round = 0; round < 5000; round++) {
    const [a, b] = line;
    const weights = xs.map((x, i) => {
      const residual = a + b * x - ys[i] || 1e-9; // the weight at 0 is a limit
      return gradient(ys[i] + residual, ys[i]) / residual;
    });
    line = leastSquares(xs, ys, weights);
    if (Math.abs(line[0] - a) + Math.abs(line[1] - b) < 1e-13) break;
  }
  return line;
}

/**
 * The best of the lines through two points. Exact where the loss is made of straight pieces:
 * then some line of least total loss passes through two points.
 */
export function vertices({ value }, xs, ys) {
  let best = [0, 0];
  let least = Infinity;
  for (let i = 0; i < xs.length; i++) {
    for (let j = i + 1; j < xs.length; j++) {
      const b = (ys[j] - ys[i]) / (xs[j] - xs[i]);
      const a = ys[i] - b * xs[i];
      const total = xs.reduce((sum, x, k) => sum + value(a + b * x, ys[k]), 0);
      if (total < least) [best, least] = [[a, b], total];
    }
  }
  return best;
}

/**
 * The number of least total loss for targets, the smallest where there are several: bisection
 * of the total slope, for a loss that is convex and least at the target.
 */
export function bestGuess({ gradient }, targets) {
  let [low, high] = [Math.min(...targets), Math.max(...targets)];
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    const slopes = targets.map((y) => gradient(middle, y));
    const size = slopes.reduce((sum, slope) => sum + Math.abs(slope), 0);
    const rising = slopes.reduce((sum, slope) => sum + slope, 0) >= -1e-14 * size; // up to rounding
    [low, high] = rising ? [low, middle] : [middle, high];
  }
  return high;
}

export const methods = { irls, vertices };
