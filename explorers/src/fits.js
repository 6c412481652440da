// Fits to data under a loss: lines, constants, the support vector machine, forces of pairs.
// lossbook/fits.py has the same functions in numpy.

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

/** Lines a + b x by the names that `fitting_method` of lossbook/fits.py gives. */
export const methods = { irls, vertices };

/**
 * The number of least total loss for targets, the smallest where there are several: bisection
 * of the total slope, for a loss that is convex and least at the target.
 */
export function bestConstant({ gradient }, targets) {
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

/**
 * The line w . x + b = 0 of least |w|^2 / 2 + C * (the sum of hinge losses), by sequential
 * minimal optimisation: the weights of two points at a time, the most violating pair.
 *
 * points: [[x, y]], labels: -1 or 1, of both at least one. Returns { w, b, weights }.
 */
export function separate(points, labels, C) {
  const weights = labels.map(() => 0);
  let [w0, w1] = [0, 0];
  for (let round = 0; ; round++) {
    const f = points.map(([x, y], i) => w0 * x + w1 * y - labels[i]);
    let [i, j] = [-1, -1];
    labels.forEach((label, k) => {
      const [hasRoom, hasWeight] = [weights[k] < C, weights[k] > 0];
      if ((label > 0 ? hasRoom : hasWeight) && (i < 0 || f[k] < f[i])) i = k;
      if ((label > 0 ? hasWeight : hasRoom) && (j < 0 || f[k] > f[j])) j = k;
    });
    const gain = f[j] - f[i];
    if (gain < 1e-9 || round === 20000) return { w: [w0, w1], b: -(f[i] + f[j]) / 2, weights };
    const [dx, dy] = [points[i][0] - points[j][0], points[i][1] - points[j][1]];
    const step = Math.min(
      gain / Math.max(dx * dx + dy * dy, 1e-300), // two points may stand at one place
      labels[i] > 0 ? C - weights[i] : weights[i],
      labels[j] > 0 ? weights[j] : C - weights[j],
    );
    weights[i] += labels[i] * step;
    weights[j] -= labels[j] * step;
    w0 += step * dx;
    w1 += step * dy;
  }
}

/**
 * All pairs of points, each { i, k, similar, loss, size: of its force }, and the force on each
 * point: minus the gradient of the sum of the losses. Points with equal labels are similar.
 */
export function pairForces({ value, gradient }, points, labels) {
  const forces = points.map((point) => point.map(() => 0));
  const pairs = [];
  for (let i = 0; i < points.length; i++) {
    for (let k = i + 1; k < points.length; k++) {
      const similar = labels[i] === labels[k];
      const pair = [points[i], points[k], similar ? 1 : 0];
      const slopes = gradient(...pair);
      [i, k].forEach((at, n) => {
        forces[at] = forces[at].map((force, axis) => force - slopes[n][axis]);
      });
      pairs.push({ i, k, similar, loss: value(...pair), size: Math.hypot(...slopes[0]) });
    }
  }
  return { pairs, forces };
}
