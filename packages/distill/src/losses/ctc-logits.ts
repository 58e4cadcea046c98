import { elementwise, mean, mul, softmax, sum, type Variable } from "@retort/autograd";
import { expression, tensor } from "@retort/tensor";

const temperature = 0.5;
const epsilon = 1e-6;
const terms = expression(({ p, q }) => q.mul(q.add(epsilon).div(p.add(epsilon)).add(epsilon).log()));

/**
 * Distillation of what CTC logits [B, T, C] say of an image as a whole: the divergence of the teacher's mean
 * probabilities over time from the student's, summed over classes and divided by B. Logits of the blank (class 0) change
 * sign first, so that a step which is sure of the blank tells little; the outputs stay as they are, while the reference
 * turns them for every loss that comes after it. Neither side is detached.
 * Source: distillation_loss.py KLCTCLogits, mode "mean".
 * @throws ShapeError when the shapes differ
 */
export function ctcLogitsLoss(student: Variable, teacher: Variable): Variable {
  const [p, q] = [student, teacher].map(meanProbabilities);
  return mul(sum(elementwise(terms, [p, q])), 1 / student.shape[0]);
}

function meanProbabilities(logits: Variable): Variable {
  const classes = logits.shape[2];
  const factors = Array.from({ length: classes }, (_, c) => (c === 0 ? -1 : 1) / temperature);
  return mean(softmax(mul(logits, tensor(factors, [classes], logits.dtype))), { axes: 1 });
}
