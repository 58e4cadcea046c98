import { asVariable, crossEntropyRows, div, type Operand, reshape, slice, sum, type Variable } from "@retort/autograd";
import * as T from "@retort/tensor";

const counts = T.expression(({ label }, { ignored }) => label.ne(ignored));

/**
 * Mean cross-entropy of logits [B, L, C] without the last step against labels int32 [B, L] without the first, over the
 * labels that are not `ignoreIndex`; NaN when there are none. Source: rec_sar_loss.py SARLoss.
 * @throws RangeError for labels outside of the classes
 */
export function sarBatchLoss(logits: Operand, labels: T.Tensor, ignoreIndex: number): Variable {
  const predicted = slice(asVariable(logits), 1, 0, -1);
  const wanted = T.reshape(T.slice(labels, 1, 1), [-1]);
  const rows = crossEntropyRows(reshape(predicted, [-1, predicted.shape[2]]), wanted, ignoreIndex);
  return div(sum(rows), T.sum(T.evaluate(counts, [wanted], [ignoreIndex], predicted.dtype)));
}
