import { z } from "zod";
import { type BackboneConfig, backbone } from "./backbone.js";
import { byName, check, choosing, forward, optionalText, type Schema, section } from "./build.js";
import {
  type DbHeadConfig,
  type DetectionBackboneConfig,
  type DetectionNeckConfig,
  detectionBackbone,
  detectionHead,
  detectionNeck,
} from "./detection-network.js";
import { type HeadConfig, head } from "./head.js";
import { type NeckConfig, neck } from "./neck.js";

interface AnyNetworkConfig {
  algorithm?: string;
  /** Whether `backbone_out` and `neck_out` can be read beside what its head gives. */
  returnAllFeats: boolean;
}

/** A network that reads text: a backbone, perhaps a neck, a head. */
export interface RecognitionNetworkConfig extends AnyNetworkConfig {
  modelType: "rec";
  backbone: BackboneConfig;
  neck?: NeckConfig;
  head: HeadConfig;
}

/** A network that finds text: a backbone, a neck, a DB head. */
export interface DetectionNetworkConfig extends AnyNetworkConfig {
  modelType: "det";
  backbone: DetectionBackboneConfig;
  neck: DetectionNeckConfig;
  head: DbHeadConfig;
}

/** One network. */
export type NetworkConfig = RecognitionNetworkConfig | DetectionNetworkConfig;

/** How a network takes part in a distillation model. */
interface Part {
  /** Weights to begin with: a file whose keys have no sub-network prefix. */
  pretrained?: string;
  /**
   * `learning`; `frozen`: its weights and running statistics stay and nothing is dropped; `reference`: its weights stay,
   * but it runs on batch statistics with dropout and updates its running ones, as in the reference.
   */
  freeze: "learning" | "frozen" | "reference";
}

/** One network of a distillation model. */
export type SubNetworkConfig = NetworkConfig & Part & { name: string };

/** What is trained: one network, or several that teach each other. */
export type ArchitectureConfig =
  | { kind: "single"; network: NetworkConfig }
  | { kind: "distillation"; models: readonly SubNetworkConfig[] };

const commonKeys = {
  algorithm: optionalText,
  Transform: z.null({ error: "transforms in front of the backbone are not supported; leave it empty" }).optional(),
  return_all_feats: z.boolean().default(false),
};
const recognitionKeys = {
  ...commonKeys,
  model_type: z.literal("rec"),
  Backbone: backbone,
  Neck: neck.nullish(),
  Head: head,
};
const detectionKeys = {
  ...commonKeys,
  model_type: z.literal("det"),
  Backbone: detectionBackbone,
  Neck: detectionNeck,
  Head: detectionHead,
};
const partKeys = {
  pretrained: optionalText,
  freeze_params: z.boolean().default(false),
  freeze_mode: z.enum(["frozen", "reference"]).default("frozen"),
};

const recognition = section(recognitionKeys);
const detection = section(detectionKeys);
const recognitionPart = section({ ...recognitionKeys, ...partKeys });
const detectionPart = section({ ...detectionKeys, ...partKeys });

const toRecognition = (raw: z.output<typeof recognition>): RecognitionNetworkConfig => ({
  modelType: raw.model_type,
  algorithm: raw.algorithm,
  backbone: raw.Backbone,
  neck: raw.Neck ?? undefined,
  head: raw.Head,
  returnAllFeats: raw.return_all_feats,
});

const toDetection = (raw: z.output<typeof detection>): DetectionNetworkConfig => ({
  modelType: raw.model_type,
  algorithm: raw.algorithm,
  backbone: raw.Backbone,
  neck: raw.Neck,
  head: raw.Head,
  returnAllFeats: raw.return_all_feats,
});

const toPart = (raw: { pretrained?: string; freeze_params: boolean; freeze_mode: "frozen" | "reference" }): Part => ({
  pretrained: raw.pretrained,
  freeze: raw.freeze_params ? raw.freeze_mode : "learning",
});

const alone = (network: NetworkConfig): ArchitectureConfig => ({ kind: "single", network });

/** A network alone, by its `model_type`. */
const single: Schema<ArchitectureConfig> = byName(
  "type of network",
  {
    rec: recognition.transform((raw) => alone(toRecognition(raw))),
    det: detection.transform((raw) => alone(toDetection(raw))),
  },
  "model_type",
);

/** A network of a distillation model, by its `model_type`. */
const subNetwork: Schema<NetworkConfig & Part> = byName(
  "type of network",
  {
    rec: recognitionPart.transform((raw): NetworkConfig & Part => ({ ...toRecognition(raw), ...toPart(raw) })),
    det: detectionPart.transform((raw): NetworkConfig & Part => ({ ...toDetection(raw), ...toPart(raw) })),
  },
  "model_type",
);

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, {
  error: "a sub-network's name is letters, digits, _ and -, and begins with a letter",
});

const distillation = section({
  model_type: z.enum(["rec", "det"]).optional(),
  name: z.literal("DistillationModel"),
  algorithm: optionalText,
  Models: z.record(name, subNetwork).refine((models) => Object.keys(models).length > 0, { error: "names no network" }),
}).transform(
  (raw): ArchitectureConfig => ({
    kind: "distillation",
    models: Object.entries(raw.Models).map(([name, model]) => ({ ...model, name })),
  }),
);

const either: Schema<ArchitectureConfig> = z.unknown().transform((value, context): ArchitectureConfig => {
  const named = typeof value === "object" && value !== null && "name" in value;
  const result = check<ArchitectureConfig>(named ? distillation : single, value);
  if (result.success) return result.data;
  forward(context, result.error.issues);
  return z.NEVER;
});

/** The `Architecture` section: with `name: DistillationModel` several networks, without a name one. */
export const architecture: Schema<ArchitectureConfig> = choosing(
  { network: single, DistillationModel: distillation },
  either,
);
