// The names under which the rest of the front end uses the generated types.
import type { AnyCommand, AnyMessage } from "./generated";

export type Command = AnyCommand;
export type Message = AnyMessage;
export type { ArrayHeader, Configure, Design, Failure, FrameHeader, Layer, Seek } from "./generated";
export {
  HIDDEN_ACTIVATIONS,
  LOSSES,
  MAX_HIDDEN_LAYERS,
  MAX_UNITS,
  MAX_WEIGHTS,
  OPTIMIZERS,
  OUTPUT_ACTIVATIONS,
} from "./generated";
