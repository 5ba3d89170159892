import { expect, test } from "vitest";
import type { CodePart } from "../protocol";
import { essentialParts, type Ingredient } from "./essence";

/** Text in parts, its terms in between: "a ‹w1› b". */
function partsOf(ingredient: Ingredient | null, text: string): CodePart[] {
  return text.split(/(?=‹)|(?<=›)/).map((piece) => {
    const term = piece.match(/^‹(.*)›$/)?.[1] ?? null;
    return { text: term ?? piece, ingredient, term };
  });
}
const textOf = (parts: readonly CodePart[]) => parts.map(({ text }) => text).join("");

const PARAMS = `# 1. The model and its parameters
random = np.random.default_rng(0)


def draw(inputs, units):
    return random.uniform(-1, 1, (inputs, units))


params = {
    "w1": draw(2, 1),
}


`;
const JAX = [
  ...partsOf(null, "# A network\n\nimport jax\n\n"),
  ...partsOf("model", PARAMS),
  ...partsOf("model", "def logits(params, x):\n    ‹z1› = x @ ‹w1›\n    return ‹z1›\n\n\n"),
  ...partsOf("model", "def model(params, x):\n    return sigmoid(logits(params, x))\n\n\n"),
  ...partsOf("loss", "# 2. The loss\nl2 = 0.1\n\n\ndef loss(params, x, y):\n    # why\n    return 1\n\n\n"),
  ...partsOf("optimizer", "# 3. The optimiser\nlearning_rate = 0.03\nopt_state = {}  # no memory\n\n\n"),
  ...partsOf("optimizer", "@jax.jit\ndef update(params, opt_state, x, y):\n    return params, opt_state\n"),
];

test("of the model its functions are essential, not how the parameters are drawn", () => {
  const parts = essentialParts(JAX, "model");
  expect(textOf(parts)).toBe(
    "def logits(params, x):\n    z1 = x @ w1\n    return z1\ndef model(params, x):\n    return sigmoid(logits(params, x))",
  );
  expect(parts.filter(({ term }) => term).map(({ text }) => text)).toEqual(["z1", "w1", "z1"]);
});

test("of the loss its function is essential, with what it says about itself", () => {
  expect(textOf(essentialParts(JAX, "loss"))).toBe("def loss(params, x, y):\n    # why\n    return 1");
});

test("of the optimizer the learning rate and the update are essential", () => {
  expect(textOf(essentialParts(JAX, "optimizer"))).toBe(
    "learning_rate = 0.03\ndef update(params, opt_state, x, y):\n    return params, opt_state",
  );
});

test("in NumPy the forward pass is the model", () => {
  const numpy = [
    ...partsOf("model", "def sigmoid(z):\n    return 1\n\n\ndef forward(params, x):\n    return ‹z1›, ‹a1›\n\n\n"),
    ...partsOf("model", "def model(params, x):\n    *_, ‹a1› = forward(params, x)\n    return ‹a1›\n\n\n"),
    ...partsOf("optimizer", "def gradient(params, x, y):\n    return {}\n\n\ndef update(params):\n    return params\n"),
  ];
  expect(textOf(essentialParts(numpy, "model"))).toBe("def forward(params, x):\n    return z1, a1");
  expect(textOf(essentialParts(numpy, "optimizer"))).toBe("def update(params):\n    return params");
});

test("of nothing nothing is essential", () => {
  expect(essentialParts([], "model")).toEqual([]);
});
