import type { Batch } from "@retort/ocr-models/data";
import type { Share } from "../losses/combined.js";
import type { ModelOutputs } from "../losses/terms.js";
import { type BatchTensors, countLabels, tensorsOf } from "./tensors.js";

/** Samples that go through the networks together. */
export interface BatchPart extends BatchTensors {
  /** Which share of the batch it is; all of it unless given. */
  readonly share?: Share;
  /** Outputs of networks that need not run for it. */
  readonly given?: ModelOutputs;
}

/** A batch in parts of at most `size` samples, each made when it is asked for. `ignoreIndex` pads its SAR labels, if it has any. */
export function* partsOf(batch: Batch, size: number, ignoreIndex: number): Generator<BatchPart> {
  if (size >= batch.size) return yield tensorsOf(batch);
  const labels = countLabels(batch, ignoreIndex);
  for (let start = 0; start < batch.size; start += size) {
    const end = Math.min(batch.size, start + size);
    const share = {
      samples: (end - start) / batch.size,
      labels: countLabels(batch, ignoreIndex, start, end) / labels,
    };
    yield { ...tensorsOf(batch, start, end), share };
  }
}
