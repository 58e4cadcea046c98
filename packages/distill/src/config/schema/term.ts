import { z } from "zod";
import { integer, number, type Schema, section } from "./build.js";

/** A term whose weight grows from 0 to full between the steps `start` and `start + steps`. */
export interface Ramp {
  start: number;
  steps: number;
}

/**
 * Which feature a term or decoder reads, once the networks are known: `backbone_out`, `neck_out`, `head_out`, or one part
 * of a head's output, `head_out.ctc` or `head_out.sar`; of a DB head `maps`. For a network whose only head is that part,
 * both names mean the same tensor.
 */
export type FeatureName =
  | "backbone_out"
  | "neck_out"
  | "head_out"
  | "head_out.ctc"
  | "head_out.sar"
  | "head_out.nrtr"
  | "maps";

/** What the config itself says about the feature: `key`, `multi_head`, `dis_head`. */
export interface Reads {
  key?: "backbone_out" | "neck_out" | "head_out" | "maps";
  multiHead?: boolean;
  disHead?: "ctc" | "sar";
}

/** What every term of a loss has. */
export interface Term {
  weight: number;
  ramp?: Ramp;
  feature: FeatureName;
}

/** The networks of a pair, first the student. */
export type ModelPair = readonly [string, string];

/** A term or decoder before it is known which networks there are. */
export type Unresolved<T> = T extends unknown ? Omit<T, "feature"> & { reads: Reads } : never;

/** The keys that say which feature is read. */
export const readsKeys: {
  key: Schema<Reads["key"] | null>;
  multi_head: Schema<boolean | undefined>;
} = {
  key: z.enum(["backbone_out", "neck_out", "head_out", "maps"]).nullish(),
  multi_head: z.boolean().optional(),
};

export const weight: Schema<number> = number({ min: 0 });

/** The weight of a loss that stands alone, or whose weight stands elsewhere: always 1, and no key. */
export const noWeight: Schema<number> = z
  .undefined({ error: "stands beside the list, as weight_1 and weight_2" })
  .optional()
  .transform(() => 1);

export const ramp: Schema<Ramp | undefined> = section({ start: integer(0), steps: integer(1) }).optional();

// One pair may stand alone, without the outer list.
const isFlatPair = (value: unknown): boolean => Array.isArray(value) && value.some((item) => typeof item === "string");

/** Pairs of networks. */
export const pairs: Schema<[string, string][]> = z.preprocess(
  (value) => (isFlatPair(value) ? [value] : value),
  z.array(z.tuple([z.string(), z.string()])).min(1),
);
