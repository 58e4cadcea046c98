import { DetectionNetwork, type DetectionOptions } from "./detection-network.js";
import type { HeadClasses } from "./heads/multi-head.js";
import { RecognitionNetwork, type RecognitionOptions } from "./recognition-network.js";

/** One network's section of a config. */
export type NetworkOptions =
  | ({ readonly modelType: "rec" } & RecognitionOptions)
  | ({ readonly modelType: "det" } & DetectionOptions);

/** A network that reads text, or one that finds it. */
export type Network = RecognitionNetwork | DetectionNetwork;

/** Makes a network of either kind; `classes` count in recognition. */
export function makeNetwork(options: NetworkOptions, classes: HeadClasses): Network {
  return options.modelType === "rec" ? new RecognitionNetwork(options, classes) : new DetectionNetwork(options);
}
