import type { Confusion } from "@retort/ocr-models";
import { loadStoredConfig } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import { pixelsOf } from "../inspect/shown-levels.js";
import { decidingNetwork, evaluate } from "../training/evaluate.js";
import type { EvalReport } from "../training/infer.js";
import { readerFromConfig } from "../training/reader.js";
import { makeLoader } from "../training/run.js";
import { loadTrained } from "../training/trained.js";
import { Extremes } from "./extremes.js";
import { LineReviewer } from "./line-reviewer.js";
import { PageReviewer } from "./page-reviewer.js";
import { onlooker, type Reviewer } from "./reviewer.js";
import type { RunFolder } from "./run-folder.js";
import type { ReviewedSample } from "./sample.js";

/** What a trained model makes of its Eval data, in the large and in single samples. */
export interface Review extends Omit<EvalReport, "device"> {
  /** Samples that could not be used, by reason. */
  readonly unusable: Readonly<Record<string, number>>;
  /** The best ones first. */
  readonly best: readonly ReviewedSample[];
  /** The worst ones first; none that is among the best. */
  readonly worst: readonly ReviewedSample[];
  /** Of a model that reads text, by network: the characters that it reads as others, the most frequent first. */
  readonly confusions?: Readonly<Record<string, readonly Confusion[]>>;
}

/**
 * Reads the Eval data of a training with its best model. Paths in its config count from the working directory; overrides
 * may name other data. `samples` is how many of the best and of the worst ones are kept. Runs in Node.
 * @throws Error naming the file that is missing, or saying that nothing was saved yet
 * @throws ConfigError when the overrides do not fit
 */
export async function reviewRun(
  { folder, checkpoint }: RunFolder,
  overrides: Overrides = [],
  { samples = 12 }: { readonly samples?: number } = {},
): Promise<Review> {
  if (checkpoint === undefined)
    throw new Error(`${folder}: no checkpoint was saved yet, so there is nothing to read with`);
  const { file } = checkpoint;
  const config = checkpoint.config as Record<string, Record<string, unknown>>;
  const stored = { ...config, Global: { ...config.Global, checkpoints: file } };
  const loaded = await loadStoredConfig(stored, file, overrides);
  const { model } = await loadTrained(loaded);
  const { metric, postProcess, evaluation } = loaded.config;
  const reader = await readerFromConfig(loaded.config, loaded.dictionary, loaded.lexicon);
  const reviewer: Reviewer<never, never> = postProcess.decoder === "db" ? new PageReviewer() : new LineReviewer();
  const network = decidingNetwork(metric);
  const extremes = new Extremes<ReviewedSample>(samples);
  const look = onlooker(reviewer as Reviewer<unknown, unknown>, reader, network, extremes, pixelsOf(evaluation));
  const data = makeLoader(loaded, "eval");
  try {
    const found = await evaluate(model, reader, metric, data, { look });
    return {
      ...found,
      network,
      checkpoint: file,
      unusable: data.unusable.byReason,
      best: extremes.best(),
      worst: extremes.worst(),
      confusions: reviewer.confusions?.(),
    };
  } finally {
    await data.close();
  }
}
