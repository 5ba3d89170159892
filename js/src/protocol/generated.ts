// Generated from the Python side by scripts/protocol.py (make protocol). Do not edit.

/**
 * Give a hidden layer this many units; new ones come last, the last ones go first.
 */
export interface SetUnits {
  type: "set_units";
  layer: number;
  units: number;
}

/**
 * Take one unit out of a hidden layer.
 */
export interface RemoveUnit {
  type: "remove_unit";
  layer: number;
  unit: number;
}

/**
 * Insert a hidden layer so that it has index ``at`` (None: just before the output).
 */
export interface AddLayer {
  type: "add_layer";
  units: number;
  at?: number | null;
  activation?: string | null;
}

/**
 * Take a hidden layer out.
 */
export interface RemoveLayer {
  type: "remove_layer";
  layer: number;
}

/**
 * Change the activation of a layer, the output layer included.
 */
export interface SetActivation {
  type: "set_activation";
  layer: number;
  activation: string;
}

/**
 * Change settings; those left out stay as they are.
 */
export interface Configure {
  type: "configure";
  learning_rate?: number;
  batch_size?: number | null;
  optimizer?: string;
  loss?: string;
  l1?: number;
  l2?: number;
  dropout?: number;
  test_size?: number;
  speed?: number | null;
  new_units?: string;
  device?: string;
  timeline_mb?: number;
  schedule?: string;
  schedule_epochs?: number;
  initialization?: string;
  early_stopping?: number | null;
}

/**
 * Replace the data by points that are made (see ``datasets.make``); what is left out is as usual for them.
 */
export interface MakeData {
  type: "make_data";
  name: string;
  n?: number | null;
  noise?: number | null;
  seed?: number;
  formula?: string;
}

/**
 * Replace the data by real data (see ``datasets.LOADED``).
 */
export interface LoadData {
  type: "load_data";
  name: string;
}

/**
 * Replace the data by a table that this page has sent (see ``SendTable``).
 *
 * Attributes:
 *     target: the column to predict.
 *     columns: those to predict it from.
 *     drop_missing: leave out the rows in which one of them is missing; otherwise these are refused.
 *     task: what numbers in the target are; None for what they seem to be.
 */
export interface UseTable {
  type: "use_table";
  table: number;
  target: string;
  columns: string[];
  drop_missing?: boolean;
  task?: "classification" | "regression" | null;
}

/**
 * Add points of one class to data in the plane, after taking rows, or all, away.
 *
 * Attributes:
 *     points: where, in the order of the sources of the data.
 *     label: number of their class; one more than the last is a new one.
 */
export interface Paint {
  type: "paint";
  points?: ([number, number])[];
  label?: number;
  erase?: number[];
  clear?: boolean;
}

/**
 * Choose what the network sees of each row: sources by their names, and formulas of them.
 */
export interface SetInputs {
  type: "set_inputs";
  names: string[];
}

/**
 * Set one weight (``index`` = [from, to]) or bias (``index`` = [unit]).
 */
export interface SetParam {
  type: "set_param";
  name: string;
  index: number[];
  value: number;
}

/**
 * Keep training from changing a parameter, or one entry of it where ``index`` is given; or allow it again.
 */
export interface Freeze {
  type: "freeze";
  name: string;
  index?: number[] | null;
  on?: boolean;
}

/**
 * Keep training from changing the weights and biases of a layer; or allow it again.
 */
export interface FreezeLayer {
  type: "freeze_layer";
  layer: number;
  on?: boolean;
}

/**
 * Cut an edge, so that its weight is 0 and stays so; or mend it.
 */
export interface Cut {
  type: "cut";
  name: string;
  index: number[];
  on?: boolean;
}

/**
 * Switch a hidden unit off, so that it answers 0 and does not learn; or on again.
 */
export interface SwitchOff {
  type: "switch_off";
  layer: number;
  unit: number;
  on?: boolean;
}

/**
 * Take the last command back.
 */
export interface Undo {
  type: "undo";
}

/**
 * Do again what was taken back last.
 */
export interface Redo {
  type: "redo";
}

/**
 * Train until told to pause.
 */
export interface Play {
  type: "play";
}

