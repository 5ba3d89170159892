// Activations and losses as functions of one number, true to scale: the same as in the kernel's tables.

/** a = f(z), of every activation but softmax, which has no curve of one variable. */
export const ACTIVATIONS: Readonly<Record<string, (z: number) => number>> = {
  relu: (z) => Math.max(0, z),
  leaky_relu: (z) => Math.max(0.01 * z, z),
  tanh: Math.tanh,
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  softplus: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  gelu: (z) => (z / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))),
  sin: Math.sin,
  identity: (z) => z,
};

export function softmax(z: readonly number[]): number[] {
  // Taking the largest from all changes nothing and keeps the powers finite.
  const most = Math.max(...z);
  const powers = z.map((one) => Math.exp(one - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** What an activation makes of the sums of a whole layer. */
export function activate(activation: string, z: readonly number[]): number[] {
  if (activation === "softmax") return softmax(z);
  const f = ACTIVATIONS[activation];
  if (!f) throw new Error(`There is no curve for the activation ${activation}.`);
  return z.map(f);
}

/** The loss of a prediction a where y is wanted; of several outputs this is what one of them adds. */
export const LOSSES: Readonly<Record<string, (a: number, y: number) => number>> = {
  // 0 · ln 0 is 0 here: an answer that is not wanted at all costs nothing.
  cross_entropy: (a, y) => times(-y, Math.log(a)) + times(y - 1, Math.log1p(-a)),
  mse: (a, y) => (a - y) ** 2,
  mae: (a, y) => Math.abs(a - y),
  huber: (a, y) => {
    const error = Math.abs(a - y);
    return error <= 1 ? error ** 2 / 2 : error - 0.5;
  },
};

const times = (share: number, logarithm: number) => (share === 0 ? 0 : share * logarithm);

export function lossOf(loss: string): (a: number, y: number) => number {
  const f = LOSSES[loss];
  if (!f) throw new Error(`There is no curve for the loss ${loss}.`);
  return f;
}
