import type { Confusion } from "@retort/ocr-models";
import type { Batch } from "@retort/ocr-models/data";
import type { ToPixels } from "../inspect/shown-levels.js";
import type { Onlooker } from "../training/evaluate.js";
import type { Reader } from "../training/reader.js";
import type { Extremes } from "./extremes.js";
import type { ReviewedSample } from "./sample.js";

/** What networks found in one sample, by network, beside what is there. */
export interface Seen<Found, Wanted> {
  readonly found: Readonly<Record<string, Found>>;
  readonly wanted: Wanted;
}

/** Where a sample stands, and what it was judged. */
export interface Place {
  readonly batch: Batch;
  readonly i: number;
  readonly toPixels: ToPixels;
  readonly score: number;
}

/** How samples of one kind are judged and shown. */
export interface Reviewer<Found, Wanted> {
  /** The metric by whose value of one sample it is ranked. */
  readonly ranking: string;
  /** Sees every sample. */
  see?(seen: Seen<Found, Wanted>): void;
  /** How sure a network was of what it found. */
  sureness(found: Found): number;
  show(seen: Seen<Found, Wanted>, place: Place): ReviewedSample;
  /** By network, the most frequent first. */
  confusions?(): Record<string, Confusion[]>;
}

/** Shows a reviewer every sample of an evaluation, and keeps those in which `network` did best and worst. */
export function onlooker<Found, Wanted>(
  reviewer: Reviewer<Found, Wanted>,
  reader: Reader<Found, Wanted>,
  network: string,
  extremes: Extremes<ReviewedSample>,
  toPixels: ToPixels,
): Onlooker<Found, Wanted> {
  return (batch, all, wanted) => {
    for (let i = 0; i < batch.size; i++) {
      const found = Object.fromEntries(Object.entries(all).map(([name, each]) => [name, each[i]]));
      const seen = { found, wanted: wanted[i] };
      reviewer.see?.(seen);
      const metric = reader.makeMetric();
      metric.add([found[network]], [wanted[i]]);
      const score = metric.result()[reviewer.ranking];
      const rank = { score, sureness: reviewer.sureness(found[network]) };
      extremes.offer(rank, () => reviewer.show(seen, { batch, i, toPixels, score }));
    }
  };
}
