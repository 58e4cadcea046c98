import { z } from "zod";
import { byName, integer, pair, type Schema, section } from "./build.js";

/** Batches of several sizes (reference: `data/multi_scale_sampler.py`). */
export interface SamplerConfig {
  name: "MultiScaleSampler";
  /** [width, height] of the pictures of a batch. */
  scales: readonly [number, number][];
  /** Samples in a batch of the first scale. */
  firstBatchSize: number;
  /** True gives every batch as many, false as many as make the same number of pixels. */
  fixBatchSize: boolean;
  /** Sizes are rounded down to multiples of these, [width, height]. */
  dividedFactor: [number, number];
  /** False takes the first scale alone, and the lines in order. */
  isTraining: boolean;
  /** The widest picture when widths follow the images (`ds_width`). */
  maxWidth: number;
}

const multiScaleSampler = section({
  name: z.literal("MultiScaleSampler"),
  scales: z.array(pair).min(1),
  first_bs: integer().default(128),
  fix_bs: z.boolean().default(true),
  divided_factor: pair.default([8, 16]),
  is_training: z.boolean().default(true),
  max_w: integer().default(480),
}).transform(
  (raw): SamplerConfig => ({
    name: raw.name,
    scales: raw.scales,
    firstBatchSize: raw.first_bs,
    fixBatchSize: raw.fix_bs,
    dividedFactor: raw.divided_factor,
    isTraining: raw.is_training,
    maxWidth: raw.max_w,
  }),
);

/** Every sampler that a config can name. */
const samplers: { MultiScaleSampler: Schema<SamplerConfig> } = { MultiScaleSampler: multiScaleSampler };

/** The `sampler` section of Train. */
export const sampler: Schema<SamplerConfig> = byName("sampler", samplers);
