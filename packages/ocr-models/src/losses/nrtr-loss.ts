import {
  add,
  asVariable,
  crossEntropyRows,
  div,
  logSoftmax,
  mul,
  type Operand,
  reshape,
  sum,
  type Variable,
} from "@retort/autograd";
import * as T from "@retort/tensor";

/** How an NRTR loss weighs classes and positions. */
export interface NrtrLossOptions {
  /** Spreads a tenth of each label over the other classes. Default true. */
  readonly smoothing?: boolean;
  /** Lets positions behind the end count too, with padding as their label. Default false. */
  readonly countPadding?: boolean;
}

const spread = 0.1;
const padding = 0;
const counts = T.expression(({ label }, { all }) => T.selectTerm(all, 1, label.ne(padding)));

/**
 * Mean cross-entropy of logits [B, L, C] against labels int32 [B, L + 1 or more] (start, characters, end, padding)
 * without the start, over the positions that count. Source: rec_nrtr_loss.py NRTRLoss, rec_ce_loss.py CELoss.
 * @throws ShapeError when there are fewer labels than L + 1
 * @throws RangeError for labels outside of the classes
 */
export function nrtrBatchLoss(
  logits: Operand,
  labels: T.Tensor,
  { smoothing = true, countPadding = false }: NrtrLossOptions = {},
): Variable {
  const predicted = asVariable(logits);
  const [, steps, classes] = predicted.shape;
  const rows = reshape(predicted, [-1, classes]);
  const wanted = T.reshape(T.slice(labels, 1, 1, 1 + steps), [-1]);
  const counted = T.evaluate(counts, [wanted], [countPadding ? 1 : 0], rows.dtype);
  const each = smoothing ? smoothed(rows, wanted) : crossEntropyRows(rows, wanted);
  return div(sum(mul(each, counted)), T.sum(counted));
}

/** Cross-entropy of rows [R, C] against labels that give up a part of themselves to the other classes. */
function smoothed(rows: Variable, wanted: T.Tensor): Variable {
  const other = spread / (rows.shape[1] - 1);
  const all = mul(sum(logSoftmax(rows), { axes: -1 }), -other);
  return add(mul(crossEntropyRows(rows, wanted), 1 - spread - other), all);
}
