import type { Unusable, UnusableReport } from "@retort/ocr-models/data";
import type { Communicator } from "./communicator.js";

/** Adds to a report the samples that other ranks could not use. */
export function gatherUnusable(ranks: Communicator, report: UnusableReport): void {
  if (ranks.size === 1) return;
  for (const text of ranks.gather(JSON.stringify(report.list()))) {
    for (const sample of JSON.parse(text) as Unusable[]) report.add(sample);
  }
}
