import { z } from "zod";
import { type BackboneConfig, backbone } from "./backbone.js";
import { check, choosing, forward, optionalText, type Schema, section } from "./build.js";
import { type HeadConfig, head } from "./head.js";
import { type NeckConfig, neck } from "./neck.js";

/** One network: a backbone, perhaps a neck, a head. */
export interface NetworkConfig {
  modelType: "rec";
  algorithm?: string;
  backbone: BackboneConfig;
  neck?: NeckConfig;
  head: HeadConfig;
  /** Whether `backbone_out` and `neck_out` can be read beside `head_out`. */
  returnAllFeats: boolean;
}

/** One network of a distillation model. */
export interface SubNetworkConfig extends NetworkConfig {
  name: string;
  /** Weights to begin with: a file whose keys have no sub-network prefix. */
  pretrained?: string;
  /**
   * `learning`; `frozen`: its weights and running statistics stay and nothing is dropped; `reference`: its weights stay,
   * but it runs on batch statistics with dropout and updates its running ones, as in the reference.
   */
  freeze: "learning" | "frozen" | "reference";
}

/** What is trained: one network, or several that teach each other. */
export type ArchitectureConfig =
  | { kind: "single"; network: NetworkConfig }
  | { kind: "distillation"; models: readonly SubNetworkConfig[] };

const networkKeys = {
  model_type: z.literal("rec", { error: 'only "rec" networks can be built so far' }),
  algorithm: optionalText,
  Transform: z.null({ error: "transforms in front of the backbone are not supported; leave it empty" }).optional(),
  Backbone: backbone,
  Neck: neck.nullish(),
  Head: head,
  return_all_feats: z.boolean().default(false),
};
const networkSection = section(networkKeys);

const toNetwork = (raw: z.output<typeof networkSection>): NetworkConfig => ({
  modelType: raw.model_type,
  algorithm: raw.algorithm,
  backbone: raw.Backbone,
  neck: raw.Neck ?? undefined,
  head: raw.Head,
  returnAllFeats: raw.return_all_feats,
});

const subNetwork = section({
  ...networkKeys,
  pretrained: optionalText,
  freeze_params: z.boolean().default(false),
  freeze_mode: z.enum(["frozen", "reference"]).default("frozen"),
}).transform(
  (raw): Omit<SubNetworkConfig, "name"> => ({
    ...toNetwork(raw),
    pretrained: raw.pretrained,
    freeze: raw.freeze_params ? raw.freeze_mode : "learning",
  }),
);

const single = networkSection.transform((raw): ArchitectureConfig => ({ kind: "single", network: toNetwork(raw) }));

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, {
  error: "a sub-network's name is letters, digits, _ and -, and begins with a letter",
});

const distillation = section({
  model_type: networkKeys.model_type.optional(),
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
