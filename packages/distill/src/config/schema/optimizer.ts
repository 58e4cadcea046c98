import { z } from "zod";
import { byName, number, optionalText, type Schema, section } from "./build.js";
import { type ScheduleConfig, schedule } from "./schedule.js";

/** The update rule, with the reference's defaults (`ppocr/optimizer/optimizer.py`). */
export type AlgorithmConfig =
  | { name: "SGD" }
  | { name: "Momentum"; momentum: number }
  | { name: "Adam"; beta1: number; beta2: number; epsilon: number }
  | {
      name: "AdamW";
      beta1: number;
      beta2: number;
      epsilon: number;
      /** Decoupled from the gradient. */
      weightDecay: number;
      /** A parameter whose name contains one of these texts is not decayed. */
      noWeightDecayNames: readonly string[];
      /** Leaves out parameters of one dimension: biases, norms. */
      oneDimParamNoWeightDecay: boolean;
    }
  | { name: "RMSProp"; momentum: number; rho: number; epsilon: number }
  | { name: "Adadelta"; rho: number; epsilon: number };

/** Bounds gradients before L2 is added: each by its own norm, all by their common norm, or each value. */
export interface ClipConfig {
  by: "norm" | "globalNorm" | "value";
  limit: number;
}

/** The `Optimizer` section. */
export interface OptimizerConfig {
  algorithm: AlgorithmConfig;
  schedule: ScheduleConfig;
  /** Factor of the coupled L2 term (added to the gradient) of parameters without one of their own; 0 without a regularizer. */
  l2: number;
  clip?: ClipConfig;
}

const beta = number({ min: 0, max: 1 });
const epsilon = number({ above: 0 });
const limit = number({ above: 0 }).nullish();

const commonKeys = {
  lr: schedule,
  regularizer: section({ name: z.enum(["L2", "L2Decay"]), factor: number({ min: 0 }).default(0) }).nullish(),
  clip_norm: limit,
  clip_norm_global: limit,
  clip_value: limit,
};
type Common = z.output<z.ZodObject<typeof commonKeys>>;

const clips = [
  ["clip_norm", "norm"],
  ["clip_norm_global", "globalNorm"],
  ["clip_value", "value"],
] as const;

const oneClip = (raw: Common): boolean => clips.filter(([key]) => raw[key] != null).length < 2;
const twoClips = { path: ["clip_norm"], error: "only one of clip_norm, clip_norm_global and clip_value can be given" };

function toOptimizer(raw: Common, algorithm: AlgorithmConfig): OptimizerConfig {
  const [clip] = clips.flatMap(([key, by]) => (raw[key] == null ? [] : [{ by, limit: raw[key] }]));
  return { algorithm, schedule: raw.lr, l2: raw.regularizer?.factor ?? 0, clip };
}

const adamKeys = { beta1: beta.default(0.9), beta2: beta.default(0.999), epsilon: epsilon.default(1e-8) };

const adamW = section({
  name: z.literal("AdamW"),
  ...commonKeys,
  ...adamKeys,
  weight_decay: number({ min: 0 }).default(0.01),
  no_weight_decay_name: optionalText,
  one_dim_param_no_weight_decay: z.boolean().default(false),
})
  .refine((raw) => raw.regularizer == null, {
    path: ["regularizer"],
    error: "AdamW decays by weight_decay (0.01 unless given), which takes the place of a regularizer",
  })
  .refine(oneClip, twoClips)
  .transform((raw) =>
    toOptimizer(raw, {
      name: raw.name,
      beta1: raw.beta1,
      beta2: raw.beta2,
      epsilon: raw.epsilon,
      weightDecay: raw.weight_decay,
      noWeightDecayNames: raw.no_weight_decay_name?.split(/\s+/).filter((text) => text !== "") ?? [],
      oneDimParamNoWeightDecay: raw.one_dim_param_no_weight_decay,
    }),
  );

/** Every optimizer that a config can name. */
const optimizers: Readonly<Record<AlgorithmConfig["name"], Schema<OptimizerConfig>>> = {
  SGD: section({ name: z.literal("SGD"), ...commonKeys })
    .refine(oneClip, twoClips)
    .transform((raw) => toOptimizer(raw, { name: raw.name })),
  Momentum: section({ name: z.literal("Momentum"), ...commonKeys, momentum: beta })
    .refine(oneClip, twoClips)
    .transform((raw) => toOptimizer(raw, { name: raw.name, momentum: raw.momentum })),
  Adam: section({ name: z.literal("Adam"), ...commonKeys, ...adamKeys })
    .refine(oneClip, twoClips)
    .transform((raw) => toOptimizer(raw, { name: raw.name, beta1: raw.beta1, beta2: raw.beta2, epsilon: raw.epsilon })),
  AdamW: adamW,
  RMSProp: section({
    name: z.literal("RMSProp"),
    ...commonKeys,
    momentum: beta.default(0),
    rho: beta.default(0.95),
    epsilon: epsilon.default(1e-6),
  })
    .refine(oneClip, twoClips)
    .transform((raw) =>
      toOptimizer(raw, { name: raw.name, momentum: raw.momentum, rho: raw.rho, epsilon: raw.epsilon }),
    ),
  Adadelta: section({
    name: z.literal("Adadelta"),
    ...commonKeys,
    rho: beta.default(0.95),
    epsilon: epsilon.default(1e-8),
  })
    .refine(oneClip, twoClips)
    .transform((raw) => toOptimizer(raw, { name: raw.name, rho: raw.rho, epsilon: raw.epsilon })),
};

export const optimizer: Schema<OptimizerConfig> = byName("optimizer", optimizers);