/**
 * Stop training after the step that is running.
 */
export interface Pause {
  type: "pause";
}

/**
 * Train for some batches or some epochs, then pause.
 */
export interface Step {
  type: "step";
  batches?: number;
  epochs?: number;
}

/**
 * Take one step on these rows of the data alone, without dropout: the one that a trace of them shows.
 */
export interface Learn {
  type: "learn";
  rows: number[];
}

/**
 * The same on the example of one's own.
 */
export interface LearnOwn {
  type: "learn_own";
}

/**
 * Have a lens ``trace/own``: of an example that is no row of the data, and changes nothing else.
 *
 * Attributes:
 *     values: one for each source of the data, in their order and in their units.
 *     target: number of its class, or for regression a value for each output.
 */
export interface SetOwnExample {
  type: "set_own_example";
  values: number[];
  target: number[];
}

/**
 * Start again from fresh parameters: with ``seed`` where one is given, with the next one where ``new`` is true.
 */
export interface Reset {
  type: "reset";
  seed?: number | null;
  new?: boolean;
}

/**
 * After a divergence: back to the last good state.
 */
export interface Restore {
  type: "restore";
}

/**
 * Pause and go to the checkpoint nearest to a step, on the current branch of the timeline or another one.
 */
export interface Seek {
  type: "seek";
  step: number;
  branch?: number | null;
}

/**
 * Train no more of the networks that are being compared.
 */
export interface CancelComparison {
  type: "cancel_comparison";
  number: number;
}

/**
 * Become one of the networks that were compared, as it was when it was done.
 */
export interface TakeMember {
  type: "take_member";
  number: number;
  member: number;
}

/**
 * A page has the widget open (again): send it everything.
 */
export interface Hello {
  type: "hello";
  client: string;
}

/**
 * A page has closed its last view of the widget.
 */
export interface Bye {
  type: "bye";
  client: string;
}

/**
 * The page has painted frame ``frame`` and holds ``history`` rows of the history.
 */
export interface Ack {
  type: "ack";
  client: string;
  frame: number;
  history: number;
}

/**
 * The lenses whose panels are on screen now; empty while the page is hidden.
 */
export interface Look {
  type: "look";
  client: string;
  lenses: string[];
}

/**
 * Apply a command; ``id`` comes back in the answer if it fails.
 */
export interface Do {
  type: "do";
  client: string;
  id: number;
  command: SetUnits | RemoveUnit | AddLayer | RemoveLayer | SetActivation | Configure | MakeData | LoadData | UseTable | Paint | SetInputs | SetParam | Freeze | FreezeLayer | Cut | SwitchOff | Undo | Redo | Play | Pause | Step | Learn | LearnOwn | SetOwnExample | Reset | Restore | Seek | CancelComparison | TakeMember;
}

/**
 * A question; ``id`` comes back with the answer or the failure.
 */
export interface Ask {
  type: "ask";
  client: string;
  id: number;
  question: AskCode | AskExamples | FindExample | AskAxes | AskMoment | AskLandscape | AskData | AskGallery;
}

/**
 * The network as a program; with ``values`` the present numbers are written into it.
 */
export interface AskCode {
  type: "code";
  style?: "jax" | "numpy";
  values?: boolean;
}

/**
 * Rows of the data from ``start`` on, with what the network answers.
 */
export interface AskExamples {
  type: "examples";
  start: number;
  count: number;
}

/**
 * The next row after ``after`` (from the start again after the last) that fits: of classes, wrong, of a part.
 */
export interface FindExample {
  type: "find";
  after?: number;
  true?: number | null;
  predicted?: number | null;
  wrong?: boolean;
  part?: "test" | "train" | null;
}

/**
 * What a network can be looked at along (see ``lenses.plane``).
 */
export interface AskAxes {
  type: "axes";
}

/**
 * What lenses showed of an earlier moment: before the network was trained, or at a checkpoint.
 *
 * Attributes:
 *     lenses: which (see ``lenses.earlier``), at most four of planes and units.
 *     step: the checkpoint nearest to this step; None for the start.
 *     branch: on the branch of this number; None for the present one.
 */
