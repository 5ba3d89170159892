// The names under which the rest of the front end uses the generated types.
import type { AnyCommand, AnyContent, AnyMessage, AnyQuestion } from "./generated";

export type Command = AnyCommand;
export type Message = AnyMessage;
export type Question = AnyQuestion;
export type Content = AnyContent;
export type {
  Answer,
  ArrayHeader,
  Ask,
  CodePart,
  ComparisonHeader,
  Configure,
  Design,
  Example,
  Failure,
  FrameHeader,
  Layer,
  MakeData,
  Offer,
  Paint,
  Recipe,
  Seek,
  SendTable,
  TableAnswer,
  TableColumn,
  UseTable,
} from "./generated";
export {
  HIDDEN_ACTIVATIONS,
  INITIALIZERS,
  LOSSES,
  MAX_HIDDEN_LAYERS,
  MAX_UNITS,
  MAX_WEIGHTS,
  MOST_BYTES,
  MOST_BYTES_IN_PART,
  MOST_POINTS,
  OPTIMIZERS,
  OUTPUT_ACTIVATIONS,
  SCHEDULES,
} from "./generated";
