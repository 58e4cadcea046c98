import { div, elementwise, logSoftmax, mul, sum, type Variable } from "@retort/autograd";
import * as T from "@retort/tensor";
import { divergence } from "./divergence.js";

const counts = T.expression(({ x }) => x.ne(0));

/**
 * Kullback-Leibler divergence of the teacher's softmax from the student's, both given as logits [B, T, C]: the sum over
 * everything divided by B or, with a mask [B, T] that is 0 where a position does not count, the mean over positions that
 * do; NaN when there are none. Neither side is detached. Source: basic_loss.py KLDivLoss.
 * @throws ShapeError when the shapes differ
 */
export function klDivLoss(student: Variable, teacher: Variable, mask?: T.Tensor): Variable {
  const terms = elementwise(divergence, [logSoftmax(student), logSoftmax(teacher)]);
  if (mask === undefined) return mul(sum(terms), 1 / student.shape[0]);
  const counted = T.evaluate(counts, [mask], [], terms.dtype);
  return div(sum(mul(sum(terms, { axes: -1 }), counted)), T.sum(counted));
}