export interface AskMoment {
  type: "moment";
  lenses: string[];
  step?: number | null;
  branch?: number | null;
}

/**
 * The loss over a plane through the parameters, and the way training took across it (see ``lenses.landscape``).
 */
export interface AskLandscape {
  type: "landscape";
  kind?: "path" | "random";
  zoom?: number;
}

/**
 * What the data is, with a sketch of it.
 */
export interface AskData {
  type: "data";
}

/**
 * The data sets that ``make_data`` and ``load_data`` know, with a sketch of each.
 */
export interface AskGallery {
  type: "gallery";
}

/**
 * One part of a CSV file, in the message's only buffer; the last one is answered with what the file holds.
 *
 * Attributes:
 *     id: the same for all parts, and comes back with the answer or the failure.
 *     name: of the file.
 *     size: bytes of the whole file.
 *     start: bytes before this part; parts come in order.
 */
export interface SendTable {
  type: "table";
  client: string;
  id: number;
  name: string;
  size: number;
  start: number;
}

/**
 * The network as a program: its parts, joined, are the text. ``revision`` is that of the design.
 *
 * Where numbers are written into it, they are those of ``step``.
 */
export interface CodeAnswer {
  type: "code";
  revision: number;
  step: number;
  parts: CodePart[];
}

/**
 * A piece of a program's text and what it stands for (see ``explain.code``).
 */
export interface CodePart {
  text: string;
  ingredient: string | null;
  term: string | null;
}

/**
 * Rows of the data, of how many in all.
 */
export interface ExamplesAnswer {
  type: "examples";
  total: number;
  examples: Example[];
}

/**
 * A row of the data, before scaling. ``x`` has one number per input; ``true`` and ``predicted`` are text.
 */
export interface Example {
  row: number;
  is_test: boolean;
  x: number[];
  true: string;
  predicted: string;
}

/**
 * The row that was looked for, None if there is none, and how many there are like it.
 */
export interface FoundAnswer {
  type: "found";
  row: number | null;
  count: number;
}

/**
 * What a network can be looked at along, of how many columns, and whether its inputs have principal components.
 */
export interface AxesAnswer {
  type: "axes";
  axes: Axis[];
  columns: number;
  components: boolean;
}

/**
 * A column that can be varied by itself. ``source`` is its number; ``bands`` its categories, none for numbers.
 */
export interface Axis {
  source: number;
  name: string;
  bands: string[];
}

/**
 * What lenses showed of an earlier moment: arrays named as in a frame, their bytes as base64.
 */
export interface MomentAnswer {
  type: "moment";
  step: number;
  arrays: ArrayHeader[];
  buffers: string[];
}

/**
 * Name, dtype and shape of the array in the buffer at the same place; C order, little endian.
 */
export interface ArrayHeader {
  name: string;
  dtype: "float32" | "float64" | "int32" | "uint8";
  shape: number[];
}

/**
 * The loss over a plane through the parameters (see ``lenses.landscape``).
 *
 * Attributes:
 *     revision: of the design it is of.
 *     share: of the variance of the path within the plane, None where nothing has moved.
 *     rows: of the training part that were looked at, of ``train_rows``.
 *     arrays: ``loss`` float64 (cells, cells) or of a line (1, cells), ``axes`` float64 (2, 2), ``path`` float64
 *         (moments, 4), and to place any parameters on the plane: ``projector`` float32 (2, parameters), times the
 *         parameters in a row, less ``offset`` float64 (2,). Their bytes are base64.
 */
export interface LandscapeAnswer {
  type: "landscape";
  revision: number;
  kind: "path" | "random" | "weights";
  names: string[];
  shares: number[];
  share: number | null;
  rows: number;
  train_rows: number;
  step: number;
  arrays: ArrayHeader[];
  buffers: string[];
}

/**
 * What the data is (see ``Data``). ``revision`` is that of the design, ``sketch`` as in ``gallery``.
 *
 * Attributes:
 *     recipe: what points were made from, None for others.
 *     ranges: lowest and highest value of each source, of very large data in a sample.
 *     paintable: whether points can be painted into it.
 */
