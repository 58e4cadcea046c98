import { asVariable, crossEntropyRows, div, type Operand, reshape, sum, type Variable } from "@retort/autograd";
import * as T from "@retort/tensor";

const counts = T.expression(({ label }, { ignored }) => label.ne(ignored));

/**
 * Mean cross-entropy of logits [B, L, C] without the last step against labels int32 [B, L] without the first, over the
 * labels that are not `ignoreIndex`; NaN when there are none. Source: rec_sar_loss.py SARLoss.
 * @throws RangeError for labels outside of the classes
 */
export function sarBatchLoss(logits: Operand, labels: T.Tensor, ignoreIndex: number): Variable {
  const predicted = asVariable(logits);
  const [batch, , classes] = predicted.shape;
  // The last step gets a label to ignore: leaving it out would copy the logits, and their gradient.
  const none = T.full([batch, 1], ignoreIndex, "int32");
  const wanted = T.reshape(T.concat([T.slice(labels, 1, 1), none], 1), [-1]);
  const rows = crossEntropyRows(reshape(predicted, [-1, classes]), wanted, ignoreIndex);
  return div(sum(rows), T.sum(T.evaluate(counts, [wanted], [ignoreIndex], predicted.dtype)));
}
