import type { Batch } from "@retort/ocr-models/data";
import type { Share } from "../losses/combined.js";
import type { ModelOutputs } from "../losses/terms.js";
import { type BatchTensors, countLabels, tensorsOf, type WholeBatch } from "./tensors.js";

/** Samples that go through the networks together. */
export interface BatchPart extends BatchTensors {
  /** Which share of the batch it is; all of it unless given. */
  readonly share?: Share;
  /** Outputs of networks that need not run for it. */
  readonly given?: ModelOutputs;
  /** Whether further parts follow; not unless given. */
  readonly more?: boolean;
}

/**
 * A batch in parts of at most `size` samples, each made when it is asked for. `ignoreIndex` pads its SAR labels, if it has
 * any. Shares are of the batch or, where that is itself a part of one, of the `whole`.
 */
export function* partsOf(batch: Batch, size: number, ignoreIndex: number, whole?: WholeBatch): Generator<BatchPart> {
  if (whole === undefined && size >= batch.size) return yield tensorsOf(batch);
  const { samples, labels } = whole ?? { samples: batch.size, labels: countLabels(batch, ignoreIndex) };
  for (let start = 0; start < batch.size; start += size) {
    const end = Math.min(batch.size, start + size);
    const share = {
      samples: (end - start) / samples,
      labels: countLabels(batch, ignoreIndex, start, end) / labels,
    };
    yield { ...tensorsOf(batch, start, end, whole?.longest), share, more: end < batch.size };
  }
}