export interface DataAnswer {
  type: "data";
  revision: number;
  name: string;
  recipe: Recipe | null;
  sources: string[];
  ranges: ([number, number])[];
  rows: number;
  paintable: boolean;
  sketch: ([number, number, number])[];
}

/**
 * What points were made from, so that they can be made again a little differently.
 *
 * Attributes:
 *     name: of the data set, a key of ``MADE``.
 *     formula: the one that was typed, where the data set takes one.
 */
export interface Recipe {
  name: string;
  n: number;
  noise: number;
  seed: number;
  formula: string;
}

/**
 * All data sets to choose from.
 */
export interface GalleryAnswer {
  type: "gallery";
  offers: Offer[];
}

/**
 * A data set to choose: ``rows`` is None, and the sketch empty, where it would have to be downloaded.
 *
 * ``recipe`` is what points are usually made from, None for real data.
 */
export interface Offer {
  name: string;
  recipe: Recipe | null;
  description: string;
  task: "binary" | "multiclass" | "regression" | null;
  rows: number | null;
  inputs: number | null;
  sketch: ([number, number, number])[];
}

/**
 * What a file holds, and the column that is most likely meant to be predicted.
 */
export interface TableAnswer {
  type: "table";
  name: string;
  rows: number;
  columns: TableColumn[];
  target: string | null;
}

/**
 * A column of a table that was sent.
 *
 * Attributes:
 *     kind: what its cells are.
 *     values: the first few of them that are different, as text.
 *     distinct: how many different ones there are.
 *     missing: how many cells are empty.
 *     problem: why it cannot be an input, empty if it can.
 *     task: what predicting it would be, None if it cannot be predicted; then ``target_problem`` says why.
 *     other: what it would be if its numbers were taken otherwise, as classes or as measured; None if they cannot be.
 */
export interface TableColumn {
  name: string;
  kind: "category" | "empty" | "number" | "text" | "yes/no";
  values: string[];
  distinct: number;
  missing: number;
  problem: string;
  task: "binary" | "multiclass" | "regression" | null;
  target_problem: string;
  other: "binary" | "multiclass" | "regression" | null;
}

/**
 * One moment of a network, as a browser needs it to paint.
 *
 * Attributes:
 *     id: counts up by one for each frame of a network.
 *     revision: counts up by one for each change of the design or the data.
 *     data_revision: counts up by one for each change of the data.
 *     design: the design, left out (None) if the frame before carried the same revision.
 *     status: what the trainer is doing.
 *     message: what went wrong and what to try, for "diverged" and "failed"; else empty.
 *     step, epoch: training steps and passes over the training part so far.
 *     goal: the step at which a running ``fit`` or ``step`` will be done, or None.
 *     undo, redo: what each of the two would take back or do again, in words; empty if there is nothing.
 *     can_restore: whether a last good state is kept that ``restore`` would bring back.
 *     steps_per_second: measured while training, 0 when not.
 *     learning_rate: that of the next step, by the schedule.
 *     device: where it trains, such as "cpu".
 *     train_rows, test_rows: rows in each part of the data.
 *     branch: number of the branch of the timeline that the network is on.
 *     looked_at: rows that the history and the lenses are worked out from: of very large data a sample.
 *     metric: what the metric columns of the history hold.
 *     comparison: what ``sweep`` or ``cross_validate`` compare, or compared last; None if they never did.
 *     has_own: whether there is an example of one's own, so a lens ``trace/own``.
 *     followed: what Python asked the pages to follow last; None if it never did.
 *     history_start: index of the first row in the array "history": a page drops its own rows from there on, then
 *         appends. Columns: step, epoch, loss, test loss, metric, test metric.
 *     arrays: one header per buffer: every parameter ("w1", "b1", ...); "history"; if anything is frozen, cut or
 *         switched off "marks/w1", "marks/b1", ... (see ``marks``); "timeline" if it is another than in the frame
 *         before (one row per checkpoint: branch, step, epoch, origin; those of a branch stand together, oldest first;
 *         one that branches share is listed with each, its origin is the first of them); and once the programs are
 *         compiled "now" (loss, test loss, metric, test metric of these parameters) and what each visible lens made.
 */
