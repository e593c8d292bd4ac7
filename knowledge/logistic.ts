/** Logistic regression on few features: small enough to read, exact enough to repeat. */

export type LogisticModel = { mean: number[]; scale: number[]; weights: number[]; bias: number };

export type Example = { features: number[]; right: boolean; weight: number };

/** Probability, 0-1, that the example is right. */
export function probability(model: LogisticModel, features: number[]): number {
  let sum = model.bias;
  for (let i = 0; i < model.weights.length; i += 1) sum += (model.weights[i] ?? 0) * (((features[i] ?? 0) - (model.mean[i] ?? 0)) / (model.scale[i] ?? 1));
  return 1 / (1 + Math.exp(-sum));
}

/** Fits by gradient descent with momentum and a small L2; the same examples always give the same model. */
export function fitLogistic(examples: Example[], steps = 600, l2 = 0.002): LogisticModel {
  const size = examples[0]?.features.length ?? 0;
  const total = examples.reduce((sum, example) => sum + example.weight, 0);
  const mean = Array.from({ length: size }, (_, i) => examples.reduce((sum, example) => sum + example.weight * (example.features[i] ?? 0), 0) / total);
  const scale = mean.map((center, i) => Math.sqrt(examples.reduce((sum, example) => sum + example.weight * ((example.features[i] ?? 0) - center) ** 2, 0) / total) || 1);
  const model: LogisticModel = { mean, scale, weights: mean.map(() => 0), bias: 0 };
  const rows = examples.map((example) => ({ x: example.features.map((value, i) => (value - (mean[i] ?? 0)) / (scale[i] ?? 1)), y: example.right ? 1 : 0, w: example.weight / total }));
  const speed = model.weights.map(() => 0);
  let biasSpeed = 0;
  for (let step = 0; step < steps; step += 1) {
    const slope = model.weights.map((weight) => l2 * weight);
    let biasSlope = 0;
    for (const { x, y, w } of rows) {
      let sum = model.bias;
      for (let i = 0; i < size; i += 1) sum += (model.weights[i] ?? 0) * (x[i] ?? 0);
      const error = w * (1 / (1 + Math.exp(-sum)) - y);
      for (let i = 0; i < size; i += 1) slope[i] = (slope[i] ?? 0) + error * (x[i] ?? 0);
      biasSlope += error;
    }
    for (let i = 0; i < size; i += 1) {
      speed[i] = 0.9 * (speed[i] ?? 0) - 0.5 * (slope[i] ?? 0);
      model.weights[i] = (model.weights[i] ?? 0) + (speed[i] ?? 0);
    }
    biasSpeed = 0.9 * biasSpeed - 0.5 * biasSlope;
    model.bias += biasSpeed;
  }
  return model;
}
