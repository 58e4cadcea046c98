import type { Random } from "@retort/tensor/random";
import { count, type Options, oneOf } from "./options.js";
import type { PictureSize } from "./picture.js";
import { roundHalfToEven } from "./round.js";
import type { BatchPlan, Sampler } from "./sampler.js";

/** The `sampler` section of a config, as PaddleOCR writes it. */
export interface SamplerConfig {
  name: string;
  /** [width, height] each, or a number for both. */
  scales: readonly (number | readonly number[])[];
  /** Samples in a batch of the first scale; 128 if missing. */
  first_bs?: number;
  /** True gives every batch `first_bs` samples, false as many as make the same number of pixels; true if missing. */
  fix_bs?: boolean;
  /** Sizes are rounded down to multiples of these, [width, height]; [8, 16] if missing. */
  divided_factor?: readonly number[];
  /** False takes the first scale alone, as it stands, and the lines in order; true if missing. */
  is_training?: boolean;
  /** The widest picture when widths follow the images; 480 if missing. */
  max_w?: number;
}

/** A size of pictures, and how many make a batch. */
export interface Scale extends PictureSize {
  batchSize: number;
}

/** Samples in a batch of the first scale where a section does not say it. */
export const defaultFirstBatch = 128;

/** The scales of a sampler section. Throws an Error for one that is wrong. */
export function scalesOf(config: SamplerConfig): Scale[] {
  const options = { ...config } as Options;
  const first = count("sampler", options, "first_bs", defaultFirstBatch);
  const fixed = oneOf("sampler", options, "fix_bs", [true, false]);
  const [factorW, factorH] = sizePair("divided_factor", config.divided_factor ?? [8, 16]);
  if (config.scales.length === 0) throw new Error("sampler.scales: expected at least one scale");
  const sizes = config.scales.map((scale) => sizePair("scales", scale));
  const [width, height] = sizes[0];
  if (!isTraining(config)) return [{ width, height, batchSize: first }];
  return sizes.map(([w, h]) => {
    const size = { width: w - (w % factorW), height: h - (h % factorH) };
    if (size.width === 0 || size.height === 0) {
      throw new Error(`sampler.scales: [${w}, ${h}] is smaller than divided_factor [${factorW}, ${factorH}]`);
    }
    const same = Math.floor((width * height * first) / (size.width * size.height));
    return { ...size, batchSize: fixed ? first : Math.max(1, same) };
  });
}

/** The widths that pictures of a height can have when widths follow the images: multiples of it, up to about `max_w`. */
export function widthsFor(config: SamplerConfig, height: number): number[] {
  const most = multiple((config.max_w ?? 480) / height);
  return Array.from({ length: most }, (_, i) => (i + 1) * height);
}

/**
 * After PaddleOCR's `MultiScaleSampler`: each batch has one of several sizes. An epoch gives every scale the same
 * number of batches; where lines run out it goes on with its first ones. Lines, scales and batches are shuffled anew
 * for each epoch (the reference shuffles batches only, and makes the same ones in each).
 *
 * With `proportionOf` (width / height of a line's image) the lines are sorted by it before they are dealt out, and a
 * batch is as many times as wide as it is high as its images are on average, rounded.
 */
export class MultiScaleSampler implements Sampler {
  private readonly scales: readonly Scale[];
  private readonly training: boolean;
  private readonly widest: number;
  private readonly proportionOf: ((line: number) => number) | undefined;

  /** Throws an Error for a section that is wrong. */
  constructor(config: SamplerConfig, proportionOf?: (line: number) => number) {
    this.scales = scalesOf(config);
    this.training = isTraining(config);
    this.widest = count("sampler", { ...config } as Options, "max_w", 480);
    this.proportionOf = proportionOf;
  }

  batchesPerEpoch(lines: number): number {
    const samples = this.scales.reduce((sum, { batchSize }) => sum + batchSize, 0);
    return this.scales.length * Math.ceil(lines / samples);
  }

  batches(lines: readonly number[], random: Random): BatchPlan[] {
    const order = this.ordered(lines, random.split("lines"));
    const scales = Array.from(
      { length: this.batchesPerEpoch(lines.length) },
      (_, i) => this.scales[i % this.scales.length],
    );
    if (this.training) random.split("scales").shuffle(scales);
    let start = 0;
    const batches = scales.map((scale): BatchPlan => {
      const own = order.slice(start, start + scale.batchSize);
      start += scale.batchSize;
      const filled = [...own, ...order.slice(0, scale.batchSize - own.length)];
      return { lines: filled, size: this.sizeFor(scale, filled) };
    });
    return this.training ? random.split("batches").shuffle(batches) : batches;
  }

  private ordered(lines: readonly number[], random: Random): number[] {
    const order = this.training ? random.shuffle([...lines]) : [...lines];
    const { proportionOf } = this;
    if (proportionOf === undefined) return order;
    const proportions = new Map(order.map((line) => [line, proportionOf(line)]));
    return order.sort((a, b) => (proportions.get(a) as number) - (proportions.get(b) as number));
  }

  private sizeFor({ height, width }: Scale, lines: readonly number[]): PictureSize {
    const { proportionOf } = this;
    if (proportionOf === undefined) return { height, width };
    const mean = lines.reduce((sum, line) => sum + proportionOf(line), 0) / lines.length;
    return { height, width: height * multiple(Math.min(mean, this.widest / height)) };
  }
}

const multiple = (proportion: number): number => Math.max(1, roundHalfToEven(proportion));

function isTraining(config: SamplerConfig): boolean {
  return oneOf("sampler", { ...config } as Options, "is_training", [true, false]);
}

function sizePair(key: string, value: number | readonly number[]): [number, number] {
  const [width, height, ...more] = typeof value === "number" ? [value, value] : value;
  if (more.length === 0 && [width, height].every((n) => Number.isSafeInteger(n) && n >= 1)) return [width, height];
  throw new Error(
    `sampler.${key}: expected [width, height] of whole numbers from 1 on, found ${JSON.stringify(value)}`,
  );
}
