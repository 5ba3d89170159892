// One plain sentence for every technical word, for all pictures and panels. `data-term="learning rate"` on an element
// shows its sentence on hover and on focus (see `controls/Tooltip.svelte`).

const GLOSSARY = {
  model: "What turns the inputs into an answer: layers of weighted sums, each followed by an activation.",
  input: "A number that the network is given: one column of the data, as the network sees it.",
  output: "A number that the network answers with.",
  example: "One row of the data: its inputs and the answer that is wanted.",
  layer: "Units that work side by side: all of them take their inputs from the layer before.",
  "hidden layer": "A layer between the inputs and the outputs; nobody says what its units should answer.",
  "output layer": "The last layer: what its units answer is the network's answer.",
  unit: "A weighted sum of its inputs, plus a bias, put through an activation.",
  weight: "How strongly, and with which sign, an input counts in the weighted sum of a unit; it is learned.",
  bias: "A number that is added to the weighted sum of a unit, whatever the inputs are; it is learned.",
  parameter: "A number that is learned: a weight or a bias.",
  "pre-activation": "The weighted sum of a unit with its bias, z, before the activation is applied.",
  activation:
    "What a unit answers: a curve, such as tanh, applied to its weighted sum; without one, layers would add nothing.",
  relu: "The activation that leaves positive numbers as they are and answers 0 below.",
  "leaky relu": "Like relu, but below 0 it answers a hundredth instead of nothing, so that it can still learn.",
  tanh: "The activation with an S-shaped curve from −1 to 1.",
  sigmoid: "The activation with an S-shaped curve from 0 to 1, which can be read as a probability; written σ.",
  softplus: "A smooth relu.",
  elu: "Like relu, but below 0 it falls smoothly towards −1.",
  gelu: "A smooth relu with a small dip below 0.",
  sin: "The sine as an activation: it repeats itself, which suits what comes in waves.",
  identity: "No activation: the weighted sum is the answer.",
  softmax:
    "The activation of several outputs that makes them positive with a sum of 1, so that they can be read as probabilities.",
  logits: "The weighted sums of the output layer, before sigmoid or softmax makes probabilities of them.",
  prediction: "What the network answers for an example, ŷ.",
  target: "The answer that is wanted for an example, y.",
  loss: "What training makes small: how wrong an answer counts.",
  "cross-entropy":
    "The loss of a probability: minus the logarithm of the one given to what is true; sure and wrong costs most.",
  "squared error": "The loss that squares the difference between answer and target, so that large ones count most.",
  "absolute error":
    "The loss that takes the size of the difference between answer and target, so that outliers count less.",
  huber: "The loss that is squared near the target and straight beyond, so that outliers count less.",
  gradient: "In which direction, and how steeply, the loss grows with each weight and bias: a step goes the other way.",
  backpropagation: "How the gradient is found: from the loss back through the layers, by the chain rule.",
  optimizer:
    "The rule that turns gradients into steps: plain gradient descent, or one that remembers earlier gradients.",
  sgd: "Plain gradient descent: each step goes against the gradient of its batch.",
  momentum: "An optimizer that goes on in the direction of earlier gradients, as a ball rolls on.",
  rmsprop: "An optimizer that divides each gradient by its usual size, so that all parameters move at a similar pace.",
  adam: "An optimizer that joins momentum with a pace of its own for each parameter.",
  "learning rate":
    "How far each step moves the weights against the gradient. Too small learns slowly, too large overshoots.",
  contribution: "What one input adds to the weighted sum of a unit: its value times the weight.",
  update: "What one step adds to a weight or bias: against its gradient, as far as the optimizer makes it go.",
  step: "One update of all weights and biases, from one batch.",
  batch: "The rows looked at together before the weights are updated once.",
  "batch size":
    "Rows looked at before each update of the weights. Few rows give quick, noisy steps; all rows give one steady step an epoch.",
  epoch: "One pass over all training rows.",
  regularization:
    "A price on large weights, or units left out at random, so that the network does not learn rows by heart.",
  l1: "A price on the sum of the weights' sizes, which drives needless weights to zero.",
  l2: "A price on the sum of the squared weights, which keeps all of them small.",
  dropout: "The share of hidden units left out at random in each step, so that none can be relied on alone.",
  "test share":
    "The share of the rows that the network never learns from, kept to see whether it has understood or memorised.",
  "training rows": "The rows that the network learns from.",
  "test rows": "The rows that the network never learns from: how it does on them shows what it has understood.",
  accuracy: "The share of rows for which the predicted class is the true one.",
  r2: "The share of the target's variance that the network explains: 1 is perfect, 0 no better than always the mean.",
  "confusion matrix": "A table that counts, for each true class, how many of its rows were predicted as which class.",
  overfitting: "Learning the training rows by heart: the loss falls on them and grows on others.",
  frozen: "Kept at its value while the rest of the network learns.",
  cut: "Taken out: the weight is 0 and stays so.",
  "switched off": "Taken out: the unit answers 0 and does not learn.",
} as const satisfies Record<string, string>;

export type Term = keyof typeof GLOSSARY;

export const TERMS = Object.keys(GLOSSARY) as Term[];

/** The sentence for a word that the glossary has. */
export function define(term: Term): string {
  return GLOSSARY[term];
}

/** The sentence for what stands in `data-term`; undefined for a word that is not in the glossary. */
export function lookUpTerm(term: string): string | undefined {
  return Object.hasOwn(GLOSSARY, term) ? GLOSSARY[term as Term] : undefined;
}

/** What makes an element show the sentence for a word; to be spread. See `tip.ts` about the description. */
export const defined = (term: Term) => ({ "data-term": term, "aria-description": define(term) });
