// The shape of each activation function, as a small picture inside a unit.
const FUNCTIONS: Record<string, (z: number) => number> = {
  relu: (z) => Math.max(0, z),
  leaky_relu: (z) => (z > 0 ? z : 0.1 * z),
  tanh: (z) => 2.4 * Math.tanh(z),
  sigmoid: (z) => 4.8 / (1 + Math.exp(-z * 1.6)) - 2.4,
  softplus: (z) => Math.log1p(Math.exp(z)),
  elu: (z) => (z > 0 ? z : Math.exp(z) - 1),
  gelu: (z) => (z / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))),
  sin: (z) => 2 * Math.sin(z * 1.4),
  identity: (z) => z,
};

const REACH = 3;
const POINTS = 24;

/**
 * An SVG path of a function in a square from -1 to 1 (y downwards), not to scale: flat ones are stretched until their
 * shape can be seen. Softmax, which has no curve of one variable, is drawn as bars.
 */
export function curvePath(activation: string): string {
  if (activation === "softmax") return "M-0.7 0.7V0.35M-0.23 0.7V-0.7M0.23 0.7V0.1M0.7 0.7V0.45";
  const f = FUNCTIONS[activation];
  if (!f) return "";
  const points = Array.from({ length: POINTS + 1 }, (_, i) => {
    const z = REACH * ((2 * i) / POINTS - 1);
    return `${(z / REACH).toFixed(3)} ${(-f(z) / REACH).toFixed(3)}`;
  });
  return `M${points.join("L")}`;
}
