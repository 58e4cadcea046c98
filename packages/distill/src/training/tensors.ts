import type { DbTarget, HeadTargets } from "@retort/ocr-models";
import type { Batch } from "@retort/ocr-models/data";
import { slice, type Tensor, tensor } from "@retort/tensor";
import type { Targets } from "../losses/terms.js";

/** A batch, or a part of one, as networks and losses take it. */
export interface BatchTensors {
  readonly images: Tensor;
  readonly heads: HeadTargets;
  readonly targets: Targets;
}

/** What a batch is that several processes have parts of. */
export interface WholeBatch {
  readonly samples: number;
  /** How many labels of SAR or NRTR heads count. */
  readonly labels: number;
  /** Characters of the longest text. */
  readonly longest: number;
}

/** The samples `start` to `end` of one field, as a tensor. */
function part(batch: Batch, name: string, start: number, end: number): Tensor | undefined {
  const field = batch.fields[name];
  if (field === undefined) return undefined;
  const each = field.data.length / batch.size;
  return tensor(field.data.slice(start * each, end * each), [end - start, ...field.shape.slice(1)]);
}

/** NRTR labels as far as the longest text of the whole batch reaches: start, characters, end, padding. */
function nrtrLabels(batch: Batch, start: number, end: number, longest?: number): Tensor | undefined {
  const rows = part(batch, "label_gtc", start, end);
  const lengths = batch.fields.length?.data;
  if (rows === undefined || lengths === undefined) return undefined;
  return slice(rows, 1, 0, Math.min(rows.shape[1], 2 + (longest ?? Math.max(...lengths))));
}

/** The maps and masks of a DB head, if KeepKeys kept all of them. */
function dbTarget(batch: Batch, start: number, end: number): DbTarget | undefined {
  const names = ["threshold_map", "threshold_mask", "shrink_map", "shrink_mask"];
  const [thresholdMap, thresholdMask, shrinkMap, shrinkMask] = names.map((name) => part(batch, name, start, end));
  if (!thresholdMap || !thresholdMask || !shrinkMap || !shrinkMask) return undefined;
  return { thresholdMap, thresholdMask, shrinkMap, shrinkMask };
}

/**
 * The samples `start` to `end` of a batch as tensors: image, labels (`label_ctc` or `label`, `label_sar`, `label_gtc`),
 * `length` and `valid_ratio`, and the maps of detection, as far as KeepKeys kept them. `longest` is how many characters
 * the longest text has where that is not in this batch.
 * @throws Error when the batch has no images
 */
export function tensorsOf(batch: Batch, start = 0, end: number = batch.size, longest?: number): BatchTensors {
  const images = part(batch, "image", start, end);
  if (images === undefined) throw new Error('the batch has no field "image": add it to KeepKeys');
  const labels = part(batch, "label_ctc", start, end) ?? part(batch, "label", start, end);
  const lengths = part(batch, "length", start, end);
  const sar = part(batch, "label_sar", start, end);
  const nrtr = nrtrLabels(batch, start, end, longest);
  const ratio = batch.fields.valid_ratio?.data.slice(start, end);
  return {
    images,
    heads: {
      labels: sar,
      validRatio: ratio instanceof Float32Array ? ratio : undefined,
      nrtr,
    },
    targets: { ctc: labels && lengths && { labels, lengths }, sar, nrtr, db: dbTarget(batch, start, end) },
  };
}

/**
 * How many labels of the samples `start` to `end` the loss of a SAR or NRTR head counts: those after the first that are
 * no padding. A batch has labels for one of the two; `ignoreIndex` is SAR's padding.
 */
export function countLabels(batch: Batch, ignoreIndex: number, start = 0, end: number = batch.size): number {
  const { label_sar: sar, label_gtc: nrtr } = batch.fields;
  const [field, padding] = sar === undefined ? [nrtr, 0] : [sar, ignoreIndex];
  if (field === undefined) return 0;
  const each = field.data.length / batch.size;
  let count = 0;
  for (let sample = start; sample < end; sample++) {
    for (let i = 1; i < each; i++) if (field.data[sample * each + i] !== padding) count++;
  }
  return count;
}