export interface FrameHeader {
  type: "frame";
  id: number;
  revision: number;
  data_revision: number;
  design: Design | null;
  status: "closed" | "compiling" | "diverged" | "failed" | "paused" | "starting" | "training";
  message: string;
  step: number;
  epoch: number;
  goal: number | null;
  undo: string;
  redo: string;
  can_restore: boolean;
  steps_per_second: number;
  learning_rate: number;
  device: string;
  train_rows: number;
  test_rows: number;
  branch: number;
  looked_at: number;
  metric: "accuracy" | "r2";
  comparison: ComparisonHeader | null;
  has_own: boolean;
  followed: Followed | null;
  history_start: number;
  arrays: ArrayHeader[];
}

/**
 * A network as drawn, its data as described, and its training settings.
 *
 * Attributes:
 *     task: "binary", "multiclass" or "regression".
 *     inputs: name of each input, in the order of the columns of an encoded row.
 *     outputs: name of each output unit (binary: the positive class; multiclass: each class; regression: each target).
 *     classes: name of each class as text, empty for regression.
 *     layers: hidden layers from left to right, then the output layer.
 *     batch_size: rows per training step, or None for all of the training part.
 *     schedule: how the learning rate changes with time, see ``schedules``.
 *     schedule_epochs: how long it does; then it stays as it is at the end.
 *     initialization: where weights start, see ``initializers``.
 *     early_stopping: epochs without a lower test loss after which training stops, or None.
 *     l1, l2: strength of the penalties ``l1 * sum(|w|)`` and ``l2 * sum(w**2)`` on all weights (not on biases).
 *     dropout: share of hidden units left out at random in each training step.
 *     test_size: share of the rows kept for testing.
 *     speed: training steps per second, or None for as fast as it goes.
 *     seed: of the initial parameters, the order of the rows and dropout.
 *     new_units: how units and layers start that are added later: "preserving" what the network computes, or "random".
 *     device: where it trains: "cpu", "gpu", or "auto" for whichever is faster for a network of its size.
 *     timeline_mb: megabytes that the checkpoints of the timeline may take.
 */
export interface Design {
  task: "binary" | "multiclass" | "regression";
  inputs: string[];
  outputs: string[];
  classes: string[];
  layers: Layer[];
  loss: string;
  optimizer: string;
  learning_rate: number;
  batch_size: number | null;
  l1: number;
  l2: number;
  dropout: number;
  test_size: number;
  standardize: boolean;
  speed: number | null;
  seed: number;
  new_units: string;
  device: string;
  timeline_mb: number;
  schedule: string;
  schedule_epochs: number;
  initialization: string;
  early_stopping: number | null;
}

/**
 * One layer: ``units`` outputs, each ``activation(inputs @ w + b)``.
 */
export interface Layer {
  units: number;
  activation: string;
}

/**
 * Networks that are compared, or were last: the combinations of all values, those of the last setting vary fastest.
 *
 * Attributes:
 *     number: another one for each comparison.
 *     settings: for folds their number alone.
 *     epochs: for which each is trained.
 *     over: how many of them are done, stuck, diverged, failed or cancelled: nothing more will come of them.
 *     share: of the work that is done, from 0 to 1.
 *     messages: what went wrong, each once; only in frames with ``comparison/messages``, which says with whom.
 */
export interface ComparisonHeader {
  number: number;
  kind: "folds" | "sweep";
  settings: Tried[];
  epochs: number;
  over: number;
  share: number;
  is_running: boolean;
  messages: string[];
}

/**
 * A setting that is swept, and its values as they are written.
 */
export interface Tried {
  name: string;
  values: string[];
}

/**
 * What pages are asked to follow: a row of the data, None for the example of one's own.
 *
 * ``number`` counts these requests: a page follows each once.
 */
export interface Followed {
  number: number;
  row: number | null;
}

/**
 * The answer to something a browser sent that could not be done. ``id`` is that of its ``do`` message, or None.
 */
export interface Failure {
  type: "failure";
  client: string;
  id: number | null;
  message: string;
}

/**
 * The answer to the question ``id`` of a page.
 */
