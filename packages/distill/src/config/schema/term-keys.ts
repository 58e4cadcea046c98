import { z } from "zod";
import { integer, number, type Schema, section } from "./build.js";
import type { AdapterConfig, Ramp, Reads } from "./loss.js";

/** How much a term counts. */
export const weight: Schema<number> = number({ min: 0 });

/** The weight of a loss that stands alone, or whose weight stands elsewhere: always 1, and no key. */
export const noWeight: Schema<number> = z
  .undefined({ error: "stands beside the list, as weight_1 and weight_2" })
  .optional()
  .transform(() => 1);

/** Lets a term grow from nothing; null, as where it is missing, gives it its full weight from the first step on. */
export const ramp: Schema<Ramp | undefined> = section({ start: integer(0), steps: integer(1) })
  .nullish()
  .transform((value) => value ?? undefined);

/** Brings the first feature of a pair to the shape of the second. */
export const adapter: Schema<AdapterConfig | undefined> = section({
  type: z.enum(["conv1x1", "linear", "resize"]),
}).optional();

// One pair may stand alone, without the outer list.
const isFlatPair = (value: unknown): boolean => Array.isArray(value) && value.some((item) => typeof item === "string");

/** The networks that are compared. */
export const pairs: Schema<[string, string][]> = z.preprocess(
  (value) => (isFlatPair(value) ? [value] : value),
  z.array(z.tuple([z.string(), z.string()])).min(1),
);

/** The keys that say which feature is read. */
export const readsKeys: {
  key: Schema<Reads["key"] | null>;
  multi_head: Schema<boolean | undefined>;
} = {
  key: z.enum(["backbone_out", "neck_out", "head_out", "maps"]).nullish(),
  multi_head: z.boolean().optional(),
};

/** Which part of several heads' output is compared; the reference calls that of NRTR `gtc`. */
export const disHead: Schema<Reads["disHead"]> = z
  .enum(["ctc", "sar", "gtc", "nrtr"])
  .optional()
  .transform((head) => (head === "gtc" ? "nrtr" : head));
