import {
  batches,
  batchOrderInvariant,
  batchRepeatInvariant,
  finiteAtExtremes,
  gradientMatches,
  gradientsSumToZeroWithin,
  type Law,
  logits,
  nonNegative,
  shiftInvariant,
  viewEqualsCopy,
} from "@retort/autograd/testing";
import { type Tensor, tensor } from "@retort/tensor";
import fc, { type Arbitrary } from "fast-check";

/** Sizes of the logits [B, steps, classes] that labels belong to. */
export interface StepOptions {
  readonly classes?: number;
  readonly steps?: number;
}

/** Rows of whole numbers, one for each sample, as an int32 tensor. */
function rowsOf(row: Arbitrary<number[]>, batch: number): Arbitrary<Tensor> {
  return fc
    .array(row, { minLength: batch, maxLength: batch })
    .map((rows) => tensor(Int32Array.from(rows.flat()), [batch, rows[0].length]));
}

/**
 * Logits [B, steps, classes] and labels [B, steps] as a SAR head has them: a start, at least one character (any class),
 * and `classes`, which does not count, behind the end.
 */
export function sarBatches({ classes = 5, steps = 4 }: StepOptions = {}): Arbitrary<Tensor[]> {
  const label = fc.integer({ min: 0, max: classes - 1 });
  const row = fc
    .tuple(label, fc.array(label, { minLength: 1, maxLength: steps - 1 }))
    .map(([start, rest]) => [start, ...rest, ...new Array<number>(steps - 1 - rest.length).fill(classes)]);
  return batches((batch) => [logits({ classes, lead: [batch, steps] }), rowsOf(row, batch)]);
}

/**
 * Logits [B, steps, classes] and labels [B, steps + 1] as an NRTR head has them: 2 at the start, characters from 4 on, 3
 * at the end, and 0, the padding.
 */
export function nrtrBatches({ classes = 6, steps = 4 }: StepOptions = {}): Arbitrary<Tensor[]> {
  const row = fc
    .array(fc.integer({ min: 4, max: classes - 1 }), { maxLength: steps - 2 })
    .map((text) => [2, ...text, 3, ...new Array<number>(steps - 1 - text.length).fill(0)]);
  return batches((batch) => [logits({ classes, lead: [batch, steps] }), rowsOf(row, batch)]);
}

/** What holds of a loss of logits against labels that is a mean over samples or over what counts of them. */
export const labelLossLaws: readonly Law[] = [
  nonNegative,
  batchOrderInvariant,
  batchRepeatInvariant,
  shiftInvariant,
  gradientsSumToZeroWithin(1e-6),
  finiteAtExtremes,
  viewEqualsCopy,
  gradientMatches,
];