export interface Answer {
  type: "answer";
  client: string;
  id: number;
  content: CodeAnswer | ExamplesAnswer | FoundAnswer | AxesAnswer | MomentAnswer | LandscapeAnswer | DataAnswer | GalleryAnswer | TableAnswer;
}

export type AnyCommand = SetUnits | RemoveUnit | AddLayer | RemoveLayer | SetActivation | Configure | MakeData | LoadData | UseTable | Paint | SetInputs | SetParam | Freeze | FreezeLayer | Cut | SwitchOff | Undo | Redo | Play | Pause | Step | Learn | LearnOwn | SetOwnExample | Reset | Restore | Seek | CancelComparison | TakeMember;

export type AnyMessage = Hello | Bye | Ack | Look | Do | Ask | SendTable;

export type AnyQuestion = AskCode | AskExamples | FindExample | AskAxes | AskMoment | AskLandscape | AskData | AskGallery;

export type AnyContent = CodeAnswer | ExamplesAnswer | FoundAnswer | AxesAnswer | MomentAnswer | LandscapeAnswer | DataAnswer | GalleryAnswer | TableAnswer;

/** Activations of a hidden layer, in menu order. */
export const HIDDEN_ACTIVATIONS = [
  {"name": "relu", "label": "relu"},
  {"name": "leaky_relu", "label": "leaky relu"},
  {"name": "tanh", "label": "tanh"},
  {"name": "sigmoid", "label": "sigmoid"},
  {"name": "softplus", "label": "softplus"},
  {"name": "elu", "label": "elu"},
  {"name": "gelu", "label": "gelu"},
  {"name": "sin", "label": "sin"},
  {"name": "identity", "label": "identity"},
] as const;

/** Activations of an output layer; softmax needs two outputs. */
export const OUTPUT_ACTIVATIONS = [
  {"name": "relu", "label": "relu"},
  {"name": "leaky_relu", "label": "leaky relu"},
  {"name": "tanh", "label": "tanh"},
  {"name": "sigmoid", "label": "sigmoid"},
  {"name": "softplus", "label": "softplus"},
  {"name": "elu", "label": "elu"},
  {"name": "gelu", "label": "gelu"},
  {"name": "sin", "label": "sin"},
  {"name": "identity", "label": "identity"},
  {"name": "softmax", "label": "softmax"},
] as const;

/** Loss functions, with the output activation each needs (for one output, for several), or null for any. */
export const LOSSES = [
  {"name": "cross_entropy", "label": "cross entropy", "needs": ["sigmoid", "softmax"]},
  {"name": "mse", "label": "mse", "needs": null},
  {"name": "mae", "label": "mae", "needs": null},
  {"name": "huber", "label": "huber", "needs": null},
] as const;

/** Optimisers, in the order menus show them. */
export const OPTIMIZERS = [
  {"name": "sgd", "label": "sgd"},
  {"name": "momentum", "label": "momentum"},
  {"name": "rmsprop", "label": "rmsprop"},
  {"name": "adam", "label": "adam"},
] as const;

/** How the learning rate may change, in the order menus show it. */
export const SCHEDULES = [
  {"name": "constant", "label": "constant"},
  {"name": "exponential", "label": "exponential"},
  {"name": "cosine", "label": "cosine"},
  {"name": "warmup_cosine", "label": "warmup cosine"},
] as const;

/** Where weights may start, in the order menus show it. */
export const INITIALIZERS = [
  {"name": "glorot_uniform", "label": "glorot uniform"},
  {"name": "he_uniform", "label": "he uniform"},
  {"name": "lecun_uniform", "label": "lecun uniform"},
  {"name": "normal", "label": "normal"},
  {"name": "zeros", "label": "zeros"},
] as const;

/** Most hidden layers that a network may have. */
export const MAX_HIDDEN_LAYERS = 12;

/** Most units that a hidden layer may have. */
export const MAX_UNITS = 2048;

/** Most points that can be made. */
export const MOST_POINTS = 10000;

/** Size of a file that can be sent. */
export const MOST_BYTES = 20000000;

/** Size of the parts in which it is sent. */
export const MOST_BYTES_IN_PART = 500000;

/** Most weights that a network may have. */
export const MAX_WEIGHTS = 4000000;
