// The support vector machine in the plane. lossbook/explorers.py has the same in numpy.

/**
 * The line w . x + b = 0 of least |w|^2 / 2 + C * (the sum of hinge losses), by sequential
 * minimal optimisation: the weights of two points at a time, those that have most to gain.
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
