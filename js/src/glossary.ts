// One plain sentence for every technical word. `controls/Tooltip.svelte` shows it wherever the word stands; an element
// with `data-term="learning rate"` shows that of another word than it says.

const GLOSSARY = {
  "neural network": "A chain of layers whose weights are found by training, so that it answers as the data asks.",
  model: "What turns the inputs into an answer: layers of weighted sums, each followed by an activation.",
  input: "A number that the network is given: one column of the data, as the network sees it.",
  output: "A number that the network answers with.",
  example: "One row of the data: its inputs and the answer that is wanted.",
  class: "One of the kinds that the network tells apart, such as the species of a flower.",
  classification: "The task of finding the class of an example; binary where there are two.",
  regression: "The task of finding a number for an example, such as a price.",
  probability: "A number from 0 to 1 for how likely something is.",
  scaled: "Moved and stretched so that the mean over the training rows is 0 and the standard deviation 1.",
  layer: "Units that work side by side: all of them take their inputs from the layer before.",
  "hidden layer": "A layer between the inputs and the outputs; nobody says what its units should answer.",
  "output layer": "The last layer: what its units answer is the network's answer.",
  unit: "A weighted sum of its inputs, plus a bias, put through an activation.",
  weight: "How strongly, and with which sign, an input counts in the weighted sum of a unit; it is learned.",
  bias: "A number that is added to the weighted sum of a unit, whatever the inputs are; it is learned.",
  parameter: "A number that is learned: a weight or a bias.",
  matrix: "Numbers in rows and columns: of weights, a row for each input and a column for each unit.",
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
  "true class": "The class that the data says an example has.",
  loss: "What training makes small: how wrong an answer counts.",
  "cross-entropy":
    "The loss of a probability: minus the logarithm of the one given to what is true; sure and wrong costs most.",
  "squared error": "The loss that squares the difference between answer and target, so that large ones count most.",
  "absolute error":
    "The loss that takes the size of the difference between answer and target, so that outliers count less.",
  huber: "The loss that is squared near the target and straight beyond, so that outliers count less.",
  gradient: "In which direction, and how steeply, the loss grows with each weight and bias: a step goes the other way.",
  "chain rule": "The slope of one function after another is the product of their slopes.",
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
  training: "Changing the weights and biases step by step, so that the loss becomes small.",
  diverged: "Grown beyond all bounds instead of settling; a smaller learning rate helps most often.",
  seed: "The number that chance starts from: the same seed gives the same first weights and order of rows, or the same points.",
  compiling: "Turning the network into fast machine code, which a new shape needs once.",
  kernel: "The Python process behind the notebook; the network lives and trains there.",
  branch: "One way that training went: going back and training on from there begins another.",
  regularization:
    "A price on large weights, or units left out at random, so that the network does not learn rows by heart.",
  l1: "A price on the sum of the weights' sizes, which drives needless weights to zero.",
  l2: "A price on the sum of the squared weights, which keeps all of them small.",
  dropout: "The share of hidden units left out at random in each step, so that none can be relied on alone.",
  schedule: "How the learning rate changes while the network trains: large steps to get near, small ones to settle.",
  initialization:
    "Where the weights start: at random, so wide that the units neither saturate nor fall silent; all at zero they would stay alike.",
  "early stopping":
    "Stops training when the test loss has not been lower for so many epochs, before the network learns rows by heart.",
  "test share":
    "The share of the rows that the network never learns from, kept to see whether it has understood or memorized.",
  "training rows": "The rows that the network learns from.",
  "test rows": "The rows that the network never learns from: how it does on them shows what it has understood.",
  "logarithmic axis": "An axis on which every factor of ten takes the same room.",
  accuracy: "The share of rows for which the predicted class is the true one.",
  r2: "The share of the target's variance that the network explains: 1 is perfect, 0 no better than always the mean.",
  "confusion matrix": "A table that counts, for each true class, how many of its rows were predicted as which class.",
  "dead unit": "A unit that answers 0 to every row: it has no slope anywhere, so that no gradient reaches its weights.",
  "saturated unit":
    "A unit whose weighted sums are so large that its curve is flat: hardly any gradient comes through.",
  "vanishing gradient":
    "A gradient that gets smaller with each layer on its way back, until the first layers hardly learn.",
  "exploding gradient": "A gradient so large that one step throws away what was learned.",
  "loss landscape": "The loss as a height over all weights there could be: training walks down it, to a valley.",
  "principal component": "A direction in which something varies most; the second one is square to it and varies next.",
  overfitting: "Learning the training rows by heart: the loss falls on them and grows on others.",
  frozen: "Kept at its value while the rest of the network learns.",
  cut: "Taken out: the weight is 0 and stays so.",
  "switched off": "Taken out: the unit answers 0 and does not learn.",
} as const satisfies Record<string, string>;

export type Term = keyof typeof GLOSSARY;

export const TERMS = Object.keys(GLOSSARY) as Term[];

/** How else a word is written, its plural apart; and where it is not as in the glossary, how it is written in a list. */
const OTHERWISE: Partial<Record<Term, readonly string[]>> = {
  activation: ["activations", "activation function"],
  backpropagation: ["backward"],
  bias: ["biases"],
  class: ["classes"],
  compiling: ["compiled"],
  "confusion matrix": ["confusion"],
  cut: ["mend"],
  diverged: ["diverges"],
  frozen: ["freeze", "freezes"],
  gradient: ["slope", "slopes"],
  l1: ["L1"],
  l2: ["L2"],
  "logarithmic axis": ["log"],
  loss: ["losses"],
  matrix: ["matrices"],
  "pre-activation": ["weighted sum", "weighted sums"],
  prediction: ["predicted", "ŷ"],
  r2: ["R²"],
  regularization: ["penalty"],
  "switched off": ["switch off", "switches off"],
  "test rows": ["test row", "test"],
  "training rows": ["training row", "train"],
  "true class": ["true classes"],
};

/** The sentence for a word that the glossary has. */
export function define(term: Term): string {
  return GLOSSARY[term];
}

/** The sentence for what stands in `data-term`; undefined for a word that is not in the glossary. */
export function lookUpTerm(term: string): string | undefined {
  return Object.hasOwn(GLOSSARY, term) ? GLOSSARY[term as Term] : undefined;
}

/** A word as a heading of its explanation: "Learning rate", "L1", "R²". */
export function titleOf(term: Term): string {
  const name =
    { r2: "R²", sgd: "SGD", relu: "ReLU", elu: "ELU", gelu: "GELU", rmsprop: "RMSProp" }[term as string] ?? term;
  return name[0]?.toUpperCase() + name.slice(1);
}

const BY_FORM = new Map(
  TERMS.flatMap((term) =>
    [term, `${term}s`, ...(OTHERWISE[term] ?? [])].map((form) => [form.toLowerCase(), term] as const),
  ),
);
// The longest first: "learning rate" is not a rate.
const FORMS = [...BY_FORM.keys()].sort((one, other) => other.length - one.length).join("|");
const WORDS = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${FORMS})(?![\\p{L}\\p{N}_])`, "giu");

/** The technical words of a text, and where they stand in it. */
export function termsIn(text: string): { term: Term; start: number; end: number }[] {
  return Array.from(text.matchAll(WORDS), (match) => ({
    term: BY_FORM.get(match[0].toLowerCase()) as Term,
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** What makes an element show the sentence for a word; to be spread. See `tip.ts` about the description. */
export const defined = (term: Term) => ({ "data-term": term, "aria-description": define(term) });
